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

Induction run_induction(Evaluator& evaluate, const TrainedModel& trained,
                        const ExperimentOptions& options) {
  const auto rows = evaluate.all_rows();
  const auto second_half = [](const TokenLosses& losses) {
    const auto half = losses.size(1) / 2;
    return sequences_of(losses.narrow(1, half, half));
  };
  const auto& whole = trained.model.weights;
  Induction induction = {second_half(evaluate.losses(whole, rows)),
                         second_half(evaluate.losses(without_keys(whole), rows)),
                         {}};
  const Surgery surgery(evaluate, trained, options.draws);
  for (const auto& name : options.orders)
    if (is_compared(name))
      induction.orders[name] =
          second_half(surgery.losses(order_named(name), kPositionPercent, rows));
  return induction;
}

}  // namespace rc
