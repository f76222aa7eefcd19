#include "model/foreign/tokenizer_regex.h"

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "model/foreign/tokenizer_pattern.h"
#include "model/foreign/tokenizer_text.h"
#include "pipeline/error.h"

namespace rc::tokenizer {
namespace {

constexpr std::uint32_t kMostSteps = 50'000'000;      // of one match
constexpr std::uint32_t kMostKilobytes = 256 * 1024;  // of its backtracking points

template <auto free>
struct Free {
  void operator()(auto* owned) const { free(owned); }
};
using CompileContext = std::unique_ptr<pcre2_compile_context, Free<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Free<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Free<pcre2_match_data_free>>;

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string message(int error) {
  char text[256] = "";
  pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(text), sizeof text);
  return text;
}

}  // namespace

struct Regex::Code {
  std::string expression;
  std::unique_ptr<pcre2_code, Free<pcre2_code_free>> code;
  MatchContext limits{pcre2_match_context_create(nullptr)};

  /// The match at or behind `from`; false if there is none.
  bool find(std::string_view text, std::size_t from, pcre2_match_data* data) const {
    const auto run = [&](std::uint32_t options) {
      return pcre2_match(code.get(), units(text), text.size(), from, options | PCRE2_NO_UTF_CHECK,
                         data, limits.get());
    };
    int found = run(0);
    // Compiled code has a stack of 32 KB; the interpreter takes from the heap.
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) found = run(PCRE2_NO_JIT);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
      throw UserError(fmt::format("the regular expression {} fails on this text: {}",
                                  shown(expression), message(found)));
    return found >= 0;
  }
};

Regex::Regex(std::string_view pcre2, bool literal) {
  const CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  const std::uint32_t options = PCRE2_UTF | (literal ? PCRE2_LITERAL : PCRE2_UCP);
  auto made = std::make_shared<Code>();
  made->expression = pcre2;
  int error = 0;
  PCRE2_SIZE where = 0;
  made->code.reset(
      pcre2_compile(units(pcre2), pcre2.size(), options, &error, &where, context.get()));
  if (!made->code)
    throw UserError(fmt::format("the regular expression {} is not read here: {}",
                                shown(made->expression), message(error)));
  pcre2_jit_compile(made->code.get(), PCRE2_JIT_COMPLETE);  // where it is not there, slower
  pcre2_set_match_limit(made->limits.get(), kMostSteps);
  pcre2_set_heap_limit(made->limits.get(), kMostKilobytes);
  code_ = made;
}

Regex Regex::oniguruma(std::string_view expression) { return {to_pcre2(expression), false}; }

Regex Regex::literal(std::string_view text) { return {text, true}; }

Regex Regex::of(const Component& owner) {
  const Component pattern = owner.at("pattern");
  try {
    if (pattern.has("Regex")) return oniguruma(pattern.text("Regex"));
    if (const auto text = pattern.text("String"); !text.empty()) return literal(text);
  } catch (const UserError& error) {
    pattern.refuse(error.what());
  }
  pattern.refuse("\"String\" is empty");
}

std::vector<Span> Regex::matches(std::string_view text) const {
  const MatchData data(pcre2_match_data_create(1, nullptr));
  std::vector<Span> found;
  for (std::size_t from = 0; from <= text.size() && code_->find(text, from, data.get());) {
    const auto* offsets = pcre2_get_ovector_pointer(data.get());
    const Span match{offsets[0], offsets[1]};
    const bool again = match.begin == match.end && !found.empty() && found.back().end == match.end;
    if (!again) found.push_back(match);
    from = again ? match.end + length_at(text, match.end) : match.end;
  }
  return found;
}

}  // namespace rc::tokenizer
