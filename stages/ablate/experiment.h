// Every order of surgery at every percentage.
//
// What it costs, in sequences that run through the whole model, at laptop's 64 sequences of 256
// tokens, 12 orders and points every 5 %:
//   both ends, which all orders share                           2 * 64 =  128
//   the five percentages that rules read, every sequence   12 * 5 * 64 = 3840
//   the 14 other points, 8 sequences                       12 * 14 * 8 = 1344
//   the edges of two orders, decided by every sequence      at most ~    300
// 5600 in all, or 1.4 million tokens; thirds.h adds 1000, deletions 640, induction 256. The first
// edition took 34 curves, 20 of them of random draws, of 19 points and 6 sequences each: 3900, of
// which 64 sequences would have made 41000. Orders that cut every layer share nothing but the ends.
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

/// The percentages that tables show and rules read: measured on every sequence.
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

/// How many of `sequences` sequences run_experiment evaluates, deciding edges apart.
long evaluation_count(const ExperimentOptions& options, long sequences);

Experiment run_experiment(Evaluator& evaluate, const TrainedModel& trained,
                          const ExperimentOptions& options);

}  // namespace rc
