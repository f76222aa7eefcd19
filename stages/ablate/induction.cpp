#include "stages/ablate/induction.h"

#include "kernels/torch.h"
#include "pipeline/statistics/statistics.h"

namespace rc {

Batch repeated_batch(const ModelConfig& config, long count, bool copy, std::uint64_t seed) {
  auto random = cpu_generator(generator(seed, "repeated sequences")());
  const long half = config.context / 2;
  const auto first = torch::randint(config.vocabulary, {count, half}, random, torch::kInt64);
  const auto ids = torch::cat({first, first}, 1);
  return {ids, copy ? ids : ids.roll(-1, 1)};  // the last label is the first token: it wraps round
}

Induction run_induction(Evaluator& evaluate, const TrainedModel& trained, const Batch& batch,
                        int draws) {
  const auto half = batch.ids.size(1) / 2;
  const auto second_half = [&](const Weights& weights) {
    return sequences_of(evaluate(weights, batch).narrow(1, half, half));
  };
  const auto operated = [&](const char* order, int draw) {
    const auto& rule = order_named(order);
    return second_half(rule.apply(trained, rule.cut(trained, kPositionPercent, draw)));
  };
  Induction losses;
  losses.baseline = second_half(trained.model.weights);
  losses.floor = second_half(without_keys(trained.model.weights));
  losses.low_gain = operated(kOriginalOrder, 0);
  std::vector<Curve> random;
  for (int draw = 0; draw < draws; ++draw) random.push_back({operated("random", draw)});
  losses.random = mean_curve(random).front();
  return losses;
}

long induction_count(int draws) { return draws + 3; }

}  // namespace rc
