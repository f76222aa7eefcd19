#include "stages/ablate/experiment.h"

#include <algorithm>

#include "model/evaluate.h"

namespace rc {
namespace {

/// The second kind of chance is a control of a control: fewer draws settle its mean.
constexpr int kShuffledDraws = 5;

bool is_kept(long percent) { return percent == kDifficultyPercent || percent == kPositionPercent; }

/// One rule, one draw, all percentages.
class Series {
 public:
  Series(Evaluator& evaluate, const TrainedModel& trained, const Batch& batch,
         Experiment& experiment)
      : evaluate_(evaluate), trained_(trained), batch_(batch), e_(experiment) {}

  void run(const OrderRule& rule, int draw, int draws) {
    Curve curve;
    for (const long percent : e_.percents) {
      const auto tokens = losses(rule, percent, draw);
      curve.push_back(sequences_of(tokens));
      if (!is_kept(percent)) continue;
      auto& kept = e_.tokens[rule.name][percent];
      kept = kept.defined() ? kept + tokens / draws : tokens / draws;
    }
    e_.curves[rule.name].push_back(std::move(curve));
  }

 private:
  TokenLosses losses(const OrderRule& rule, long percent, int draw) {
    if (percent == 0) return e_.baseline;
    if (percent == 100) return e_.floor;
    return evaluate_(rule.apply(trained_, rule.cut(trained_, percent, draw)), batch_);
  }

  Evaluator& evaluate_;
  const TrainedModel& trained_;
  const Batch& batch_;
  Experiment& e_;
};

}  // namespace

Evaluator::Evaluator(Transformer& model, const std::function<void(long)>& tick)
    : model_(model), whole_(model.weights), tick_(tick) {}

Evaluator::~Evaluator() { model_.weights = whole_; }

TokenLosses Evaluator::operator()(const Weights& weights, const Batch& batch) {
  model_.weights = weights;
  auto losses = evaluate_tokens(model_, batch, batch.ids.size(0)).to(torch::kFloat64);
  tick_(++done_);
  return losses;
}

std::vector<long> percent_grid(long step) {
  std::vector<long> grid = {kPositionPercent, kDifficultyPercent, 100};
  for (long p = 0; p < 100; p += step) grid.push_back(p);
  std::sort(grid.begin(), grid.end());
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

int draws_of(const OrderRule& rule, int draws) {
  if (!rule.is(kRandom)) return 1;
  return rule.name == "random" ? draws : std::min(draws, kShuffledDraws);
}

long evaluation_count(const ExperimentOptions& options) {
  long curves = 0;
  for (const auto& name : options.orders) curves += draws_of(order_named(name), options.draws);
  return curves * (static_cast<long>(options.percents.size()) - 2) + 2;
}

Experiment run_experiment(Evaluator& evaluate, const TrainedModel& trained, const Batch& batch,
                          const ExperimentOptions& options) {
  const auto& whole = trained.model.weights;
  Experiment e{.percents = options.percents,
               .d_k = trained.model.config.d_k,
               .baseline = evaluate(whole, batch),
               .floor = evaluate(without_keys(whole), batch)};
  Series series(evaluate, trained, batch, e);
  for (const auto& name : options.orders) {
    const auto& rule = order_named(name);
    const int draws = draws_of(rule, options.draws);
    for (int draw = 0; draw < draws; ++draw) series.run(rule, draw, draws);
  }
  return e;
}

Curve mean_curve(const std::vector<Curve>& curves) {
  Curve sum = curves.front();
  for (std::size_t c = 1; c < curves.size(); ++c)
    for (std::size_t p = 0; p < sum.size(); ++p)
      for (std::size_t s = 0; s < sum[p].size(); ++s) sum[p][s] += curves[c][p][s];
  for (auto& row : sum)
    for (auto& loss : row) loss /= static_cast<double>(curves.size());
  return sum;
}

Sequences sequences_of(const TokenLosses& tokens) {
  const auto means = tokens.mean(1).contiguous();
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

Weights without_keys(const Weights& weights) {
  Weights none = weights;
  for (auto& layer : none.layers) layer.gain_k = torch::zeros_like(layer.gain_k);
  return none;
}

}  // namespace rc
