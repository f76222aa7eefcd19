// Pre-tokenizers of tokenizer.json: how a text is cut into the words that BPE works on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/foreign/tokenizer_json.h"
#include "model/foreign/tokenizer_regex.h"

namespace rc::tokenizer {

/// A text cut into words, from left to right; none is empty.
struct Words {
  std::string text;
  std::vector<Span> spans;
  bool first = true;     // whether it begins the whole text
  std::size_t most = 0;  // bytes it may grow to
};

/// Cuts each word further; some write it in other characters. UserError where the text grows beyond
/// its limit.
using PreTokenizer = std::function<void(Words&)>;

/// Reads ByteLevel, Digits, Metaspace, Sequence and Split; UserError names any other type.
PreTokenizer read_pre_tokenizer(const Component& component);

/// The characters that ByteLevel writes a byte as, in UTF-8 (GPT-2's table: printable ones stand
/// for themselves, the others for U+0100 and up).
const std::string& byte_level_character(unsigned char byte);

}  // namespace rc::tokenizer
