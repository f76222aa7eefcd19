#include "model/foreign/tokenizer_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <vector>

#include "model/foreign/tokenizer_json.h"
#include "pipeline/error.h"

namespace rc::tokenizer {
namespace {

/// Oniguruma's \w, as it may stand in a set; outside of one it also takes these superscripts and
/// fractions.
constexpr const char* kWord = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
constexpr const char* kWordOutside = "\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}";

/// PCRE2's \s takes U+180E and its \d other digits under other options: properties say it plainly.
const std::map<char, std::string> kClasses = {
    {'s', "\\p{White_Space}"}, {'S', "\\P{White_Space}"}, {'d', "\\p{Nd}"}, {'D', "\\P{Nd}"}};

const std::map<char, std::string> kCharacters = {{'n', "\\n"}, {'r', "\\r"},   {'t', "\\t"},
                                                 {'f', "\\f"}, {'v', "\\x0B"}, {'a', "\\a"},
                                                 {'e', "\\e"}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  std::string translate() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '\\')
        escape(/*in_set=*/false);
      else if (c == '[')
        set();
      else if (c == '(')
        open_group();
      else if (c == ')')
        close_group();
      else if (c == '{' || c == '*' || c == '+' || c == '?')
        quantifier();
      else if (c == '^' || c == '$')
        refuse(in_.substr(at_, 1));
      else
        character();
    }
    if (folds_.size() > 1) refuse("(");
    return out_;
  }

 private:
  [[noreturn]] void refuse(std::string_view part) const {
    throw UserError(fmt::format("the regular expression {} holds {}, which is not read here",
                                shown(std::string(in_)), shown(std::string(part))));
  }

  bool fold() const { return folds_.back(); }
  std::string_view rest() const { return in_.substr(at_); }
  void copy(std::size_t count) {
    out_ += rest().substr(0, count);
    at_ += count;
  }

  /// A character that stands for itself; "." and "|" keep their meaning. Where case is ignored,
  /// Oniguruma also takes one character for several, as a ligature for "st", and folds other
  /// alphabets its own way.
  void character() {
    static constexpr auto kLigatures =
        std::to_array<std::string_view>({"ff", "fi", "fl", "ss", "st"});
    if (fold()) {
      std::string pair(rest().substr(0, 2));
      for (char& c : pair) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (!is_ascii(pair[0]) || std::ranges::find(kLigatures, pair) != kLigatures.end())
        refuse("(?i:");
    }
    if (in_[at_] == ']' || in_[at_] == '}') out_ += '\\';
    copy(1);
  }

  void open_group() {
    static constexpr auto kPlain =
        std::to_array<std::string_view>({"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"});
    for (const auto opening : kPlain)
      if (rest().starts_with(opening)) {
        folds_.push_back(fold());
        return copy(opening.size());
      }
    const bool folds = rest().starts_with("(?i:");
    if (!folds && rest().starts_with("(?")) refuse(rest().substr(0, 4));
    folds_.push_back(folds || fold());
    out_ += folds ? "(?i:" : "(?:";
    at_ += folds ? 4 : 1;
  }

  void close_group() {
    if (folds_.size() == 1) refuse(")");
    folds_.pop_back();
    copy(1);
  }

  /// *, +, ?, {n}, {n,} and {n,m}. Behind one of the first three a ? makes it lazy and a +
  /// possessive in both syntaxes; behind a brace they differ.
  void quantifier() {
    if (in_[at_] != '{') {
      copy(1);
      if (at_ < in_.size() && (in_[at_] == '?' || in_[at_] == '+')) copy(1);
      return;
    }
    const auto end = in_.find('}', at_);
    const auto body = end == in_.npos ? "" : in_.substr(at_ + 1, end - at_ - 1);
    const bool counts = !body.empty() && std::isdigit(static_cast<unsigned char>(body[0])) &&
                        body.find_first_not_of("0123456789,") == body.npos &&
                        body.find(',') == body.rfind(',');
    if (!counts) refuse("{");
    copy(body.size() + 2);
    if (at_ < in_.size() && (in_[at_] == '?' || in_[at_] == '+'))
      refuse(fmt::format("{{{}}}{}", body, in_[at_]));
  }

  void escape(bool in_set) {
    if (at_ + 1 == in_.size()) refuse("\\");
    const char c = in_[at_ + 1];
    if (c == 'p' || c == 'P') return property();
    if (c == 'x' || c == 'u') return code_point();
    if (const auto known = kClasses.find(c); known != kClasses.end())
      out_ += known->second;
    else if (const auto meant = kCharacters.find(c); meant != kCharacters.end())
      out_ += meant->second;
    else if (c == 'w' && in_set)
      out_ += kWord;
    else if ((c == 'w' || c == 'W') && !in_set)
      out_ += fmt::format("[{}{}{}]", c == 'W' ? "^" : "", kWord, kWordOutside);
    else if (!std::isalnum(static_cast<unsigned char>(c)) && is_ascii(c))
      out_ += {'\\', c};
    else
      refuse(in_.substr(at_, 2));
    at_ += 2;
  }

  /// \p{name}: a general category, a binary property, or a script, which PCRE2 would take with its
  /// extensions.
  void property() {
    if (fold()) refuse("(?i:");
    const auto end = in_.find('}', at_);
    if (end == in_.npos || in_[at_ + 2] != '{') refuse(in_.substr(at_, 3));
    const auto name = in_.substr(at_ + 3, end - at_ - 3);
    for (const char c : name)
      if (!is_letter(c) && c != '_') refuse(in_.substr(at_, end + 1 - at_));
    const bool script = name.size() > 2 && name != "Alphabetic" && name != "White_Space";
    out_ += fmt::format("\\{}{{{}{}}}", in_[at_ + 1], script ? "sc:" : "", name);
    at_ = end + 1;
  }

  /// \xHH, \x{H...} and \uHHHH.
  void code_point() {
    const bool braces = rest().starts_with("\\x{");
    const std::size_t begin = at_ + (braces ? 3 : 2);
    std::size_t end = begin;
    const std::size_t most = braces ? 6 : (in_[at_ + 1] == 'x' ? 2 : 4);
    while (end < in_.size() && end < begin + most && is_hex(in_[end])) ++end;
    const auto digits = in_.substr(begin, end - begin);
    const bool whole = braces ? end < in_.size() && in_[end] == '}' : digits.size() == most;
    // Two digits above 7F are a byte of UTF-8 there.
    const bool byte = most == 2 && digits > "7~";
    if (digits.empty() || !whole || byte || fold()) refuse(in_.substr(at_, 6));
    out_ += fmt::format("\\x{{{}}}", digits);
    at_ = end + (braces ? 1 : 0);
  }

  /// [...] without sets in it.
  void set() {
    copy(rest().starts_with("[^") ? 2 : 1);
    for (bool first = true; at_ < in_.size(); first = false) {
      const char c = in_[at_];
      if (c == ']' && !first) return copy(1);
      if (c == '[' || rest().starts_with("&&")) refuse(in_.substr(at_, 2));
      if (fold() && !is_ascii(c)) refuse("(?i:");
      if (c == '\\') {
        escape(/*in_set=*/true);
      } else {
        if (c == ']') out_ += '\\';
        copy(1);
      }
    }
    refuse("[");
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<bool> folds_ = {false};  // of the groups around this place, outermost first
};

}  // namespace

std::string to_pcre2(std::string_view oniguruma) { return Translator(oniguruma).translate(); }

}  // namespace rc::tokenizer
