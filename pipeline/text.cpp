#include "pipeline/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace rc {
namespace {

/// Levenshtein distance by rows.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

bool starts_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  constexpr std::string_view kSeparators = " \t\r\n,";
  std::vector<std::string> words;
  for (auto start = text.find_first_not_of(kSeparators); start != text.npos;
       start = text.find_first_not_of(kSeparators, start)) {
    const auto end = std::min(text.find_first_of(kSeparators, start), text.size());
    words.emplace_back(text.substr(start, end - start));
    start = end;
  }
  return words;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto closest = std::min_element(known.begin(), known.end(),
                                        [word](const std::string& a, const std::string& b) {
                                          return edit_distance(word, a) < edit_distance(word, b);
                                        });
  return closest == known.end() ? "" : *closest;
}

std::string printable(std::string_view text) {
  try {
    nlohmann::json(text).dump();  // strict: throws for what is not UTF-8
    return std::string(text);
  } catch (const nlohmann::json::exception&) {
    std::string escaped;
    for (const char byte : text)
      escaped += static_cast<unsigned char>(byte) < 0x80
                     ? std::string(1, byte)
                     : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    return escaped;
  }
}

std::size_t columns(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_code_point));
}

std::string clip(std::string_view utf8, std::size_t most) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i)
    if (starts_code_point(utf8[i]) && seen++ == most) return std::string(utf8.substr(0, i));
  return std::string(utf8);
}

std::string wrap(std::string lead, std::string_view body, std::size_t indent, std::size_t width) {
  std::string out = std::move(lead);
  std::size_t column = columns(out);
  const std::string margin(indent, ' ');
  while (!body.empty()) {
    const std::string_view word = body.substr(0, body.find(' '));
    const bool line_has_words = !out.empty() && out.back() != ' ';
    if (column + line_has_words + columns(word) > width && column > indent) {
      while (!out.empty() && out.back() == ' ') out.pop_back();
      out += "\n" + margin;
      column = indent;
    } else if (line_has_words) {
      out += ' ';
      ++column;
    }
    out += word;
    column += columns(word);
    body.remove_prefix(std::min(word.size() + 1, body.size()));
  }
  return out;
}

}  // namespace rc
