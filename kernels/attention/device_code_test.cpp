// The GPU kernels' own code, run by the emulator: what can be known of it without a GPU.
#include <gtest/gtest.h>

#include "kernels/attention/decode.cuh"
#include "kernels/attention/prefill.cuh"
#include "kernels/attention/test_tensor.h"

namespace rc::kernels {
namespace {

constexpr std::int64_t kGap = 4;  // between rows: GPU strides are even
const float kPoison = std::numeric_limits<float>::quiet_NaN();

Tensor tensor(std::int64_t heads, std::int64_t tokens, std::int64_t width, Element element,
              int seed) {
  return {2, heads, tokens, width, kGap, element, seed};
}

unsigned blocks(std::int64_t count, std::int64_t each) {
  return static_cast<unsigned>((count + each - 1) / each);
}

/// `run(q, k, v, out)` against float64.
template <typename Run>
void expect_prefill(const Case& c, Element element, bool causal, double tolerance, const Run& run) {
  const auto s = c.shape();
  const auto q = tensor(s.heads, s.context, s.key_width, element, 1);
  const auto k = tensor(s.kv_heads, s.context, s.key_width, element, 2);
  const auto v = tensor(s.kv_heads, s.context, s.value_width, element, 3);
  std::vector<float> out(static_cast<std::size_t>(2 * s.heads * s.context * s.value_width),
                         kPoison);
  run(s, q.view(), k.view(), v.view(), out.data());
  std::size_t at = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < s.heads; ++h)
      for (std::int64_t t = 0; t < s.context; ++t)
        for (const double x : exact(s, q, k, v, b, h, t, causal ? t + 1 : s.context))
          ASSERT_NEAR(out[at++], x, tolerance) << b << " " << h << " " << t;
}

template <int KW, int VW>
void expect_tensor_core_prefill(const Case& c, bool causal) {
  // Weights are rounded to bfloat16 before they meet the values.
  expect_prefill(
      c, Element::kBFloat16, causal, 1e-2,
      [&](const Shape& s, const View& q, const View& k, const View& v, float* out) {
        const dim3 grid{blocks(s.context, cuda::kRows), static_cast<unsigned>(s.heads), 2};
        emulated::launch(grid, cuda::kWarps * 32,
                         [&] { cuda::prefill_bf16<KW, VW>(s, q, k, v, causal, out); });
      });
}

TEST(DeviceCode, PrefillOnTensorCoresIsThatOfFloat64) {
  expect_tensor_core_prefill<32, 64>({2, 1, 70, 26, 48}, /*causal=*/true);
  expect_tensor_core_prefill<64, 128>({1, 1, 65, 64, 128}, /*causal=*/false);
  expect_tensor_core_prefill<16, 64>({1, 1, 1, 2, 16}, /*causal=*/true);
}

TEST(DeviceCode, PrefillByKeyIsThatOfFloat64) {
  expect_prefill({2, 1, 34, 26, 64}, Element::kFloat32, /*causal=*/true, 2e-6,
                 [&](const Shape& s, const View& q, const View& k, const View& v, float* out) {
                   const dim3 grid{blocks(s.context, cuda::kDecodeWarps), 2, 2};
                   emulated::launch(grid, cuda::kDecodeWarps * 32, [&] {
                     cuda::prefill_by_key<4, 1, float>(s, q, k, v, /*causal=*/true, out);
                   });
                 });
}

template <int PAIRS, int HEADS, int VPAIRS, typename T>
void expect_decode(const Case& c, unsigned splits) {
  const auto s = c.shape();
  const auto element = sizeof(T) == 2 ? Element::kBFloat16 : Element::kFloat32;
  const auto q = tensor(s.heads, 1, s.key_width, element, 4);
  const auto k = tensor(s.kv_heads, s.context, s.key_width, element, 5);
  const auto v = tensor(s.kv_heads, s.context, s.value_width, element, 6);
  const std::int64_t lengths[] = {s.context, std::max<std::int64_t>(1, s.context / 3)};
  std::vector<float> workspace(static_cast<std::size_t>(2 * s.heads * splits * (s.value_width + 2)),
                               kPoison);
  std::vector<float> out(static_cast<std::size_t>(2 * s.heads * s.value_width), kPoison);
  const auto chunks = blocks(s.heads / s.kv_heads, HEADS);
  emulated::launch({splits, static_cast<unsigned>(s.kv_heads) * chunks, 2}, cuda::kDecodeWarps * 32,
                   [&] {
                     cuda::decode_split<PAIRS, HEADS, VPAIRS, T>(s, q.view(), k.view(), v.view(),
                                                                 lengths, workspace.data());
                   });
  emulated::launch({static_cast<unsigned>(s.heads), 2, 1}, static_cast<int>(s.value_width),
                   [&] { cuda::decode_combine(s, workspace.data(), splits, out.data()); });
  std::size_t at = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < s.heads; ++h)
      for (const double x : exact(s, q, k, v, b, h, 0, lengths[b]))
        ASSERT_NEAR(out[at++], x, 2e-6) << b << " " << h;
}

TEST(DeviceCode, DecodeIsThatOfFloat64) {
  expect_decode<4, 1, 1, float>({2, 2, 130, 64, 64}, 1);
  expect_decode<2, 2, 1, float>({4, 2, 300, 26, 48}, 3);  // the short sequence leaves a split empty
  expect_decode<4, 4, 2, __nv_bfloat16>({5, 1, 290, 64, 128}, 2);  // five heads, four a block
  expect_decode<1, 4, 1, float>({3, 1, 1, 2, 16}, 1);
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
  emulated::launch({2, 1, 1}, 32, [&] { forgetful(out.data()); });
  for (std::size_t i = 0; i < 32; ++i) {
    EXPECT_EQ(out[i], 1);
    EXPECT_TRUE(std::isnan(out[32 + i])) << i << ": " << out[32 + i];
  }
}

}  // namespace
}  // namespace rc::kernels
