#include "model/schedule.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace rc {
namespace {

/// The end of part `i` of `parts`.
long regular_step(long steps, long i, long parts) { return steps * i / parts; }

std::set<long> kept_steps(long steps, long parts) {
  std::set<long> kept;
  for (long s = 1; s < steps; s *= 2) kept.insert(s);
  for (long i = 0; i <= parts; ++i) kept.insert(regular_step(steps, i, parts));
  return kept;
}

/// Regular checkpoints end tenths of the run, or smaller parts where that leaves too few.
long regular_parts(long steps, long least) {
  long parts = std::min(10L, steps);
  while (static_cast<long>(kept_steps(steps, parts).size()) < least && parts + 2 <= steps)
    parts += 2;
  return parts;
}

}  // namespace

bool copies(const Settings& settings) { return settings.text("train.labels") == "same"; }

long steps_of(const Settings& settings) {
  const long copy_steps = settings.integer("train.copy_steps");
  const long steps =
      copies(settings) && copy_steps > 0 ? copy_steps : settings.integer("train.steps");
  return std::lround(settings.real("train.length") * static_cast<double>(steps));
}

std::vector<long> checkpoint_steps(long steps, long least) {
  const auto kept = kept_steps(steps, regular_parts(steps, least));
  return {kept.begin(), kept.end()};
}

std::vector<long> final_steps(long steps, long least) {
  const long parts = regular_parts(steps, least);
  return {regular_step(steps, parts - 2, parts), regular_step(steps, parts - 1, parts), steps};
}

}  // namespace rc
