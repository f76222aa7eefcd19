#include "pipeline/files/safetensors.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "pipeline/error.h"
#include "pipeline/files/file.h"
#include "pipeline/files/safetensors_header.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

template <typename T>
T load(const std::byte* at) {
  T value;  // data need not be aligned
  std::memcpy(&value, at, sizeof value);
  return value;
}

float from_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits.
float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1F;
  const std::uint32_t fraction = half & 0x3FF;
  if (exponent == 0) {  // zero and subnormal: fraction * 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  const std::uint32_t widened = exponent == 31 ? 255 : exponent + 112;
  return from_bits(sign | widened << 23 | fraction << 13);
}

template <typename T, typename Convert>
std::vector<float> convert(const TensorView& tensor, Convert to_float) {
  std::vector<float> out(static_cast<std::size_t>(tensor.count()));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = to_float(load<T>(tensor.data.data() + i * sizeof(T)));
  return out;
}

}  // namespace

std::int64_t TensorView::count() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) product *= extent;
  return product;
}

std::vector<float> to_floats(const TensorView& tensor) {
  if (tensor.dtype == "F32") return convert<float>(tensor, [](float v) { return v; });
  if (tensor.dtype == "F64")
    return convert<double>(tensor, [](double v) { return static_cast<float>(v); });
  if (tensor.dtype == "F16") return convert<std::uint16_t>(tensor, half_to_float);
  if (tensor.dtype == "BF16")  // the upper half of a float
    return convert<std::uint16_t>(
        tensor, [](std::uint16_t v) { return from_bits(std::uint32_t{v} << 16); });
  throw UserError("tensor data of type " + tensor.dtype +
                  " are no floats; F16, BF16, F32 or F64 "
                  "is expected");
}

Safetensors Safetensors::open(const fs::path& file) {
  Safetensors result;
  result.file_ = file;
  const File source = File::open(file);
  result.size_ = source.size();
  if (result.size_ > 0) {  // mmap refuses an empty range; the header check below names the fault
    void* map = ::mmap(nullptr, result.size_, PROT_READ, MAP_PRIVATE, source.descriptor(), 0);
    if (map == MAP_FAILED) throw_file_error("map", file, errno);
    result.map_ = map;
  }
  auto header =
      read_safetensors_header(file, {static_cast<const std::byte*>(result.map_), result.size_});
  result.tensors_ = std::move(header.tensors);
  result.metadata_ = std::move(header.metadata);
  return result;
}

Safetensors::Safetensors(Safetensors&& other) noexcept { *this = std::move(other); }

Safetensors& Safetensors::operator=(Safetensors&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(map_, other.map_);
  std::swap(size_, other.size_);
  std::swap(tensors_, other.tensors_);
  std::swap(metadata_, other.metadata_);
  return *this;
}

Safetensors::~Safetensors() {
  if (map_) ::munmap(map_, size_);
}

const TensorView& Safetensors::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end())
    throw UserError(file_.string() + " holds no tensor " + name +
                    "; run again the stage that wrote it");
  return found->second;
}

}  // namespace rc
