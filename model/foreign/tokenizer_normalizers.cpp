#include "model/foreign/tokenizer_normalizers.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "model/foreign/tokenizer_regex.h"
#include "model/foreign/tokenizer_text.h"
#include "pipeline/error.h"

namespace rc::tokenizer {
namespace {

/// A Unicode normal form (UAX 15).
std::string unicode_form(const std::string& text, int options) {
  utf8proc_uint8_t* form = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &form,
                                 static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(form, &std::free);
  if (size < 0)
    throw UserError(fmt::format("a text cannot be normalized: {}", utf8proc_errmsg(size)));
  return {reinterpret_cast<const char*>(form), static_cast<std::size_t>(size)};
}

template <int options>
Normalizer unicode(const Component&) {
  return [](std::string& text, std::size_t most) {
    text = unicode_form(text, options);
    check_growth(text.size(), most);
  };
}

/// Nothing is put before an empty text.
Normalizer prepend(const Component& component) {
  return [prefix = component.text("prepend")](std::string& text, std::size_t most) {
    check_growth(text.size() + prefix.size(), most);
    if (!text.empty()) text.insert(0, prefix);
  };
}

Normalizer replace(const Component& component) {
  return [regex = Regex::of(component), content = component.text("content")](std::string& text,
                                                                             std::size_t most) {
    std::string replaced;
    std::size_t done = 0;
    for (const Span match : regex.matches(text)) {
      replaced.append(text, done, match.begin - done).append(content);
      check_growth(replaced.size(), most);
      done = match.end;
    }
    text = replaced.append(text, done);
    check_growth(text.size(), most);
  };
}

Normalizer in_turn(const Component& component) {
  std::vector<Normalizer> steps;
  for (const Component& step : component.list("normalizers"))
    steps.push_back(read_normalizer(step));
  return [steps](std::string& text, std::size_t most) {
    for (const Normalizer& step : steps) step(text, most);
  };
}

}  // namespace

Normalizer read_normalizer(const Component& component) {
  using Reader = Normalizer (*)(const Component&);
  static const std::map<std::string, Reader> kReaders = {
      {"NFC", unicode<UTF8PROC_COMPOSE>},
      {"NFD", unicode<UTF8PROC_DECOMPOSE>},
      {"NFKC", unicode<UTF8PROC_COMPOSE | UTF8PROC_COMPAT>},
      {"NFKD", unicode<UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT>},
      {"Prepend", prepend},
      {"Replace", replace},
      {"Sequence", in_turn},
  };
  return component.choose(kReaders)(component);
}

}  // namespace rc::tokenizer
