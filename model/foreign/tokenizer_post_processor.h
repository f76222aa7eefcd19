// Post-processors of tokenizer.json: what a model expects around a text.
#pragma once

#include <cstdint>
#include <vector>

#include "model/foreign/tokenizer_json.h"

namespace rc::tokenizer {

/// Ids that the file's template puts before one text, as <bos>. Reads ByteLevel (nothing),
/// TemplateProcessing and Sequence; UserError names any other type.
std::vector<std::int32_t> template_prefix(const Component& file);

}  // namespace rc::tokenizer
