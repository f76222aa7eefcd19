// Calls of cuda.h held against attention in float64, for its tests on a GPU and on the emulator.
//
// Memory is where the kernels read and write: Memory(from, bytes) copies bytes there, data() points
// to them, and floats(n) brings back the first n once the work is done.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/attention/cuda.h"
#include "kernels/attention/test_tensor.h"

namespace rc::kernels {

/// A tensor of two sequences, with gaps between rows: a GPU's strides are even.
inline Tensor gpu_tensor(std::int64_t heads, std::int64_t tokens, std::int64_t width,
                         Element element, int seed) {
  return {2, heads, tokens, width, /*gap=*/4, element, seed};
}

template <typename Memory>
class Copied {
 public:
  explicit Copied(const Tensor& x)
      : view_(x.view()),
        memory_(view_.data, x.element == Element::kFloat32 ? x.values.size() * sizeof x.values[0]
                                                           : x.narrow.size() * sizeof x.narrow[0]) {
    view_.data = memory_.data();
  }
  const View& view() const { return view_; }

 private:
  View view_;
  Memory memory_;
};

/// Floats that nothing wrote yet, and some behind them that nothing may write.
template <typename Memory>
class Poisoned {
 public:
  explicit Poisoned(std::size_t count)
      : count_(count), memory_(poison(count + kBehind).data(), (count + kBehind) * sizeof(float)) {}
  float* data() const { return static_cast<float*>(memory_.data()); }
  std::vector<float> fetched() const {
    auto all = memory_.floats(count_ + kBehind);
    for (std::size_t i = count_; i < all.size(); ++i)
      EXPECT_TRUE(std::isnan(all[i])) << i - count_ << " behind the end was written";
    all.resize(count_);
    return all;
  }

 private:
  static constexpr std::size_t kBehind = 1024;
  static std::vector<float> poison(std::size_t count) {
    return std::vector<float>(count, std::numeric_limits<float>::quiet_NaN());
  }
  std::size_t count_;
  Memory memory_;
};

template <typename Memory>
void expect_prefill_of_float64(const Case& c, Element element, bool causal) {
  const auto s = c.shape();
  const auto q = gpu_tensor(s.heads, s.context, s.key_width, element, 1);
  const auto k = gpu_tensor(s.kv_heads, s.context, s.key_width, element, 2);
  const auto v = gpu_tensor(s.kv_heads, s.context, s.value_width, element, 3);
  const Copied<Memory> gq(q), gk(k), gv(v);
  const Poisoned<Memory> out(static_cast<std::size_t>(2 * s.heads * s.context * s.value_width));
  cuda::prefill(s, gq.view(), gk.view(), gv.view(), causal, out.data(), nullptr);
  // The tensor cores multiply weights rounded to bfloat16.
  const double tolerance = element == Element::kBFloat16 ? 2e-2 : 5e-6;
  const auto result = out.fetched();
  std::size_t at = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < s.heads; ++h)
      for (std::int64_t t = 0; t < s.context; ++t)
        for (const double x : exact(s, q, k, v, b, h, t, causal ? t + 1 : s.context))
          ASSERT_NEAR(result[at++], x, tolerance) << b << " " << h << " " << t;
}

/// The second sequence is as short as leaves one of three splits empty.
template <typename Memory>
void expect_decode_of_float64(const Case& c, Element element) {
  const auto s = c.shape();
  const auto q = gpu_tensor(s.heads, 1, s.key_width, element, 4);
  const auto k = gpu_tensor(s.kv_heads, s.context, s.key_width, element, 5);
  const auto v = gpu_tensor(s.kv_heads, s.context, s.value_width, element, 6);
  const std::int64_t lengths[] = {s.context, std::max<std::int64_t>(1, s.context / 3)};
  const Copied<Memory> gq(q), gk(k), gv(v);
  const Memory glengths(lengths, sizeof lengths);
  const Poisoned<Memory> workspace(cuda::decode_workspace(s) / sizeof(float));
  const Poisoned<Memory> out(static_cast<std::size_t>(2 * s.heads * s.value_width));
  cuda::decode(s, gq.view(), gk.view(), gv.view(),
               static_cast<const std::int64_t*>(glengths.data()), out.data(), workspace.data(),
               nullptr);
  const auto result = out.fetched();
  workspace.fetched();
  std::size_t at = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < s.heads; ++h)
      for (const double x : exact(s, q, k, v, b, h, 0, lengths[b]))
        ASSERT_NEAR(result[at++], x, 5e-6) << b << " " << h;
}

/// "width26_values64_heads4_tokens63_bf16"
inline std::string name_of(const ::testing::TestParamInfo<std::tuple<Case, Element>>& info) {
  const auto& [c, element] = info.param;
  return "width" + std::to_string(c.key_width) + "_values" + std::to_string(c.value_width) +
         "_heads" + std::to_string(c.heads) + "_tokens" + std::to_string(c.context) +
         (element == Element::kFloat32 ? "_f32" : "_bf16");
}

}  // namespace rc::kernels
