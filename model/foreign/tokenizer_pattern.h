// Regular expressions of tokenizer.json are Oniguruma's, in Ruby's syntax; PCRE2 reads most of them
// in another way. This says the same in PCRE2's.
#pragma once

#include <string>
#include <string_view>

namespace rc::tokenizer {

/// An expression that matches under PCRE2 with UTF and UCP what `oniguruma` matches in Hugging
/// Face's library. UserError for what is not known to mean the same: anchors, \b, \h, references,
/// sets of sets, and options other than (?i:...) around ASCII.
std::string to_pcre2(std::string_view oniguruma);

}  // namespace rc::tokenizer
