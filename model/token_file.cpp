#include "model/token_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>

#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/text.h"

namespace rc {
namespace {

[[noreturn]] void refuse(const Safetensors& file, const std::string& what) {
  throw UserError(fmt::format("{}: {}; remake it with: make tokenize", file.file().string(), what));
}

template <typename T>
std::vector<T> row(const Safetensors& file, const std::string& name, const char* dtype) {
  const auto& tensor = file.at(name);
  if (tensor.dtype != dtype || tensor.shape.size() != 1 || tensor.count() == 0)
    refuse(file, fmt::format("{} is no row of {}", name, dtype));
  std::vector<T> values(static_cast<std::size_t>(tensor.count()));
  std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
  return values;
}

TokenText text_of(const Safetensors& file, const std::string& name, long vocabulary) {
  TokenText text{row<std::int32_t>(file, name, "I32"),
                 row<std::int64_t>(file, name + "_blocks", "I64")};
  const auto [least, most] = std::ranges::minmax(text.ids);
  if (least < 0 || most >= vocabulary)
    refuse(file, fmt::format("{} holds an id that is none of {}", name, vocabulary));
  const auto& blocks = text.blocks;
  if (blocks.front() != 0 ||
      std::ranges::adjacent_find(blocks, std::greater_equal<>()) != blocks.end() ||
      blocks.back() >= static_cast<std::int64_t>(text.ids.size()))
    refuse(file, fmt::format("{}_blocks do not divide the text", name));
  return text;
}

long vocabulary_of(const Safetensors& file) {
  const auto stated = file.metadata().find("vocabulary");
  const auto text = stated == file.metadata().end() ? "" : stated->second;
  long vocabulary = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), vocabulary);
  if (error != std::errc() || end != text.data() + text.size() || vocabulary < 1)
    refuse(file, fmt::format("its vocabulary is \"{}\"", printable(text)));
  return vocabulary;
}

}  // namespace

TokenFile read_token_file(const std::filesystem::path& file) {
  const auto tensors = Safetensors::open(file);
  const long vocabulary = vocabulary_of(tensors);
  return {text_of(tensors, "train", vocabulary), text_of(tensors, "validation", vocabulary),
          vocabulary};
}

}  // namespace rc
