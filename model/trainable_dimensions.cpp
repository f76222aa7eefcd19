#include "model/trainable_dimensions.h"

#include <fmt/format.h>

#include "kernels/torch.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using torch::Tensor;

/// Indices 0, ..., count - 1 without `some`.
Tensor others(const Tensor& some, long count) {
  auto left = torch::ones({count}, torch::kBool);
  left.index_fill_(0, some, false);
  return left.nonzero().flatten();
}

/// Rows of the merged projection that make the dimensions of all query and key heads.
Tensor rows_of(const Tensor& dimensions, const ModelConfig& c) {
  const auto first = torch::arange(c.heads + c.kv_heads) * c.d_k;  // W_k follows W_q
  return (first.unsqueeze(1) + dimensions).flatten();
}

std::vector<long> chosen(const Tensor& gains, Trainable trainable, std::mt19937_64& random) {
  const auto order = trainable.which == Trainable::Which::kRandom
                         ? torch::randperm(gains.numel(), cpu_generator(random()), torch::kInt64)
                         : gains.abs().argsort(-1, /*descending=*/true);
  const auto first = order.narrow(0, 0, trainable.count).to(torch::kCPU).contiguous();
  return {first.data_ptr<std::int64_t>(), first.data_ptr<std::int64_t>() + trainable.count};
}

}  // namespace

Trainable Trainable::from(const Settings& settings, long d_k) {
  const auto& name = settings.text("train.trainable");
  if (name == "all") return {};
  const long count = settings.integer("train.trainable_dimensions");
  if (count > d_k)
    throw UserError(
        fmt::format("train.trainable_dimensions = {}, but keys are model.d_k = {} wide; "
                    "take fewer",
                    count, d_k));
  if (name == "random") return {Which::kRandom, count};
  return {name == "final_gain" ? Which::kFinalGain : Which::kHighestGain, count};
}

std::vector<std::vector<long>> trainable_dimensions(const Weights& weights, Trainable trainable,
                                                    std::uint64_t seed) {
  auto random = generator(seed, "trainable dimensions");
  std::vector<std::vector<long>> dimensions;
  for (const auto& layer : weights.layers)
    dimensions.push_back(chosen(layer.gain_k.detach(), trainable, random));
  return dimensions;
}

FrozenDimensions::FrozenDimensions(const Transformer& model,
                                   const std::vector<std::vector<long>>& trainable) {
  const torch::NoGradGuard no_grad;
  const auto device = model.device();
  for (std::size_t l = 0; l < trainable.size(); ++l) {
    const auto& w = model.weights.layers[l];
    const auto dimensions = others(torch::tensor(trainable[l], torch::kInt64), model.config().d_k);
    const auto rows = rows_of(dimensions, model.config());
    const auto there = dimensions.to(device);
    layers_.push_back({rows.to(device), others(rows, w.qkvo.size(0)).to(device), there,
                       w.gain_q.index_select(0, there), w.gain_k.index_select(0, there)});
  }
}

void FrozenDimensions::clear_gradients(Transformer& model) const {
  const torch::NoGradGuard no_grad;
  const auto clear = [](Tensor& parameter, const Tensor& indices) {
    if (parameter.grad().defined()) parameter.mutable_grad().index_fill_(0, indices, 0);
  };
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    auto& w = model.weights.layers[l];
    clear(w.qkvo, layers_[l].rows);
    clear(w.gain_q, layers_[l].dimensions);
    clear(w.gain_k, layers_[l].dimensions);
  }
}

void FrozenDimensions::put_back_gains(Transformer& model) const {
  const torch::NoGradGuard no_grad;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const auto& frozen = layers_[l];
    auto& w = model.weights.layers[l];
    w.gain_q.index_copy_(0, frozen.dimensions, frozen.gain_q);
    w.gain_k.index_copy_(0, frozen.dimensions, frozen.gain_k);
  }
}

}  // namespace rc
