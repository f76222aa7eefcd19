#include "stages/ablate/budget.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "pipeline/stage/progress.h"
#include "stages/ablate/induction.h"

namespace rc {
namespace {

/// What the verdicts that need no other training run read first.
const std::vector<std::string> kFewOrders = {kOriginalOrder, "random", "high_gain", "pair"};

struct Level {
  long sequences;
  long step;  // percent between points of a curve; 100: the shown ones alone
  bool all_orders;
  bool controls;
};

/// From the least to the most.
constexpr Level kLevels[] = {
    {4, 100, false, false}, {8, 100, false, false}, {16, 100, false, false},
    {16, 100, false, true}, {16, 100, true, true},  {32, 100, true, true},
    {32, 10, true, true},   {64, 10, true, true},   {64, 5, true, true},
};

constexpr long kDraws = 20;
constexpr long kCurveSequences = 8;

/// Thirds go on from what the layers below them made of a sequence: 1, 2/3 and 1/3 of the model.
constexpr double kShareOfThirds = 2.0 / 3;

AblationPlan plan_of(const Level& level, long measured) {
  const long sequences = std::min(level.sequences, measured);
  return {.sequences = sequences,
          .options = {.percents = percent_grid(level.step),
                      .orders = level.all_orders ? orders_asked_for({"all"}) : kFewOrders,
                      .draws = std::min(kDraws, sequences),
                      .curve_sequences = std::min(kCurveSequences, sequences)},
          .controls = level.controls};
}

}  // namespace

long evaluations_of(const AblationPlan& plan, long layers) {
  const long orders = evaluation_count(plan.options, plan.sequences);
  if (!plan.controls) return orders;
  const auto thirds =
      static_cast<double>(third_evaluation_count(plan.options, layers, plan.sequences));
  return orders + static_cast<long>(kShareOfThirds * thirds) + kInductionRuns * plan.sequences;
}

AblationPlan plan_within(long evaluations, long measured, long layers) {
  auto chosen = plan_of(kLevels[0], measured);
  for (const auto& level : kLevels)
    if (auto plan = plan_of(level, measured); evaluations_of(plan, layers) <= evaluations)
      chosen = std::move(plan);
  return chosen;
}

std::string plan_text(const AblationPlan& plan, long layers, double seconds_per_sequence) {
  const long evaluations = evaluations_of(plan, layers);
  return fmt::format(
      "ablate: {} sequences, {} orders at {} percentages{}:\n{} runs of a sequence, about "
      "{}\n",
      plan.sequences, plan.options.orders.size(), plan.options.percents.size(),
      plan.controls ? ", and thirds of the layers" : "", evaluations,
      duration_text(static_cast<double>(evaluations) * seconds_per_sequence));
}

}  // namespace rc
