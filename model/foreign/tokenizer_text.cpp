#include "model/foreign/tokenizer_text.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <limits>

#include "pipeline/error.h"

namespace rc::tokenizer {
namespace {

/// The code point at the front and its bytes; bytes < 1 where there is none.
struct CodePoint {
  utf8proc_int32_t value = -1;
  utf8proc_ssize_t bytes = 0;
};

CodePoint first_of(std::string_view text) {
  CodePoint first;
  if (!text.empty())
    first.bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &first.value);
  return first;
}

std::string_view last_character(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && (static_cast<unsigned char>(text[--begin]) & 0xC0) == 0x80) continue;
  return text.substr(begin);
}

bool is_space(utf8proc_int32_t c) {
  static constexpr auto kSpaces = std::to_array<utf8proc_int32_t>(
      {0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000});
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x2000 && c <= 0x200A) ||
         std::ranges::find(kSpaces, c) != kSpaces.end();
}

/// Alphabetic beyond letters and marks are letter numbers (Nl) and the circled and squared letters.
bool is_word(utf8proc_int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return c == 0x200C || c == 0x200D || (c >= 0x24B6 && c <= 0x24E9) ||
             (c >= 0x1F130 && c <= 0x1F149) || (c >= 0x1F150 && c <= 0x1F169) ||
             (c >= 0x1F170 && c <= 0x1F189);
  }
}

}  // namespace

void check_text(std::string_view text) {
  if (text.size() >= std::numeric_limits<std::int32_t>::max())
    throw UserError(fmt::format(
        "a text of {} bytes is too long for a tokenizer; take less than 2 GB", text.size()));
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = first_of(text.substr(at)).bytes;
    if (bytes < 1)
      throw UserError(fmt::format("byte {} of the text is no UTF-8; convert it first", at));
    at += static_cast<std::size_t>(bytes);
  }
}

std::size_t length_at(std::string_view text, std::size_t at) {
  const auto lead = at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

std::size_t leading_space(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto next = first_of(text.substr(size));
    if (!is_space(next.value)) break;
    size += static_cast<std::size_t>(next.bytes);
  }
  return size;
}

std::size_t trailing_space(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto last = last_character(text.substr(0, text.size() - size));
    if (!is_space(first_of(last).value)) break;
    size += last.size();
  }
  return size;
}

bool begins_with_word(std::string_view text) { return is_word(first_of(text).value); }

bool ends_with_word(std::string_view text) { return is_word(first_of(last_character(text)).value); }

void check_growth(std::size_t size, std::size_t most) {
  if (size > most)
    throw UserError(fmt::format(
        "the tokenizer makes more than {} bytes of this text; its normalizer cannot be right",
        most));
}

}  // namespace rc::tokenizer
