// Normalizers of tokenizer.json: what is done to a text before it is cut.
#pragma once

#include <functional>
#include <string>

#include "model/foreign/tokenizer_json.h"

namespace rc::tokenizer {

/// Changes a text of well-formed UTF-8. UserError where it grows beyond `most` bytes.
using Normalizer = std::function<void(std::string& text, std::size_t most)>;

/// Reads NFC, NFD, NFKC, NFKD, Prepend, Replace and Sequence; UserError names any other type.
Normalizer read_normalizer(const Component& component);

}  // namespace rc::tokenizer
