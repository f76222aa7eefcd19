// Reading and writing the safetensors format (https://github.com/huggingface/safetensors), version
// 0.3 rules: 8-byte little-endian header length, JSON header, contiguous data without holes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace rc {

/// A tensor as it lies in a file: row-major, little-endian. `data` lives as long as its file.
struct TensorView {
  std::string dtype;  // "F32", "F16", "BF16", "I32", "I64", ...
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
  std::int64_t count() const;  // number of elements
};

/// Bytes an element of `dtype` takes; 0 for an unknown dtype.
std::size_t element_bytes(const std::string& dtype);

/// Copies F32, F16, BF16 or F64 data to floats. UserError for another dtype.
std::vector<float> to_floats(const TensorView& tensor);

/// A safetensors file mapped into memory. Opening checks everything the format promises and throws
/// UserError with file, what was expected and what was found.
class Safetensors {
 public:
  static Safetensors open(const std::filesystem::path& file);
  Safetensors(Safetensors&&) noexcept;
  Safetensors& operator=(Safetensors&&) noexcept;
  ~Safetensors();

  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const TensorView& at(const std::string& name) const;  // UserError names file and tensor
  const std::filesystem::path& file() const { return file_; }

 private:
  Safetensors() = default;
  std::filesystem::path file_;
  void* map_ = nullptr;
  std::size_t size_ = 0;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// Writes `tensors` atomically (see artifact.h), in the order of their names, data aligned to 64
/// bytes.
void write_safetensors(const std::filesystem::path& file,
                       const std::map<std::string, TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace rc
