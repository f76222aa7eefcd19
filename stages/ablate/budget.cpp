#include "stages/ablate/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

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

/// Thirds go on from what the layers below them made of a sequence: 1, 2/3 and 1/3 of the model.
constexpr double kShareOfThirds = 2.0 / 3, kShareOfTheDeep = 1.0 / 3;

long rounded(double evaluations) { return static_cast<long>(std::ceil(evaluations)); }

std::vector<std::string> orders_of(const Level& level, const std::vector<std::string>& most) {
  if (level.all_orders) return most;
  std::vector<std::string> few;
  std::ranges::copy_if(kFewOrders, std::back_inserter(few), [&](const std::string& order) {
    return std::ranges::find(most, order) != most.end();
  });
  return few.empty() ? most : few;
}

AblationPlan plan_of(const Level& level, const AblationPlan& most) {
  const long sequences = std::min(level.sequences, most.sequences);
  const auto grid = percent_grid(level.step);
  return {.sequences = sequences,
          .options = {.percents =
                          grid.size() < most.options.percents.size() ? grid : most.options.percents,
                      .orders = orders_of(level, most.options.orders),
                      .draws = std::min(most.options.draws, sequences),
                      .curve_sequences = std::min(most.options.curve_sequences, sequences)},
          .controls = level.controls && most.controls};
}

}  // namespace

long evaluations_of(const AblationPlan& plan, long layers) {
  const auto& options = plan.options;
  const long n = plan.sequences;
  const long orders = evaluation_count(options, n) + deciding_count(options, n);
  if (!plan.controls) return orders;
  const auto thirds = static_cast<double>(third_evaluation_count(options, layers, n));
  const auto deep = static_cast<double>(third_deciding_count(options, n));
  return orders + rounded(kShareOfThirds * thirds + kShareOfTheDeep * deep) + kInductionRuns * n;
}

AblationPlan plan_within(long evaluations, const AblationPlan& most, long layers) {
  auto chosen = plan_of(kLevels[0], most);
  for (const auto& level : kLevels)
    if (auto plan = plan_of(level, most); evaluations_of(plan, layers) <= evaluations)
      chosen = std::move(plan);
  return chosen;
}

std::string plan_text(const AblationPlan& plan, const Allowance& allowance, long layers) {
  const long runs = evaluations_of(plan, layers);
  const auto text = fmt::format(
      "ablate: {} sequences, {} orders at {} percentages{}:\nat most {} runs of a sequence, about "
      "{}\n",
      plan.sequences, plan.options.orders.size(), plan.options.percents.size(),
      plan.controls ? ", and thirds of the layers" : "", runs,
      duration_text(static_cast<double>(runs) * allowance.seconds_per_sequence));
  return text + over_budget_text("ablate", runs, allowance);
}

}  // namespace rc
