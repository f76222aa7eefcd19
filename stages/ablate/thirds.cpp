#include "stages/ablate/thirds.h"

#include <algorithm>

namespace rc {
namespace {

std::vector<const OrderRule*> rules_of(const ExperimentOptions& options) {
  std::vector<const OrderRule*> rules;
  for (const auto& name : options.orders)
    if (const auto& rule = order_named(name); rule.is(kOfThirds)) rules.push_back(&rule);
  return rules;
}

bool is_deep(const Third& third) { return third.name == kDeep; }

std::vector<long> percents_of(const Third& third, const ExperimentOptions& options) {
  if (is_deep(third)) return options.percents;
  return {std::begin(kShownPercents), std::end(kShownPercents)};
}

/// Points that are measured: at both ends of a curve all orders are one.
long inner_points(const std::vector<long>& percents) {
  return static_cast<long>(
      std::ranges::count_if(percents, [](long p) { return p != 0 && p != 100; }));
}

/// All orders on one third.
class Series {
 public:
  Series(Evaluator& evaluate, const TrainedModel& trained, const ExperimentOptions& options,
         const Yardstick& yardstick, const Third& third)
      : surgery_(evaluate, trained, options.draws, third.layers),
        yardstick_(yardstick),
        all_(evaluate.all_rows()),
        some_(rows_that_stand_for_all(yardstick, options.curve_sequences)),
        e_{third, percents_of(third, options), {}} {
    evaluate.share_below(third.layers.first);
    if (!is_deep(third)) return;
    const auto none = without_keys(trained.model.weights, third.layers);
    all_cut_ = sequences_of(evaluate.losses(none, all_));  // whatever the order
  }

  ThirdExperiment run(const std::vector<const OrderRule*>& rules) {
    for (const auto* rule : rules)
      for (const long percent : e_.percents) e_.curves[rule->name].push_back(point(*rule, percent));
    if (is_deep(e_.third)) decide_shares();
    return std::move(e_);
  }

 private:
  Point point(const OrderRule& rule, long percent) const {
    if (percent == 0) return {all_, yardstick_.baseline};
    if (percent == 100) return {all_, all_cut_};
    return measured(rule, percent, some_);
  }

  Point measured(const OrderRule& rule, long percent, const Rows& rows) const {
    return {rows, sequences_of(surgery_.losses(rule, percent, rows))};
  }

  /// Of the orders that have a number of their own, and of whichever lets most go.
  void decide_shares() {
    for (auto& [name, curve] : e_.curves)
      if (is_compared(name)) decide(name, curve);
    for (bool moved = !e_.curves.empty(); moved;) {
      auto& [name, curve] = *std::ranges::max_element(e_.curves, {}, [&](const auto& entry) {
        return removable_percent(entry.second, e_.percents, yardstick_);
      });
      moved = decide(name, curve);
    }
  }

  bool decide(const std::string& name, Curve& curve) const {
    return decide_removable(curve, e_.percents, yardstick_, [&](long percent) {
      return measured(order_named(name), percent, all_);
    });
  }

  Surgery surgery_;
  const Yardstick& yardstick_;
  Rows all_, some_;
  Sequences all_cut_;
  ThirdExperiment e_;
};

}  // namespace

std::vector<Third> thirds_of(std::size_t layers) {
  std::vector<Third> thirds = {{"early", {0, layers / 3}},
                               {"middle", {layers / 3, 2 * layers / 3}},
                               {kDeep, {2 * layers / 3, layers}}};
  std::erase_if(thirds, [](const Third& t) { return t.layers.first == t.layers.end; });
  return thirds;
}

std::vector<ThirdExperiment> run_thirds(Evaluator& evaluate, const TrainedModel& trained,
                                        const ExperimentOptions& options,
                                        const Yardstick& yardstick) {
  std::vector<ThirdExperiment> experiments;
  for (const auto& third : thirds_of(trained.model.weights.layers.size()))
    experiments.push_back(
        Series(evaluate, trained, options, yardstick, third).run(rules_of(options)));
  return experiments;
}

long third_evaluation_count(const ExperimentOptions& options, long layers, long sequences) {
  const long some = std::min(options.curve_sequences, sequences);
  long count = 0;
  for (const auto& third : thirds_of(static_cast<std::size_t>(layers))) {
    const auto percents = percents_of(third, options);
    const long inner = inner_points(percents);
    if (is_deep(third)) count += sequences;
    for (const auto* rule : rules_of(options))
      count += inner * Surgery::evaluations(*rule, options.draws, some, sequences);
  }
  return count;
}

long third_deciding_count(const ExperimentOptions& options, long sequences) {
  if (sequences <= options.curve_sequences) return 0;  // every point is on all of them
  long count = 0;
  for (const auto* rule : rules_of(options))
    count += inner_points(options.percents) *
             Surgery::evaluations(*rule, options.draws, sequences, sequences);
  return count;
}

}  // namespace rc
