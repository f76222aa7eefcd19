// The GPU kernels on a GPU. (device_code_test.cpp: the same calls on the emulator, everywhere.)
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "kernels/attention/gpu_test.h"

namespace rc::kernels {
namespace {

void require(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

/// A copy of something in the GPU's memory.
class OnGpu {
 public:
  OnGpu(const void* from, std::size_t bytes) {
    require(cudaMalloc(&data_, std::max<std::size_t>(bytes, 1)));
    require(cudaMemcpy(data_, from, bytes, cudaMemcpyHostToDevice));
  }
  ~OnGpu() { cudaFree(data_); }
  OnGpu(const OnGpu&) = delete;
  OnGpu& operator=(const OnGpu&) = delete;
  void* data() const { return data_; }
  std::vector<float> floats(std::size_t count) const {
    require(cudaDeviceSynchronize());
    std::vector<float> values(count);
    require(cudaMemcpy(values.data(), data_, count * sizeof(float), cudaMemcpyDeviceToHost));
    return values;
  }

 private:
  void* data_ = nullptr;
};

class CudaAttention : public ::testing::TestWithParam<std::tuple<Case, Element>> {
 protected:
  void SetUp() override {
    if (!cuda::available()) GTEST_SKIP() << "no GPU of compute capability 8.0 or newer here";
  }
};

TEST_P(CudaAttention, PrefillIsThatOfFloat64) {
  const auto& [c, element] = GetParam();
  for (const bool causal : {true, false}) expect_prefill_of_float64<OnGpu>(c, element, causal);
}

TEST_P(CudaAttention, DecodeIsThatOfFloat64) {
  const auto& [c, element] = GetParam();
  expect_decode_of_float64<OnGpu>(c, element);
}

// Below, at and over a tile and a split; groups of one, two, three and five heads; widths that the
// tensor cores pad.
INSTANTIATE_TEST_SUITE_P(
    Shapes, CudaAttention,
    ::testing::Combine(::testing::Values(Case{2, 2, 1, 2, 16}, Case{4, 2, 63, 26, 64},
                                         Case{3, 1, 65, 64, 64}, Case{5, 1, 130, 8, 128},
                                         Case{2, 1, 700, 128, 48}, Case{8, 4, 513, 50, 112}),
                       ::testing::Values(Element::kFloat32, Element::kBFloat16)),
    name_of);

}  // namespace
}  // namespace rc::kernels
