// Every order of surgery at every percentage, on the same sequences.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/batches.h"
#include "model/transformer.h"
#include "stages/ablate/curve.h"
#include "stages/ablate/surgery.h"

namespace rc {

struct ExperimentOptions {
  std::vector<long> percents;  // ascending, 0 first, 100 last
  int random_draws = 20;
  std::uint64_t seed = 0;
};

struct Experiment {
  std::vector<long> percents;
  Sequences baseline;                   // nothing cut
  Sequences floor;                      // all keys zeroed: attention is uniform over the past
  std::map<std::string, Curve> curves;  // by the name of the rule
  std::vector<Curve> random;            // a draw each
};

/// 0, step, 2 step, ..., and 100.
std::vector<long> percent_grid(long step);

/// Evaluates all curves; 0 % and 100 % are the same for every order and evaluated once. `tick` is
/// called with the number of evaluations done, evaluation_count() in the end.
Experiment run_experiment(Transformer& model, const Batch& batch, const ExperimentOptions& options,
                          const std::function<void(long)>& tick);

/// How many evaluations run_experiment makes.
long evaluation_count(const ExperimentOptions& options);

}  // namespace rc
