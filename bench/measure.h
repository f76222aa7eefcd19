// Timing, with Google Benchmark as the harness.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "bench/error_check.h"

namespace benchmark {
class State;
}

namespace rc {

/// A kernel, checked, with prepared inputs: what can be timed. Nothing else makes one.
class TimedCase {
 public:
  /// UserError if the kernel answers wrongly (see check.h). A cold case has the caches emptied
  /// before every call, as they are when the weights of other layers passed through them.
  TimedCase(const Rival& rival, const AttentionTask& task, const AttentionInputs& inputs,
            bool cold);

  const Rival& rival() const { return rival_; }
  const AttentionTask& task() const { return task_; }
  const ErrorCheck& check() const { return check_; }
  bool cold() const { return cold_; }
  std::string name() const;  // "decode/matmul/cold/width:26"

  /// The body of its benchmark, which must use manual time.
  void time(benchmark::State& state) const;

 private:
  Rival rival_;
  AttentionTask task_;
  bool cold_;
  ErrorCheck check_;
  AttentionInputs prepared_;
};

struct Protocol {
  long repetitions = 11;
  double seconds = 0.02;   // least time of one repetition
  long model_calls = 3;    // of a whole model, least number in one repetition
  std::uint64_t seed = 0;  // of the order within a repetition
  /// What measure() counts up to: each case once unrecorded, then in every repetition.
  long measurements(std::size_t cases) const {
    return static_cast<long>(cases) * (repetitions + 1);
  }
};

/// Seconds of the fastest call of each repetition: what other programs do to a call only adds to
/// it.
using Samples = std::vector<double>;

/// Times all cases in every repetition, in a new random order each time, so that a disturbance of
/// the machine falls on all of them alike and sample r of two cases may be compared as a pair.
/// Before that every case is run once unrecorded, which warms it and tells how many calls fill
/// `seconds`. `progress` is told how many measurements are over.
std::vector<Samples> measure(std::span<const TimedCase> cases, const Protocol& protocol,
                             const std::function<void(long done)>& progress);

}  // namespace rc
