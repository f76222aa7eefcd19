// Every order of surgery at every percentage, on the same sequences.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/batches.h"
#include "model/transformer.h"
#include "pipeline/statistics/rise.h"
#include "stages/ablate/orders.h"

namespace rc {

struct ExperimentOptions {
  std::vector<long> percents;       // ascending, 0 first, 100 last
  std::vector<std::string> orders;  // names of rules
  int draws = 20;                   // of each rule that leaves something to chance
};

/// Loss of every token, nats: [sequences, T] float64.
using TokenLosses = torch::Tensor;

/// One order's losses: a row of sequences for each percentage.
using Curve = std::vector<Sequences>;

/// Mean over several curves of one shape, sequence by sequence.
Curve mean_curve(const std::vector<Curve>& curves);

struct Experiment {
  std::vector<long> percents;
  long d_k = 0;
  TokenLosses baseline;  // nothing cut
  TokenLosses floor;     // all keys zeroed: attention is uniform over the past
  /// By the name of the rule; a curve for each draw, or one where nothing is left to chance.
  std::map<std::string, std::vector<Curve>> curves;
  /// Mean over draws of the token losses, by rule, at the percentages that kKeptTokens names.
  std::map<std::string, std::map<long, TokenLosses>> tokens;
};

/// The percentages that tables show, and that deletions are measured at.
inline constexpr long kShownPercents[] = {20, 40, 50, 60, 80};

/// Claim A9 looks at tokens where 80 % are gone, the positions where 60 % are.
inline constexpr long kDifficultyPercent = 80;
inline constexpr long kPositionPercent = 60;

/// 0, step, 2 step, ..., and 100; always with the two percentages above.
std::vector<long> percent_grid(long step);

/// How many draws a rule takes.
int draws_of(const OrderRule& rule, int draws);

/// How many evaluations run_experiment makes: 0 % and 100 % are the same for every order and
/// evaluated once.
long evaluation_count(const ExperimentOptions& options);

/// Evaluates models that differ from the trained model in their weights alone.
class Evaluator {
 public:
  /// `tick` is called with the number of evaluations done. The model gets its weights back in the
  /// end.
  Evaluator(Transformer& model, const std::function<void(long)>& tick);
  ~Evaluator();
  TokenLosses operator()(const Weights& weights, const Batch& batch);

 private:
  Transformer& model_;
  Weights whole_;
  std::function<void(long)> tick_;
  long done_ = 0;
};

/// All curves. Nothing below the first layer's keys can be shared between orders (all cut there),
/// so each evaluation runs the whole model; what they share is the two ends.
Experiment run_experiment(Evaluator& evaluate, const TrainedModel& trained, const Batch& batch,
                          const ExperimentOptions& options);

/// Mean over the tokens of each sequence.
Sequences sequences_of(const TokenLosses& tokens);

/// The trained model with every key at zero.
Weights without_keys(const Weights& weights);

}  // namespace rc
