#include "kernels/attention/cuda.h"

#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "kernels/attention/test_tensor.h"

namespace rc::kernels {
namespace {

void require(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

/// A copy of something in the GPU's memory.
class OnGpu {
 public:
  explicit OnGpu(std::size_t bytes) {
    require(cudaMalloc(&data_, std::max<std::size_t>(bytes, 1)));
  }
  OnGpu(const void* from, std::size_t bytes) : OnGpu(bytes) {
    require(cudaMemcpy(data_, from, bytes, cudaMemcpyHostToDevice));
  }
  explicit OnGpu(const Tensor& x)
      : OnGpu(x.view().data, x.element == Element::kFloat32
                                 ? x.values.size() * sizeof(float)
                                 : x.narrow.size() * sizeof(x.narrow[0])) {}
  ~OnGpu() { cudaFree(data_); }
  OnGpu(const OnGpu&) = delete;
  OnGpu& operator=(const OnGpu&) = delete;
  void* data() const { return data_; }
  View seen_as(const Tensor& x) const {
    auto view = x.view();
    view.data = data_;
    return view;
  }

 private:
  void* data_ = nullptr;
};

std::vector<float> fetched(const OnGpu& from, std::size_t floats) {
  require(cudaDeviceSynchronize());
  std::vector<float> values(floats);
  require(cudaMemcpy(values.data(), from.data(), floats * sizeof(float), cudaMemcpyDeviceToHost));
  return values;
}

class CudaAttention : public ::testing::TestWithParam<std::tuple<Case, Element>> {
 protected:
  void SetUp() override {
    if (!cuda::available()) GTEST_SKIP() << "no GPU of compute capability 8.0 or newer here";
  }
  Element element() const { return std::get<1>(GetParam()); }
  /// The tensor cores multiply weights rounded to bfloat16.
  double prefill_tolerance() const { return element() == Element::kBFloat16 ? 2e-2 : 5e-6; }
  Shape shape() const { return std::get<0>(GetParam()).shape(); }
  Tensor tensor(std::int64_t heads, std::int64_t tokens, std::int64_t width, int seed) const {
    return {2, heads, tokens, width, /*gap=*/4, element(), seed};
  }
};

/// Floats that no kernel wrote.
OnGpu poisoned(std::size_t floats) {
  const std::vector<float> poison(floats, std::numeric_limits<float>::quiet_NaN());
  return OnGpu(poison.data(), floats * sizeof(float));
}

TEST_P(CudaAttention, PrefillIsThatOfFloat64) {
  const auto s = shape();
  const auto q = tensor(s.heads, s.context, s.key_width, 1);
  const auto k = tensor(s.kv_heads, s.context, s.key_width, 2);
  const auto v = tensor(s.kv_heads, s.context, s.value_width, 3);
  const OnGpu gq(q), gk(k), gv(v);
  const auto floats = static_cast<std::size_t>(2 * s.heads * s.context * s.value_width);
  for (const bool causal : {true, false}) {
    const OnGpu out = poisoned(floats);
    cuda::prefill(s, gq.seen_as(q), gk.seen_as(k), gv.seen_as(v), causal,
                  static_cast<float*>(out.data()), nullptr);
    const auto result = fetched(out, floats);
    std::size_t at = 0;
    for (std::int64_t b = 0; b < 2; ++b)
      for (std::int64_t h = 0; h < s.heads; ++h)
        for (std::int64_t t = 0; t < s.context; ++t)
          for (const double x : exact(s, q, k, v, b, h, t, causal ? t + 1 : s.context))
            ASSERT_NEAR(result[at++], x, prefill_tolerance()) << b << " " << h << " " << t;
  }
}

TEST_P(CudaAttention, DecodeIsThatOfFloat64) {
  const auto s = shape();
  const auto q = tensor(s.heads, 1, s.key_width, 4);
  const auto k = tensor(s.kv_heads, s.context, s.key_width, 5);
  const auto v = tensor(s.kv_heads, s.context, s.value_width, 6);
  const std::int64_t lengths[] = {s.context, std::max<std::int64_t>(1, s.context / 2)};
  const OnGpu gq(q), gk(k), gv(v), glengths(lengths, sizeof lengths);
  const OnGpu workspace = poisoned(cuda::decode_workspace(s) / sizeof(float));
  const auto floats = static_cast<std::size_t>(2 * s.heads * s.value_width);
  const OnGpu out = poisoned(floats);
  cuda::decode(s, gq.seen_as(q), gk.seen_as(k), gv.seen_as(v),
               static_cast<const std::int64_t*>(glengths.data()), static_cast<float*>(out.data()),
               workspace.data(), nullptr);
  const auto result = fetched(out, floats);
  std::size_t at = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < s.heads; ++h)
      for (const double x : exact(s, q, k, v, b, h, 0, lengths[b]))
        ASSERT_NEAR(result[at++], x, 5e-6) << b << " " << h;
}

std::string name_of(const ::testing::TestParamInfo<CudaAttention::ParamType>& info) {
  const auto& [c, element] = info.param;
  return "width" + std::to_string(c.key_width) + "_tokens" + std::to_string(c.context) +
         (element == Element::kFloat32 ? "_f32" : "_bf16");
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

// What is refused before a GPU is asked needs none.
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

}  // namespace
}  // namespace rc::kernels
