#include "paper/text/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/stage/progress.h"
#include "pipeline/text.h"

namespace rc {
namespace {

constexpr std::string_view kMarkup = "\\`*_{}[]<>#|$~^&@";  // of Markdown
constexpr std::string_view kMinus = "\u2212";     // as wide as a plus sign, and never broken off
constexpr std::string_view kPercent = "\u00a0%";  // the space does not break

/// f, s, pct, g or k with its digit.
struct Style {
  std::string_view kind;
  int digits;
};

std::optional<Style> parse_style(std::string_view word) {
  if (word.size() < 2 || word.back() < '0' || word.back() > '9') return std::nullopt;
  const Style style{word.substr(0, word.size() - 1), word.back() - '0'};
  for (const auto* kind : {"f", "s", "pct", "g", "k"})
    if (style.kind == kind) return style;
  return std::nullopt;
}

bool is_fact(std::string_view word) {
  return word == "n" || word == "unit" || word == "how" || word == "time";
}

std::string_view without(std::string_view prefix, std::string_view word) {
  return word.starts_with(prefix) ? word.substr(prefix.size()) : std::string_view();
}

/// "-0.00" is zero, and a hyphen is no minus sign.
std::string with_sign(std::string digits, bool plus) {
  const bool zero = digits.find_first_of("123456789") == digits.npos;
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (zero) return digits;
  return std::string(negative ? kMinus : plus ? "+" : "") + digits;
}

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

/// The power of ten before the first digit once `value` is rounded: 4 for 9999.6 at four digits.
int exponent_of(double value, int digits) {
  const auto text = fmt::format("{:.{}e}", value, digits - 1);
  return std::stoi(text.substr(text.find('e') + 1));
}

/// 0.00007 rather than 7e-05, and 10,000 rather than 1e+04; below a millionth the exponent is
/// easier to read.
std::string significant(double value, int digits) {
  digits = std::max(digits, 1);
  const int exponent = exponent_of(value, digits);
  if (exponent >= digits) return grouped(value);
  if (exponent < -6 || exponent >= -4) return fmt::format("{:.{}g}", value, digits);
  auto text = fmt::format("{:.{}f}", value, digits - 1 - exponent);
  return text.erase(text.find_last_not_of('0') + 1);
}

std::string styled(double value, Style style) {
  if (style.kind == "pct")
    return with_sign(fmt::format("{:.{}f}", 100 * value, style.digits), false) +
           std::string(kPercent);
  if (style.kind == "g") return with_sign(significant(value, style.digits), false);
  if (style.kind == "k") return with_sign(grouped(value), false);
  return with_sign(fmt::format("{:.{}f}", value, style.digits), style.kind == "s");
}

std::string range(const Number& number, Style style) {
  if (!number.interval) throw UserError("it has no interval");
  return styled(number.interval->lo, style) + " to " + styled(number.interval->hi, style);
}

std::string fact(const Number& number, std::string_view word) {
  if (word == "n") return std::to_string(number.n);
  if (word == "unit") return number.unit;
  if (word == "time") return duration_text(number.value);
  if (!number.interval) throw UserError("it has no interval");
  return fmt::format("{:.0f}{} {}", 100 * number.interval->level, kPercent,
                     number.interval->method);
}

/// Calls `take` with the plain text before each pair of braces and the text in it; returns what
/// follows the last.
template <class Take>
std::string_view for_each_brace(std::string_view sentence, const Take& take) {
  for (auto open = sentence.find('{'); open != sentence.npos; open = sentence.find('{')) {
    const auto close = sentence.find('}', open);
    if (close == sentence.npos) throw std::invalid_argument("brace without end in a sentence");
    take(sentence.substr(0, open), sentence.substr(open + 1, close - open - 1));
    sentence.remove_prefix(close + 1);
  }
  return sentence;
}

}  // namespace

bool is_format(std::string_view word) {
  return is_fact(word) || parse_style(word) || parse_style(without("ci", word)) ||
         parse_style(without("with", word));
}

std::string format_number(const Number& number, std::string_view format) {
  if (is_fact(format)) return fact(number, format);
  if (const auto style = parse_style(format)) return styled(number.value, *style);
  if (const auto style = parse_style(without("ci", format))) return range(number, *style);
  const auto style = parse_style(without("with", format));
  if (!style) throw std::invalid_argument("no format " + std::string(format));
  const auto value = styled(number.value, *style);
  return number.interval ? value + " (" + range(number, *style) + ")" : value;
}

std::string p_text(double p) {
  constexpr double kLeast = 1e-4;
  return p < kLeast ? "< " + significant(kLeast, 1) : significant(p, 2);
}

Reference parse_reference(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == text.npos || !is_format(text.substr(dot + 1)))
    throw UserError(fmt::format("{} does not end in a format such as .f1 or .pct0", text));
  return {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

const Number& find_number(const Numbers& numbers, const std::string& name) {
  const auto found = numbers.find(name);
  if (found != numbers.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [other, number] : numbers) known.push_back(other);
  throw UserError(fmt::format("no number {}; the nearest is {}", name, nearest(name, known)));
}

std::string number_text(const Numbers& numbers, std::string_view reference) {
  const auto [name, format] = parse_reference(reference);
  try {
    return format_number(find_number(numbers, name), format);
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: {}", reference, error.what()));
  }
}

std::string fill(std::string_view sentence, const Numbers& numbers) {
  std::string out;
  const auto rest = for_each_brace(sentence, [&](std::string_view before, std::string_view name) {
    out += before;
    out += number_text(numbers, name);
  });
  return out += rest;
}

std::vector<std::string> names_in(std::string_view sentence) {
  std::vector<std::string> names;
  for_each_brace(sentence, [&](std::string_view, std::string_view reference) {
    names.push_back(parse_reference(reference).name);
  });
  return names;
}

std::string markdown_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (kMarkup.find(c) != kMarkup.npos) out += '\\';
    out += c;
  }
  return out;
}

std::string entity_escape(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (kMarkup.find(c) != kMarkup.npos || c == '"' || c == '\'')
      out += fmt::format("&#{};", static_cast<int>(c));
    else
      out += c;
  return out;
}

}  // namespace rc
