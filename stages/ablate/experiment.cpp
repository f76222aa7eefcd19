#include "stages/ablate/experiment.h"

#include <algorithm>

namespace rc {
namespace {

bool is_judged(const OrderRule& rule, long percent) {
  return rule.is(kJudged) && is_shown(percent);
}

bool is_kept(long percent) { return percent == kDifficultyPercent || percent == kPositionPercent; }

/// The curve of one rule.
class Series {
 public:
  Series(const Surgery& surgery, const OrderRule& rule, Rows all, Rows some, Experiment& experiment)
      : surgery_(surgery), rule_(rule), all_(all), some_(some), e_(experiment) {}

  void run() {
    auto& curve = e_.curves[rule_.name];
    for (const long percent : e_.percents) curve.push_back(point(percent));
    if (!is_compared(rule_.name)) return;
    decide_removable(curve, e_.percents, e_.yardstick(),
                     [&](long percent) { return measured(percent, all_); });
  }

 private:
  Point point(long percent) {
    if (percent == 0) return {all_, sequences_of(e_.baseline)};
    if (percent == 100) return {all_, sequences_of(e_.floor)};
    return measured(percent, is_judged(rule_, percent) ? all_ : some_);
  }

  Point measured(long percent, const Rows& rows) {
    const auto tokens = surgery_.losses(rule_, percent, rows);
    if (is_kept(percent) && is_compared(rule_.name)) e_.tokens[rule_.name][percent] = tokens;
    return {rows, sequences_of(tokens)};
  }

  const Surgery& surgery_;
  const OrderRule& rule_;
  Rows all_, some_;
  Experiment& e_;
};

}  // namespace

bool is_shown(long percent) {
  return std::ranges::find(kShownPercents, percent) != std::end(kShownPercents);
}

bool is_compared(const std::string& order) {
  return std::ranges::find(kCompared, order) != std::end(kCompared);
}

std::vector<long> percent_grid(long step) {
  std::vector<long> grid(std::begin(kShownPercents), std::end(kShownPercents));
  grid.push_back(100);
  for (long p = 0; p < 100; p += step) grid.push_back(p);
  std::ranges::sort(grid);
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

long evaluation_count(const ExperimentOptions& options, long sequences) {
  const long some = std::min(options.curve_sequences, sequences);
  long count = 2 * sequences;
  for (const auto& name : options.orders)
    for (const long percent : options.percents) {
      if (percent == 0 || percent == 100) continue;
      const auto& rule = order_named(name);
      const long rows = is_judged(rule, percent) ? sequences : some;
      count += Surgery::evaluations(rule, options.draws, rows, sequences);
    }
  return count;
}

long deciding_count(const ExperimentOptions& options, long sequences) {
  if (sequences <= options.curve_sequences) return 0;  // every point is on all of them
  long count = 0;
  for (const auto& name : options.orders) {
    if (!is_compared(name)) continue;
    const auto& rule = order_named(name);
    const auto left = std::ranges::count_if(options.percents, [&](long percent) {
      return percent != 0 && percent != 100 && !is_judged(rule, percent);
    });
    count +=
        static_cast<long>(left) * Surgery::evaluations(rule, options.draws, sequences, sequences);
  }
  return count;
}

Experiment run_experiment(Evaluator& evaluate, const TrainedModel& trained,
                          const ExperimentOptions& options) {
  const auto& whole = trained.model.weights;
  const auto all = evaluate.all_rows();
  Experiment e{.percents = options.percents,
               .d_k = trained.model.config.d_k,
               .baseline = evaluate.losses(whole, all),
               .floor = evaluate.losses(without_keys(whole), all)};
  const auto some = rows_that_stand_for_all(e.yardstick(), options.curve_sequences);
  const Surgery surgery(evaluate, trained, options.draws);
  for (const auto& name : options.orders) Series(surgery, order_named(name), all, some, e).run();
  return e;
}

}  // namespace rc
