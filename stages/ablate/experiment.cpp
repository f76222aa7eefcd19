#include "stages/ablate/experiment.h"

#include "model/evaluate.h"

namespace rc {
namespace {

/// Evaluates surgeries on one model and counts them.
class Theatre {
 public:
  Theatre(Transformer& model, const Batch& batch, const std::function<void(long)>& tick)
      : model_(model), intact_(model.weights), batch_(batch), tick_(tick) {}
  ~Theatre() { model_.weights = intact_; }

  Sequences loss(const CutOrder& order, long count) {
    model_.weights = zero_gains(intact_, order, count);
    auto losses = evaluate_sequences(model_, batch_, batch_.ids.size(0));
    tick_(++done_);
    return losses;
  }

  const Weights& intact() const { return intact_; }

 private:
  Transformer& model_;
  Weights intact_;
  const Batch& batch_;
  long done_ = 0;
  const std::function<void(long)>& tick_;
};

Curve curve(Theatre& theatre, const CutOrder& order, const Experiment& e, long d_k) {
  Curve rows;
  for (const long percent : e.percents) {
    const bool whole = percent == 0 || percent == 100;
    rows.push_back(!whole         ? theatre.loss(order, dimensions_cut(percent, d_k))
                   : percent == 0 ? e.baseline
                                  : e.floor);
  }
  return rows;
}

}  // namespace

std::vector<long> percent_grid(long step) {
  std::vector<long> grid;
  for (long p = 0; p < 100; p += step) grid.push_back(p);
  grid.push_back(100);
  return grid;
}

long evaluation_count(const ExperimentOptions& options) {
  const auto orders = static_cast<long>(order_rules().size()) + options.random_draws;
  return orders * (static_cast<long>(options.percents.size()) - 2) + 2;
}

Experiment run_experiment(Transformer& model, const Batch& batch, const ExperimentOptions& options,
                          const std::function<void(long)>& tick) {
  const long d_k = model.config().d_k;
  Theatre theatre(model, batch, tick);
  Experiment e{.percents = options.percents};
  const auto any = random_order(theatre.intact(), options.seed, 0);
  e.baseline = theatre.loss(any, 0);
  e.floor = theatre.loss(any, d_k);
  for (const auto& rule : order_rules())
    e.curves[rule.name] = curve(theatre, rule.rank(theatre.intact()), e, d_k);
  for (int draw = 0; draw < options.random_draws; ++draw)
    e.random.push_back(curve(theatre, random_order(theatre.intact(), options.seed, draw), e, d_k));
  return e;
}

}  // namespace rc
