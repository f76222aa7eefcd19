#include <gtest/gtest.h>

#include "kernels/autograd.h"
#include "kernels/fused/attention_block.h"
#include "kernels/fused/cross_entropy.h"
#include "kernels/fused/feed_forward.h"
#include "kernels/fused/linear.h"
#include "kernels/fused/rms_norm.h"
#include "kernels/fused/simd.h"
#include "kernels/torch.h"
#include "model/transformer.h"

// Every fused operation against the plain composition, values and gradients, in float64.
namespace rc {
namespace {

using torch::Tensor;

Tensor randoms(std::vector<std::int64_t> shape, std::uint64_t seed) {
  auto random = cpu_generator(seed);
  return torch::normal(0.0, 1.0, shape, random).to(torch::kFloat64).requires_grad_();
}

/// Both functions and their gradients at `inputs`, for a random direction of the result.
void expect_same(const std::function<Tensor()>& fused, const std::function<Tensor()>& plain,
                 const std::vector<Tensor>& inputs) {
  const auto a = fused(), b = plain();
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_TRUE(torch::allclose(a, b, 1e-9, 1e-10));
  const auto direction = randoms(a.sizes().vec(), 99).detach();
  const auto ga = torch::autograd::grad({(a * direction).sum()}, inputs);
  const auto gb = torch::autograd::grad({(b * direction).sum()}, inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    EXPECT_TRUE(torch::allclose(ga[i], gb[i], 1e-8, 1e-9)) << "input " << i;
}

TEST(FusedRmsNorm, AgreesWithTheReference) {
  const auto x = randoms({5, 7, 12}, 1), gain = randoms({12}, 2);
  expect_same([&] { return fused::rms_norm(x, gain); }, [&] { return rms_norm(x, gain); },
              {x, gain});
}

TEST(FusedAddAndNorm, AgreesWithTheReferenceInBothResults) {
  const auto x = randoms({5, 7, 12}, 1), delta = randoms({5, 7, 12}, 3), gain = randoms({12}, 2);
  const std::vector<Tensor> inputs = {x, delta, gain};
  const auto fused = [&] { return fused::add_and_norm(x, delta, gain); };
  const auto normed = [&] { return rms_norm(x + delta, gain); };
  expect_same([&] { return fused().normed; }, normed, inputs);
  expect_same([&] { return fused().sum; }, [&] { return x + delta; }, {x, delta});
  expect_same(
      [&] {
        const auto both = fused();
        return both.sum * both.normed;
      },
      [&] { return (x + delta) * normed(); }, inputs);
}

TEST(FusedFeedForward, AgreesWithTheReferenceOverSeveralBlocks) {
  const auto x = randoms({2, 110, 12}, 5), up = randoms({31, 12}, 13), down = randoms({12, 31}, 14);
  expect_same(
      [&] { return fused::feed_forward(x, up, down); },
      [&] { return torch::matmul(torch::relu(torch::matmul(x, up.t())).square(), down.t()); },
      {x, up, down});
}

TEST(FusedLinear, AgreesWithTheReference) {
  const auto x = randoms({3, 70, 11}, 11), weight = randoms({45, 11}, 12);
  expect_same([&] { return fused::linear(x, weight); },
              [&] { return torch::matmul(x, weight.t()); }, {x, weight});
}

class FusedMix : public testing::TestWithParam<std::tuple<long, bool>> {};

TEST_P(FusedMix, AgreesWithTheReference) {
  const auto [tokens, normalise] = GetParam();
  const long heads = 4, kv_heads = 2, d_k = 6, d_v = 5;
  const auto qkv = randoms({2, tokens, (heads + kv_heads) * d_k + kv_heads * d_v}, 6);
  const auto gain_q = randoms({d_k}, 3), gain_k = randoms({d_k}, 4);
  const auto rope = make_rope(tokens + 3, d_k, 10000.0);
  const auto mask = torch::full({tokens, tokens}, -std::numeric_limits<float>::infinity()).triu(1);
  const auto plain = [&] {
    const auto parts = qkv.split_with_sizes({heads * d_k, kv_heads * d_k, kv_heads * d_v}, -1);
    const auto turned = [&](const Tensor& x, long count, const Tensor& gain) {
      const auto split = x.reshape({2, tokens, count, d_k});
      return apply_rope((normalise ? rms_norm(split, gain) : split * gain).transpose(1, 2), rope);
    };
    const auto v = parts[2].reshape({2, tokens, kv_heads, d_v}).transpose(1, 2);
    return causal_attention(turned(parts[0], heads, gain_q), turned(parts[1], kv_heads, gain_k), v,
                            mask)
        .transpose(1, 2)
        .flatten(2);
  };
  expect_same(
      [&] {
        return fused::attention_block(qkv, gain_q, gain_k, rope,
                                      {heads, kv_heads, d_k, d_v, normalise});
      },
      plain, {qkv, gain_q, gain_k});
}

// Below, at, just over and well over the size of a tile; with and without QK-norm.
INSTANTIATE_TEST_SUITE_P(Lengths, FusedMix,
                         testing::Combine(testing::Values(1, 3, 64, 65, 150), testing::Bool()));

TEST(FusedCrossEntropy, AgreesWithTheReferenceInItsMean) {
  const auto hidden = randoms({300, 8}, 9), embedding = randoms({21, 8}, 10);
  const auto labels = torch::arange(300, torch::kInt64) % 21;
  const auto plain = [&] {
    return at::cross_entropy_loss(torch::matmul(hidden, embedding.t()), labels);
  };
  expect_same([&] { return fused::cross_entropy(hidden, embedding, labels).mean(); }, plain,
              {hidden, embedding});
}

TEST(FusedCrossEntropy, RefusesGradientsThatDifferByRow) {
  const auto hidden = randoms({4, 8}, 9), embedding = randoms({21, 8}, 10);
  const auto losses = fused::cross_entropy(hidden, embedding, torch::arange(4, torch::kInt64));
  EXPECT_THROW((losses * torch::arange(4)).sum().backward(), c10::Error);
}

TEST(FusedExponential, IsAccurateInFloat32) {
  for (float x = -86.0f; x < 10.0f; x += 0.0137f) {
    const double exact = std::exp(static_cast<double>(x));
    EXPECT_NEAR(fused::exponential(x) / exact, 1.0, 3e-7) << x;
  }
  EXPECT_EQ(fused::exponential(-1000.0f), 0.0f);
  EXPECT_EQ(fused::exponential(0.0f), 1.0f);
}

struct Passed {
  Tensor losses, key_gradient, up_gradient, embedding_gradient;
};

/// A small model forward and back.
Passed passed(Precision precision, Operations operations) {
  ModelConfig c;
  c.layers = 3, c.d_model = 32, c.heads = 4, c.kv_heads = 2, c.d_k = 6, c.d_v = 8, c.d_ff = 48;
  c.context = 70, c.vocabulary = 50, c.frequencies = {6, 10000}, c.logit_width = 24;
  const auto ids = torch::arange(140, torch::kInt64).reshape({2, 70}) * 7 % 50;
  auto weights = initial_weights(c, 1, 0.1);
  auto& layer = weights.layers[0];
  for (auto* trained : {&layer.gain_k, &layer.up, &weights.embedding}) trained->requires_grad_();
  const Transformer model(c, weights, torch::kCPU, precision, operations);
  const auto loss = model.token_losses(ids, ids);
  const auto& first = model.weights.layers[0];
  const auto gradients =
      torch::autograd::grad({loss.mean()}, {first.gain_k, first.up, model.weights.embedding});
  return {loss.detach(), gradients[0], gradients[1], gradients[2]};
}

double apart(const Tensor& x, const Tensor& y) {
  return ((x - y).norm() / y.norm()).item<double>();
}

TEST(FusedTransformer, GivesTheLossesAndGradientsOfTheReference) {
  const auto reference = passed(Precision::kFloat32, Operations::kReference),
             fused = passed(Precision::kFloat32, Operations::kFused);
  EXPECT_TRUE(torch::allclose(reference.losses, fused.losses, 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(reference.key_gradient, fused.key_gradient, 1e-3, 1e-7));
  EXPECT_LT(apart(fused.up_gradient, reference.up_gradient), 1e-4);
  EXPECT_LT(apart(fused.embedding_gradient, reference.embedding_gradient), 1e-4);
}

/// Eight bits of mantissa leave a relative error of 0.2 % a factor, which products average.
TEST(FusedTransformer, InBFloat16IsNearFloat32AndNotTheSame) {
  if (!fused::multiplies_bfloat16()) GTEST_SKIP() << "this processor does not multiply bfloat16";
  const auto wide = passed(Precision::kFloat32, Operations::kFused),
             narrow = passed(Precision::kBFloat16, Operations::kFused);
  for (const auto& [x, y] :
       {std::pair(narrow.losses, wide.losses), std::pair(narrow.key_gradient, wide.key_gradient),
        std::pair(narrow.up_gradient, wide.up_gradient),
        std::pair(narrow.embedding_gradient, wide.embedding_gradient)}) {
    EXPECT_LT(apart(x, y), 0.03);
    EXPECT_GT(apart(x, y), 1e-5);
  }
}

}  // namespace
}  // namespace rc
