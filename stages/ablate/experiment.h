// Every order of surgery at every percentage.
//
// What it costs, in sequences that run through the whole model, at laptop's 64 sequences of 256
// tokens, 12 orders and points every 5 %:
//   both ends, which all orders share                              2 * 64 =  128
//   five percentages of the four orders that rules read        4 * 5 * 64 = 1280
//   every other point, 8 sequences       (4 * 14 + 8 * 19) * 8            = 1664
//   the removable share of two orders, decided by every sequence   at most ~ 1000
// 3600 in all, or .9 million tokens; thirds.h adds 1000, deletions 640, induction 256. Orders that
// cut every layer share nothing but the ends.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stages/ablate/curve.h"
#include "stages/ablate/surgery.h"

namespace rc {

struct ExperimentOptions {
  std::vector<long> percents;       // ascending, 0 first, 100 last
  std::vector<std::string> orders;  // names of rules
  long draws = 20;                  // random orders behind a point, at least
  long curve_sequences = 8;         // for points that no rule reads
};

struct Experiment {
  std::vector<long> percents;
  long d_k = 0;
  TokenLosses baseline;                 // nothing cut
  TokenLosses floor;                    // all keys zeroed: attention is uniform over the past
  std::map<std::string, Curve> curves;  // by the name of the rule
  /// Token losses of kCompared at the two percentages that more is asked of.
  std::map<std::string, std::map<long, TokenLosses>> tokens;

  Yardstick yardstick() const { return {sequences_of(baseline), sequences_of(floor)}; }
};

/// The percentages that tables show; those of orders that have kJudged are measured on every
/// sequence.
inline constexpr long kShownPercents[] = {20, 40, 50, 60, 80};
bool is_shown(long percent);

/// Claim A9 looks at tokens where 80 % are gone, the positions where 60 % are.
inline constexpr long kDifficultyPercent = 80;
inline constexpr long kPositionPercent = 60;

/// The original's order and chance: where a control stands for all.
inline constexpr const char* kCompared[] = {kOriginalOrder, "random"};
bool is_compared(const std::string& order);

/// 0, step, 2 step, ..., and 100; always with the shown ones.
std::vector<long> percent_grid(long step);

/// How many of `sequences` sequences run_experiment evaluates, deciding removable shares apart.
long evaluation_count(const ExperimentOptions& options, long sequences);
/// At most how many more to decide them: a curve that goes unnoticed to its end takes them all.
long deciding_count(const ExperimentOptions& options, long sequences);

Experiment run_experiment(Evaluator& evaluate, const TrainedModel& trained,
                          const ExperimentOptions& options);

}  // namespace rc
