#include "stages/ablate/orders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using torch::Tensor;

/// A number for each dimension (or pair) of a layer; the least are cut first.
using Score = std::function<Tensor(const TrainedModel&, std::size_t layer)>;

const LayerWeights& layer_of(const TrainedModel& trained, std::size_t layer) {
  return trained.model.weights.layers[layer];
}

std::vector<long> to_vector(const Tensor& indices) {
  const auto flat = indices.to(torch::kCPU).contiguous();
  return {flat.data_ptr<std::int64_t>(), flat.data_ptr<std::int64_t>() + flat.numel()};
}

/// Indices by ascending score; equal ones by index.
Tensor ascending(const Tensor& scores) { return std::get<1>(torch::sort(scores, true, 0, false)); }

/// Within each layer, the dimensions of least score.
auto by_dimension(Score score) {
  return [score](const TrainedModel& trained, long percent, int) {
    Cut cut;
    for (std::size_t l = 0; l < trained.model.weights.layers.size(); ++l) {
      const auto order = ascending(score(trained, l));
      cut.push_back(to_vector(order.narrow(0, 0, share_of(percent, order.numel()))));
    }
    return cut;
  };
}

/// Within each layer, both members of the pairs of least score.
auto by_pair(Score score) {
  return [pairs = by_dimension(score)](const TrainedModel& trained, long percent, int draw) {
    Cut cut;
    for (const auto& layer : pairs(trained, percent, draw))
      cut.push_back(dimensions_of_pairs(layer));
    return cut;
  };
}

Tensor gain_size(const TrainedModel& trained, std::size_t layer) {
  return layer_of(trained, layer).gain_k.abs();
}

Tensor pair_size(const TrainedModel& trained, std::size_t layer) {
  return layer_of(trained, layer).gain_k.square().reshape({-1, 2}).sum(1);
}

Cut global_cut(const TrainedModel& trained, long percent, int) {
  std::vector<Tensor> sizes;
  for (std::size_t l = 0; l < trained.model.weights.layers.size(); ++l)
    sizes.push_back(gain_size(trained, l));
  const auto all = torch::cat(sizes);
  const long d_k = trained.model.config.d_k;
  Cut cut(sizes.size());
  for (const long i : to_vector(ascending(all).narrow(0, 0, share_of(percent, all.numel()))))
    cut[static_cast<std::size_t>(i / d_k)].push_back(i % d_k);
  return cut;
}

/// `counts` random dimensions of each layer, the first ones of an order that depends on the draw.
Cut random_dimensions(const TrainedModel& trained, const std::vector<long>& counts, int draw) {
  auto random = generator(trained.seed, fmt::format("random order {}", draw));
  std::vector<long> order(static_cast<std::size_t>(trained.model.config.d_k));
  Cut cut;
  for (const long count : counts) {
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    cut.emplace_back(order.begin(), order.begin() + count);
  }
  return cut;
}

Cut random_cut(const TrainedModel& trained, long percent, int draw) {
  const auto count = share_of(percent, trained.model.config.d_k);
  return random_dimensions(trained, std::vector<long>(trained.model.weights.layers.size(), count),
                           draw);
}

Cut shuffled_global_cut(const TrainedModel& trained, long percent, int draw) {
  std::vector<long> counts;
  for (const auto& layer : global_cut(trained, percent, draw))
    counts.push_back(static_cast<long>(layer.size()));
  return random_dimensions(trained, counts, draw);
}

Weights zero(const TrainedModel& trained, const Cut& cut) {
  return zero_gains(trained.model.weights, cut);
}

