#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"
#include "pipeline/files/safetensors.h"

namespace rc {
namespace {

using nlohmann::json;
using Tensors = std::map<std::string, TensorView>;

constexpr std::size_t kAlignment = 64;  // a cache line, so that mapped data suit vector loads

void check(const std::string& name, const TensorView& tensor) {
  const auto expected = static_cast<std::size_t>(tensor.count()) * element_bytes(tensor.dtype);
  if (element_bytes(tensor.dtype) == 0 || expected != tensor.data.size())
    throw std::logic_error(fmt::format("tensor {}: {} bytes by shape and dtype {}, {} given", name,
                                       expected, tensor.dtype, tensor.data.size()));
}

/// Length and JSON, padded with spaces so that the data start on a multiple of kAlignment.
std::string header_bytes(const Tensors& tensors,
                         const std::map<std::string, std::string>& metadata) {
  json header = json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    check(name, tensor);
    header[name] = {{"dtype", tensor.dtype},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, offset + tensor.data.size()}}};
    offset += tensor.data.size();
  }
  std::string text = header.dump();
  while ((sizeof(std::uint64_t) + text.size()) % kAlignment != 0) text += ' ';
  std::string length;
  for (std::uint64_t rest = text.size(); length.size() < sizeof rest; rest >>= 8)
    length += static_cast<char>(rest & 0xFF);
  return length + text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& file, const Tensors& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::string header = header_bytes(tensors, metadata);
  write_atomically(file, [&](const std::filesystem::path& temporary) {
    File out = File::create(temporary);
    out.write(std::as_bytes(std::span(header)));
    for (const auto& [name, tensor] : tensors) out.write(tensor.data);
  });
}

}  // namespace rc
