// The GPU kernels, and the host's code that picks and launches them, run by the emulator: what can
// be known of them without a GPU.
#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>

#include "kernels/attention/gpu_test.h"
#include "kernels/attention/launch.cuh"

namespace rc::kernels {
namespace {

/// The emulator's GPU has the host's memory.
class OnHost {
 public:
  OnHost(const void* from, std::size_t bytes)
      : bytes_(static_cast<const std::byte*>(from), static_cast<const std::byte*>(from) + bytes) {}
  void* data() const { return bytes_.data(); }
  std::vector<float> floats(std::size_t count) const {
    std::vector<float> values(count);
    std::memcpy(values.data(), bytes_.data(), count * sizeof(float));
    return values;
  }

 private:
  mutable std::vector<std::byte> bytes_;
};

using OfCase = ::testing::TestWithParam<std::tuple<Case, Element>>;

class EmulatedPrefill : public OfCase {};
TEST_P(EmulatedPrefill, IsThatOfFloat64) {
  const auto& [c, element] = GetParam();
  for (const bool causal : {true, false}) expect_prefill_of_float64<OnHost>(c, element, causal);
}

class EmulatedDecode : public OfCase {};
TEST_P(EmulatedDecode, IsThatOfFloat64) {
  const auto& [c, element] = GetParam();
  expect_decode_of_float64<OnHost>(c, element);
}

// Every width that the tensor cores have a kernel for, from either side of it; blocks of rows and
// tiles of keys that are begun, full and overrun.
INSTANTIATE_TEST_SUITE_P(
    OnTensorCores, EmulatedPrefill,
    ::testing::Combine(::testing::Values(Case{1, 1, 1, 2, 16}, Case{1, 1, 2, 16, 80},
                                         Case{2, 1, 70, 26, 48}, Case{1, 1, 2, 34, 128},
                                         Case{1, 1, 65, 64, 112}, Case{2, 2, 3, 66, 64},
                                         Case{1, 1, 2, 96, 80}, Case{1, 1, 2, 98, 64},
                                         Case{1, 1, 64, 128, 128}),
                       ::testing::Values(Element::kBFloat16)),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ByKey, EmulatedPrefill,
    ::testing::Combine(::testing::Values(Case{1, 1, 34, 26, 64}, Case{2, 1, 3, 64, 80},
                                         Case{1, 1, 5, 66, 48}, Case{1, 1, 2, 128, 128}),
                       ::testing::Values(Element::kFloat32)),
    name_of);

// Either side of the widths at which another kernel takes over; groups of one, two, three and five
// heads; one split, and three of which a short sequence fills two.
INSTANTIATE_TEST_SUITE_P(
    Shapes, EmulatedDecode,
    ::testing::Combine(::testing::Values(Case{2, 2, 1, 2, 16}, Case{2, 1, 5, 16, 80},
                                         Case{3, 1, 9, 18, 64}, Case{2, 2, 2, 32, 128},
                                         Case{4, 2, 2, 34, 48}, Case{5, 1, 700, 64, 128},
                                         Case{2, 2, 300, 66, 64}, Case{4, 2, 3, 128, 112},
                                         Case{3, 1, 2, 90, 16}),
                       ::testing::Values(Element::kFloat32, Element::kBFloat16)),
    name_of);

TEST(CudaArguments, RefusesShapesOutOfRangeAndWhatCannotBeReadInPairs) {
  alignas(8) const float data[256] = {};
  float out[256];
  const auto view = [&](std::int64_t stride) {
    return View{data, Element::kFloat32, stride, stride, stride};
  };
  const auto prefill = [&](const Shape& s, std::int64_t stride) {
    cuda::prefill(s, view(stride), view(stride), view(stride), true, out, nullptr);
  };
  for (const Shape& s : {Shape{1, 3, 2, 1, 8, 16, 1}, Shape{1, 1, 1, 1, 7, 16, 1},
                         Shape{1, 1, 1, 1, 8, 20, 1}, Shape{1, 1, 1, 1, 130, 16, 1}})
    EXPECT_THROW(prefill(s, 16), std::invalid_argument);
  const Shape good{1, 1, 1, 1, 8, 16, 1};
  EXPECT_THROW(prefill(good, 17), std::invalid_argument);
  auto shifted = view(16);
  shifted.data = data + 1;
  EXPECT_THROW(cuda::prefill(good, shifted, view(16), view(16), true, out, nullptr),
               std::invalid_argument);
  EXPECT_THROW(cuda::decode_workspace(Shape{0, 1, 1, 1, 8, 16, 1}), std::invalid_argument);
}

/// Only the first block writes what all of them read.
__global__ void forgetful(float* out) {
  auto* shared = reinterpret_cast<float*>(cuda::block_memory());
  if (blockIdx.x == 0) shared[threadIdx.x] = 1;
  __syncthreads();
  out[blockIdx.x * 32 + threadIdx.x] = shared[threadIdx.x];
}

TEST(Emulator, WhatABlockForgotToWriteIsNotThatOfTheBlockBefore) {
  std::vector<float> out(64);
  cuda::launch(forgetful, {2, 1, 1}, 32, 32 * sizeof(float), nullptr, out.data());
  for (std::size_t i = 0; i < 32; ++i) {
    EXPECT_EQ(out[i], 1);
    EXPECT_TRUE(std::isnan(out[32 + i])) << i << ": " << out[32 + i];
  }
}

TEST(Emulator, RefusesLaunchesThatAGpuWould) {
  std::vector<float> out(64);
  const auto launch = [&](dim3 grid, unsigned threads, std::size_t floats) {
    cuda::launch(forgetful, grid, threads, floats * sizeof(float), nullptr, out.data());
  };
  EXPECT_THROW(launch({1, 1, 1}, 32, 31), std::runtime_error) << "one float too few";
  EXPECT_THROW(launch({1, 1, 1}, 32, 1 << 20), std::runtime_error);
  EXPECT_THROW(launch({1, 1, 1}, 0, 32), std::runtime_error);
  EXPECT_THROW(launch({0, 1, 1}, 32, 32), std::runtime_error);
  EXPECT_THROW(launch({1, 65536, 1}, 32, 32), std::runtime_error);
}

}  // namespace
}  // namespace rc::kernels