std::vector<OrderRule> all_rules() {
  const auto low_gain = by_dimension(gain_size);
  const auto product = [](const TrainedModel& p, std::size_t l) {
    return (layer_of(p, l).gain_q * layer_of(p, l).gain_k).abs();
  };
  const auto largest = [](const TrainedModel& p, std::size_t l) { return -gain_size(p, l); };
  const auto think = [](const TrainedModel& p, std::size_t l) {
    return think_score(p.calibration, l);
  };
  const auto steps = [](const TrainedModel& p, std::size_t l) {
    return layer_of(p, l).rotary_pairs;
  };
  const auto slowness = [](const TrainedModel& p, std::size_t l) {
    return -layer_of(p, l).rotary_pairs;
  };
  const auto mean = [](const TrainedModel& p, const Cut& cut) {
    return set_to_mean(p.model.weights, cut, p.calibration);
  };
  const auto temperature = [](const TrainedModel& p, const Cut& cut) {
    return zero_and_rescale(p.model.weights, cut, p.calibration);
  };
  constexpr auto kWhich = Question::kWhich, kPortions = Question::kPortions,
                 kTreatment = Question::kTreatment;
  return {
      {kOriginalOrder, "lowest key gain first (the original's)", "lowest |γ_k|", kWhich, low_gain,
       zero, kByGain | kOfThirds | kJudged},
      {"random", "random", "random", kWhich, random_cut, zero, kRandom | kOfThirds | kJudged},
      {"high_gain", "highest key gain first", "highest |γ_k|", kWhich, by_dimension(largest), zero,
       kByGain},
      // Blind to how queries and keys share a scale.
      {"product", "lowest product of key and query gain", "lowest |γ_q γ_k|", kWhich,
       by_dimension(product), zero, kByGain | kOfThirds},
      // After RoPE.
      {"think", "least energy of queries times keys (ThinK)", "lowest E q^2·E k^2 (ThinK)", kWhich,
       by_dimension(think), zero, kOfThirds},
      // By gamma_k^2 of both members together.
      {"pair", "whole rotary pairs, by gain", "whole rotary pairs", kPortions, by_pair(pair_size),
       zero, kByGain | kOfThirds | kJudged},
      {"frequency", "whole rotary pairs, highest frequency first", "fastest pairs first", kPortions,
       by_pair(steps), zero},
      // Pairs whose wavelength exceeds the context tell no position (claim C3).
      {"slowest", "whole rotary pairs, lowest frequency first", "slowest pairs first", kPortions,
       by_pair(slowness), zero, kOfThirds | kJudged},
      // Layers lose unequally.
      {"global", "lowest key gain, one budget over all layers", "one budget, all layers", kPortions,
       global_cut, zero, kByGain},
      {"global_shuffled", "random, as many a layer as under that budget", "that budget, random",
       kPortions, shuffled_global_cut, zero, kByGain | kRandom},
      // Over tokens.
      {"low_gain_mean", "lowest key gain, set to the mean", "set to their mean", kTreatment,
       low_gain, mean, kByGain},
      // To their old deviation.
      {"low_gain_temperature", "lowest key gain, logits rescaled", "zero, logits rescaled",
       kTreatment, low_gain, temperature, kByGain},
  };
}

}  // namespace

QuestionText text_of(Question question) {
  switch (question) {
    case Question::kWhich:
      return {"Which dimensions go first?", order_named(kOriginalOrder).legend};
    case Question::kPortions:
      return {"In what portions?", "layer by layer"};
    case Question::kTreatment:
      return {"How do they go?", "set to zero"};
  }
  throw std::logic_error("no such question");
}

const std::vector<OrderRule>& order_rules() {
  static const std::vector<OrderRule> rules = all_rules();
  return rules;
}

const OrderRule& order_named(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& rule : order_rules()) {
    if (rule.name == name) return rule;
    names.push_back(rule.name);
  }
  throw UserError(fmt::format("ablate.orders: no order named '{}'; there are: {}", name,
                              fmt::join(names, ", ")));
}

std::vector<std::string> orders_asked_for(const std::vector<std::string>& words) {
  if (words != std::vector<std::string>{"all"}) {
    for (const auto& name : words) order_named(name);
    return words;
  }
  std::vector<std::string> names;
  for (const auto& rule : order_rules()) names.push_back(rule.name);
  return names;
}

bool gains_tie(const Weights& weights) {
  return std::ranges::any_of(weights.layers, [](const LayerWeights& layer) {
    const auto sizes = layer.gain_k.abs();
    return sizes.min().equal(sizes.max());
  });
}

std::vector<std::string> orders_that_apply(std::vector<std::string> names, const Weights& weights) {
  if (gains_tie(weights))
    std::erase_if(names, [](const std::string& name) { return order_named(name).is(kByGain); });
  return names;
}

}  // namespace rc
