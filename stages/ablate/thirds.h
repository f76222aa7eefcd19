// Surgery on one third of the layers alone (claim A3).
//
// Layers below the third are the trained model's under every order, so that what they make of a
// sequence is computed once: the deep third then costs less than half of the whole model. Points
// are measured on ablate.curve_sequences; but what the deep third can lose unnoticed, in the
// original's order, at random and in whichever order lets most go, is decided by every sequence. In
// sequences through the whole model, as experiment.h counts them, of 6 orders and 8 sequences:
// early 6 * 5 * 8 = 240, middle .7 of that, deep .43 * (6 * 18 * 8 + 64 and ~ 420 for edges) = 580.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stages/ablate/experiment.h"

namespace rc {

inline constexpr const char* kDeep = "deep";

struct Third {
  std::string name;  // early, middle or kDeep
  LayerRange layers;
};

/// [0, L/3), [L/3, 2L/3) and [2L/3, L), those that hold a layer: the groups of measure-rank.
std::vector<Third> thirds_of(std::size_t layers);

/// The orders that have kOfThirds, on one third.
struct ThirdExperiment {
  Third third;
  std::vector<long> percents;  // kShownPercents; of the deep third all of the grid
  std::map<std::string, Curve> curves;
};

/// `yardstick` is that of all layers: a third's cuts are held against what all of attention is
/// worth.
std::vector<ThirdExperiment> run_thirds(Evaluator& evaluate, const TrainedModel& trained,
                                        const ExperimentOptions& options,
                                        const Yardstick& yardstick);

/// How many of `sequences` sequences that evaluates, deciding removable shares apart.
long third_evaluation_count(const ExperimentOptions& options, long layers, long sequences);
/// At most how many more to decide them; all in the deep third.
long third_deciding_count(const ExperimentOptions& options, long sequences);

}  // namespace rc
