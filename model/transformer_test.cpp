#include "kernels/autograd.h"
#include "model/transformer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/torch.h"
#include "model/evaluate.h"
#include "model/tensors.h"

namespace rc {
namespace {

using torch::Tensor;

ModelConfig tiny() {
  ModelConfig c;
  c.layers = 2, c.d_model = 8, c.heads = 2, c.kv_heads = 1, c.d_k = 6, c.d_v = 4, c.d_ff = 12;
  c.context = 7, c.vocabulary = 11, c.frequencies = {6, 10000};
  return c;
}

Tensor randoms(std::vector<std::int64_t> shape, std::uint64_t seed) {
  auto random = cpu_generator(seed);
  return torch::normal(0.0, 1.0, shape, random).to(torch::kFloat64);
}

Weights in_float64(Weights w) {
  w.embedding = w.embedding.to(torch::kFloat64);
  for (auto* matrix : w.matrices()) *matrix = matrix->to(torch::kFloat64);
  for (auto* gain : w.gains()) *gain = gain->to(torch::kFloat64);
  return w;
}

Tensor causal_mask(long tokens) {
  return torch::full({tokens, tokens}, -std::numeric_limits<float>::infinity()).triu(1);
}

TEST(Rope, TurnsEachPairByPositionTimesFrequency) {
  const auto x = randoms({1, 5, 6}, 1);
  const auto y = apply_rope(x, make_rope(5, 6, 10000.0));
  for (long t = 0; t < 5; ++t)
    for (long i = 0; i < 3; ++i) {
      const double angle =
          static_cast<double>(t) * std::pow(10000.0, -2.0 * static_cast<double>(i) / 6.0);
      const double a = x[0][t][2 * i].item<double>(), b = x[0][t][2 * i + 1].item<double>();
      EXPECT_NEAR(y[0][t][2 * i].item<double>(), a * std::cos(angle) - b * std::sin(angle), 1e-6);
      EXPECT_NEAR(y[0][t][2 * i + 1].item<double>(), a * std::sin(angle) + b * std::cos(angle),
                  1e-6);
    }
}

TEST(Rope, ScoresDependOnTheDistanceAlone) {
  const auto rope = make_rope(20, 8, 10000.0);
  const auto q = randoms({8}, 2).expand({20, 8}), k = randoms({8}, 3).expand({20, 8});
  const auto scores = torch::matmul(apply_rope(q, rope), apply_rope(k, rope).t());
  EXPECT_NEAR(scores[5][2].item<double>(), scores[17][14].item<double>(), 1e-5);
  EXPECT_GT(std::abs(scores[5][2].item<double>() - scores[5][4].item<double>()), 1e-3);
}

TEST(RmsNorm, DividesByTheRootMeanSquareOfAllWidth) {
  const auto x = torch::tensor({3.0, 4.0, 0.0, 0.0}, torch::kFloat64);
  const auto gain = torch::tensor({1.0, 2.0, 1.0, 1.0}, torch::kFloat64);
  const auto y = rms_norm(x, gain);  // root mean square 5 / 2
  EXPECT_NEAR(y[0].item<double>(), 1.2, 1e-6);
  EXPECT_NEAR(y[1].item<double>(), 3.2, 1e-6);
}

TEST(CausalAttention, AgreesWithANaiveLoop) {
  const long B = 2, H = 4, Hkv = 2, T = 5, w = 6, dv = 3;
  const auto q = randoms({B, H, T, w}, 4), k = randoms({B, Hkv, T, w}, 5);
  const auto v = randoms({B, Hkv, T, dv}, 6);
  const auto got = causal_attention(q, k, v, causal_mask(T));
  for (long b = 0; b < B; ++b)
    for (long h = 0; h < H; ++h)
      for (long t = 0; t < T; ++t) {
        const auto keys = k[b][h / (H / Hkv)].narrow(0, 0, t + 1);
        const auto values = v[b][h / (H / Hkv)].narrow(0, 0, t + 1);
        std::vector<double> share;
        double sum = 0;
        for (long j = 0; j <= t; ++j) {
          double dot = 0;
          for (long i = 0; i < w; ++i) dot += (q[b][h][t][i] * keys[j][i]).item<double>();
          share.push_back(std::exp(dot / std::sqrt(6.0)));
          sum += share.back();
        }
        for (long d = 0; d < dv; ++d) {
          double expected = 0;
          for (long j = 0; j <= t; ++j) expected += share[j] / sum * values[j][d].item<double>();
          ASSERT_NEAR(got[b][h][t][d].item<double>(), expected, 1e-9);
        }
      }
}

/// A softmax over equal logits is the mean over the past, and the other weights are the same ones.
TEST(UniformAttention, IsThatOfKeysAtZero) {
  auto with_keys = tiny(), uniform = tiny();
  uniform.uniform_attention = true;
  auto weights = initial_weights(with_keys, 1, 0.3);
  for (auto& layer : weights.layers) layer.gain_k.zero_();
  const torch::NoGradGuard no_grad;
  const auto ids = torch::tensor({{1, 2, 3, 4, 5, 6, 7}, {7, 6, 5, 4, 3, 2, 1}}, torch::kInt64);
  const auto expected = Transformer(with_keys, weights, torch::kCPU).logits(ids);
  for (const auto operations : {Operations::kReference, Operations::kFused}) {
    const Transformer model(uniform, initial_weights(uniform, 1, 0.3), torch::kCPU,
                            Precision::kFloat32, operations);
    EXPECT_TRUE(torch::allclose(model.logits(ids), expected, 1e-4, 1e-5));
  }
}

TEST(Transformer, LooksAtNoLaterToken) {
  const auto config = tiny();
  const Transformer model(config, initial_weights(config, 1, 0.3), torch::kCPU);
  const torch::NoGradGuard no_grad;
  auto ids = torch::tensor({{1, 2, 3, 4, 5, 6, 7}}, torch::kInt64);
  const auto before = model.logits(ids);
  ids[0][4] = 9;
  const auto after = model.logits(ids);
  EXPECT_TRUE(torch::equal(before.narrow(1, 0, 4), after.narrow(1, 0, 4)));
  EXPECT_FALSE(torch::allclose(before.narrow(1, 4, 3), after.narrow(1, 4, 3)));
}

void expect_gradients_of_finite_differences(const ModelConfig& config) {
  Transformer model(config, in_float64(initial_weights(config, 2, 0.3)), torch::kCPU);
  const auto ids = torch::tensor({{1, 2, 3, 4, 5}, {5, 9, 10, 0, 1}}, torch::kInt64);
  const auto labels = torch::tensor({{2, 3, 4, 5, 6}, {9, 10, 0, 1, 2}}, torch::kInt64);
  const auto loss = [&] { return model.token_losses(ids, labels).mean(); };
  auto& layer = model.weights.layers[0];
  for (Tensor* parameter : {&model.weights.embedding, &layer.qkvo, &layer.up, &layer.down,
                            &layer.gate, &layer.gain_q, &layer.gain_k, &layer.attention_norm,
                            &layer.feed_forward_norm, &model.weights.final_norm}) {
    if (!parameter->defined()) continue;
    *parameter = parameter->detach().clone().requires_grad_();
    const auto gradient = torch::autograd::grad({loss()}, {*parameter})[0];
    const auto direction = randoms(parameter->sizes().vec(), 7);
    const double h = 1e-5;
    const torch::NoGradGuard no_grad;
    const auto origin = parameter->detach().clone();
    parameter->copy_(origin + h * direction);
    const double up = loss().item<double>();
    parameter->copy_(origin - h * direction);
    const double down = loss().item<double>();
    parameter->copy_(origin);
    EXPECT_NEAR((gradient * direction).sum().item<double>(), (up - down) / (2 * h), 1e-6);
  }
}

TEST(Transformer, GradientsAgreeWithFiniteDifferences) {
  auto config = tiny();
  expect_gradients_of_finite_differences(config);
  config.gated_feed_forward = true;
  expect_gradients_of_finite_differences(config);
}

TEST(Transformer, FusedAndPlainGatedFeedForwardsAgree) {
  auto config = tiny();
  config.gated_feed_forward = true;
  const auto weights = initial_weights(config, 2, 0.3);
  const torch::NoGradGuard no_grad;
  const auto ids = torch::tensor({{1, 2, 3, 4, 5, 6, 7}}, torch::kInt64);
  const Transformer plain(config, weights, torch::kCPU);
  const Transformer fused(config, weights, torch::kCPU, Precision::kFloat32, Operations::kFused);
  EXPECT_TRUE(torch::allclose(fused.logits(ids), plain.logits(ids), 1e-4, 1e-5));
  EXPECT_EQ(config.parameters() - tiny().parameters(), 2 * 8 * 12);
}

TEST(Transformer, TapsAreNormalisedKeysBeforeRope) {
  const auto config = tiny();
  auto weights = initial_weights(config, 3, 0.3);
  weights.layers[1].gain_k[2] = 5.0;
  const Transformer model(config, weights, torch::kCPU);
  const torch::NoGradGuard no_grad;
  Taps taps;
  model.hidden(torch::tensor({{1, 2, 3}}, torch::kInt64), &taps);
  ASSERT_EQ(taps.k.size(), 2u);
  EXPECT_EQ(taps.k[0].sizes(), (std::vector<std::int64_t>{1, 3, 1, 6}));
  EXPECT_EQ(taps.q[0].sizes(), (std::vector<std::int64_t>{1, 3, 2, 6}));
  const auto mean_square = (taps.k[1] / weights.layers[1].gain_k).square().mean(-1);
  EXPECT_TRUE(torch::allclose(mean_square, torch::ones_like(mean_square), 1e-3));
}

/// Logits of every layer where each token's query is also its key: none is larger under QK-norm.
double largest_logit(ModelConfig config) {
  auto weights = initial_weights(config, 3, 0.3);
  for (auto& layer : weights.layers)
    layer.qkvo.narrow(0, 0, config.q_rows())
        .copy_(layer.qkvo.narrow(0, config.q_rows(), config.k_rows()).repeat({config.group(), 1}));
  const torch::NoGradGuard no_grad;
  Taps taps;
  Transformer(config, weights, torch::kCPU)
      .hidden(torch::tensor({{1, 2, 3}}, torch::kInt64), &taps);
  return ((taps.q[1] * taps.k[1]).sum(-1) / std::sqrt(config.d_k)).max().item<double>();
}

TEST(LogitWidth, GivesThinKeysTheLargestLogitOfWideOnes) {
  auto wide = tiny(), thin = tiny();
  wide.d_k = wide.frequencies.width = 64;
  thin.d_k = thin.frequencies.width = 16;
  EXPECT_NEAR(largest_logit(wide), 8, 1e-3);  // sqrt(64)
  EXPECT_NEAR(largest_logit(thin), 4, 1e-3);
  thin.logit_width = 64;
  EXPECT_NEAR(largest_logit(thin), 8, 1e-3);
  wide.logit_width = 64;
  EXPECT_NEAR(largest_logit(wide), 8, 1e-3);
}

TEST(Transformer, TapsHoldTheStreamThatTheKeysAreMadeOf) {
  const auto config = tiny();
  auto weights = initial_weights(config, 3, 0.3);
  // QK-norm takes the length out: only gains that differ tell the normed stream from the other.
  for (auto& layer : weights.layers) layer.attention_norm = torch::linspace(0.5, 2, 8);
  const Transformer model(config, weights, torch::kCPU);
  const torch::NoGradGuard no_grad;
  Taps taps;
  model.hidden(torch::tensor({{1, 2, 3}}, torch::kInt64), &taps);
  ASSERT_EQ(taps.stream.size(), 2u);
  for (std::size_t l = 0; l < 2; ++l) {
    const auto& w = model.weights.layers[l];
    const auto key_rows = w.qkvo.narrow(0, config.q_rows(), config.k_rows());
    const auto keys = rms_norm(torch::matmul(taps.stream[l], key_rows.t()), w.gain_k);
    EXPECT_TRUE(torch::allclose(taps.k[l].squeeze(2), keys, 1e-4, 1e-5)) << l;
  }
}

TEST(Transformer, MapsTheKeysOfEachHeadBeforeRope) {
  auto config = tiny();
  config.kv_heads = 2;
  auto weights = initial_weights(config, 3, 0.3);
  const torch::NoGradGuard no_grad;
  const auto ids = torch::tensor({{1, 2, 3, 4}}, torch::kInt64);
  Taps before, after;
  const auto whole = Transformer(config, weights, torch::kCPU).hidden(ids, &before);
  weights.layers[0].key_map = randoms({2, 6, 6}, 5).to(torch::kFloat32);
  weights.layers[0].key_offset = randoms({2, 6}, 6).to(torch::kFloat32);
  const auto changed = Transformer(config, weights, torch::kCPU).hidden(ids, &after);
  for (long head = 0; head < 2; ++head) {
    const auto expected = weights.layers[0].key_map[head].mv(before.k[0][0][3][head]) +
                          weights.layers[0].key_offset[head];
    EXPECT_TRUE(torch::allclose(after.k[0][0][3][head], expected, 1e-4, 1e-5));
  }
  EXPECT_FALSE(torch::allclose(whole, changed, 1e-3, 1e-4));
  // The fused path makes way for it, with taps or without.
  const Transformer fused(config, weights, torch::kCPU, Precision::kFloat32, Operations::kFused);
  EXPECT_TRUE(torch::allclose(fused.hidden(ids), changed, 1e-3, 1e-4));
}

TEST(Transformer, GainsOfAPairMayMoveFromKeysToQueries) {
  // Scaling gamma_q by a and gamma_k by 1/a on both members of a rotary pair changes no logit.
  const auto config = tiny();
  auto weights = initial_weights(config, 4, 0.3);
  const torch::NoGradGuard no_grad;
  const auto ids = torch::tensor({{3, 1, 4, 1, 5}}, torch::kInt64);
  const auto before = Transformer(config, weights, torch::kCPU).logits(ids);
  for (auto& layer : weights.layers) {
    layer.gain_q.narrow(0, 2, 2).mul_(3.0);
    layer.gain_k.narrow(0, 2, 2).div_(3.0);
  }
  EXPECT_TRUE(
      torch::allclose(before, Transformer(config, weights, torch::kCPU).logits(ids), 1e-4, 1e-5));
  weights.layers[0].gain_k.mul_(2.0);
  EXPECT_FALSE(
      torch::allclose(before, Transformer(config, weights, torch::kCPU).logits(ids), 1e-4, 1e-5));
}

/// Also for a model that differs above that layer alone.
TEST(Transformer, GoesOnFromTheStreamBelowALayer) {
  const auto config = tiny();
  const torch::NoGradGuard no_grad;
  const auto ids = torch::tensor({{1, 2, 3, 4}, {5, 6, 7, 8}}, torch::kInt64);
  for (const auto operations : {Operations::kReference, Operations::kFused}) {
    const Transformer model(config, initial_weights(config, 3, 0.3), torch::kCPU,
                            Precision::kFloat32, operations);
    auto changed = model;
    changed.weights.layers.back().gain_k = torch::zeros({config.d_k});
    const auto last = static_cast<std::size_t>(config.layers) - 1;
    for (std::size_t depth = 0; depth <= last; ++depth) {
      const auto losses = changed.token_losses_above(depth, model.stream_below(depth, ids), ids);
      EXPECT_TRUE(torch::allclose(losses, changed.token_losses(ids, ids), 1e-5, 1e-5)) << depth;
      EXPECT_FALSE(torch::allclose(losses, model.token_losses(ids, ids), 1e-3, 1e-3)) << depth;
    }
  }
}

TEST(Transformer, BFloat16IsCloseToFloat32) {
  const auto config = tiny();
  const auto weights = initial_weights(config, 5, 0.3);
  const torch::NoGradGuard no_grad;
  const auto ids = torch::tensor({{3, 1, 4, 1, 5}}, torch::kInt64);
  const auto wide = Transformer(config, weights, torch::kCPU).logits(ids);
  const auto narrow = Transformer(config, weights, torch::kCPU, Precision::kBFloat16).logits(ids);
  EXPECT_TRUE(torch::allclose(wide, narrow, 0.05, 0.1));
}

TEST(Evaluate, GivesTheLossesOfTheWholeBatch) {
  const auto config = tiny();
  const Transformer model(config, initial_weights(config, 6, 0.3), torch::kCPU);
  const auto tokens = torch::arange(40, torch::kInt32) % 11;
  const auto batch = fixed_batch(tokens, 5, 7, false, "test");
  const auto whole = model.token_losses(batch.ids, batch.labels).detach();
  EXPECT_TRUE(torch::allclose(evaluate_tokens(model, batch, 2), whole));
}

TEST(Evaluate, GivesTheSameBytesWithAnyNumberOfThreads) {
  auto config = tiny();
  config.d_model = 64, config.d_ff = 96, config.context = 33;
  const auto weights = initial_weights(config, 6, 0.3);
  const auto batch = fixed_batch(torch::arange(400, torch::kInt32) * 7 % 11, 5, 33, false, "test");
  for (const auto operations : {Operations::kFused, Operations::kReference}) {
    const Transformer model(config, weights, torch::kCPU, Precision::kFloat32, operations);
    const auto one = evaluate_tokens(model, batch, 2);
    for (const int threads : {2, 4}) {
      prepare_cpu(threads);
      EXPECT_TRUE(torch::equal(evaluate_tokens(model, batch, 2), one)) << threads << " threads";
    }
    prepare_cpu(1);
  }
}

TEST(Evaluate, TapsTheSequencesInTheirOrder) {
  const auto config = tiny();
  const Transformer model(config, initial_weights(config, 6, 0.3), torch::kCPU);
  const auto ids = torch::arange(15, torch::kInt64).reshape({3, 5}) % 11;
  Taps whole;
  model.hidden(ids, &whole);
  const auto taps = tap_sequences(model, ids);
  // Products of one sequence and of three round differently.
  for (std::size_t l = 0; l < whole.q.size(); ++l) {
    EXPECT_TRUE(torch::allclose(taps.q[l], whole.q[l], 1e-4, 1e-5)) << l;
    EXPECT_TRUE(torch::allclose(taps.k[l], whole.k[l], 1e-4, 1e-5)) << l;
    EXPECT_TRUE(torch::allclose(taps.stream[l], whole.stream[l], 1e-4, 1e-5)) << l;
  }
}

}  // namespace
}  // namespace rc
