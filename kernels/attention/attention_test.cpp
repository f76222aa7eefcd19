#include "kernels/attention/attention.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <string>

#include "kernels/attention/test_tensor.h"

namespace rc::kernels {
namespace {

constexpr double kTolerance = 2e-6;
const float kPoison = std::numeric_limits<float>::quiet_NaN();

/// Every instruction set that was compiled and that this machine has.
std::vector<std::int64_t> targets() {
  std::vector<std::int64_t> all;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) all.push_back(target);
  return all;
}

class Attention : public ::testing::TestWithParam<std::tuple<Case, Element, std::int64_t>> {
 protected:
  void SetUp() override { choose(std::get<2>(GetParam())); }
  void TearDown() override { choose(0); }  // all again

  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }

  Shape shape() const { return std::get<0>(GetParam()).shape(); }
  Tensor tensor(std::int64_t heads, std::int64_t tokens, std::int64_t width, int seed) const {
    return {2, heads, tokens, width, /*gap=*/3, std::get<1>(GetParam()), seed};
  }
};

TEST_P(Attention, PrefillIsThatOfFloat64) {
  const auto s = shape();
  const auto q = tensor(s.heads, s.context, s.key_width, 1);
  const auto k = tensor(s.kv_heads, s.context, s.key_width, 2);
  const auto v = tensor(s.kv_heads, s.context, s.value_width, 3);
  for (const bool causal : {true, false}) {
    std::vector<float> out(static_cast<std::size_t>(2 * s.heads * s.context * s.value_width),
                           kPoison);
    prefill(s, q.view(), k.view(), v.view(), causal, out.data(), 2);
    std::size_t at = 0;
    for (std::int64_t b = 0; b < 2; ++b)
      for (std::int64_t h = 0; h < s.heads; ++h)
        for (std::int64_t t = 0; t < s.context; ++t)
          for (const double x : exact(s, q, k, v, b, h, t, causal ? t + 1 : s.context))
            ASSERT_NEAR(out[at++], x, kTolerance) << b << " " << h << " " << t;
  }
}

TEST_P(Attention, DecodeIsThatOfFloat64) {
  const auto s = shape();
  const auto q = tensor(s.heads, 1, s.key_width, 4);
  const auto k = tensor(s.kv_heads, s.context, s.key_width, 5);
  const auto v = tensor(s.kv_heads, s.context, s.value_width, 6);
  const std::int64_t lengths[] = {s.context, std::max<std::int64_t>(1, s.context / 2)};
  std::vector<float> out(static_cast<std::size_t>(2 * s.heads * s.value_width), kPoison);
  decode(s, q.view(), k.view(), v.view(), lengths, out.data(), 2);
  std::size_t at = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < s.heads; ++h)
      for (const double x : exact(s, q, k, v, b, h, 0, lengths[b]))
        ASSERT_NEAR(out[at++], x, kTolerance) << b << " " << h;
}

std::string name_of(const ::testing::TestParamInfo<Attention::ParamType>& info) {
  const auto& [c, element, target] = info.param;
  return "width" + std::to_string(c.key_width) + "_tokens" + std::to_string(c.context) +
         (element == Element::kFloat32 ? "_f32_" : "_bf16_") + hwy::TargetName(target);
}

// No multiple of a tile, a block or a vector among the sizes, and groups of one, two, three and
// five heads.
INSTANTIATE_TEST_SUITE_P(
    Shapes, Attention,
    ::testing::Combine(::testing::Values(Case{2, 2, 1, 2, 16}, Case{4, 2, 63, 26, 64},
                                         Case{3, 1, 65, 64, 64}, Case{5, 1, 130, 8, 128},
                                         Case{2, 1, 200, 128, 48}),
                       ::testing::Values(Element::kFloat32, Element::kBFloat16),
                       ::testing::ValuesIn(targets())),
    name_of);

TEST(Attention, TakesLogitsFarApart) {
  const Shape s{1, 1, 1, 2, 2, 16, 1.0f};
  const float q[] = {100, 0}, k[] = {1, 0, -1, 0};
  float v[32];
  for (int i = 0; i < 32; ++i) v[i] = i < 16 ? 1.0f : 5.0f;
  const std::int64_t length = 2;
  float out[16];
  const View cache{k, Element::kFloat32, 4, 4, 2}, values{v, Element::kFloat32, 32, 32, 16};
  decode(s, {q, Element::kFloat32, 2, 2, 2}, cache, values, &length, out, 1);
  EXPECT_EQ(out[3], 1.0f);  // the other key weighs e^-200
}

TEST(Attention, RefusesShapesOutOfRange) {
  const float data[256] = {};
  const View x{data, Element::kFloat32, 0, 0, 0};
  float out[256];
  const std::int64_t length = 1;
  for (const Shape& s : {Shape{1, 3, 2, 1, 8, 16, 1}, Shape{1, 1, 1, 1, 7, 16, 1},
                         Shape{1, 1, 1, 1, 8, 20, 1}, Shape{1, 1, 1, 1, 130, 16, 1}})
    EXPECT_THROW(decode(s, x, x, x, &length, out, 1), std::invalid_argument);
}

TEST(Attention, NamesItsInstructionSet) { EXPECT_NE(std::string(instruction_set()), ""); }

}  // namespace
}  // namespace rc::kernels
