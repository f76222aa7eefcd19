// Timing: what is compared is taken in turn, and equally often.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "bench/error_check.h"
#include "bench/interleaved.h"

namespace rc {

/// What measure() takes in turn.
struct Timed {
  std::string curve;  // what it is compared with: all of a curve take equally many calls
  std::function<Samples(long calls)> seconds;  // seconds a call, of at least so many calls
  long least_calls = 1;
  long most_calls = std::numeric_limits<long>::max();
};

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
  std::string curve() const;  // "decode/matmul/cold"
  std::string name() const;   // "decode/matmul/cold/width:26"

  /// Seconds a call of every reading of the clock, until `calls` calls are over or more; one call
  /// before them is not recorded.
  Samples seconds(long calls) const;

 private:
  Rival rival_;
  AttentionTask task_;
  bool cold_;
  ErrorCheck check_;
  AttentionInputs prepared_;
};

/// The cases, which have to outlive it.
std::vector<Timed> timed(std::span<const TimedCase> cases);

/// A copy of so many bytes on the CPU, as often a repetition as a cold case.
Timed timed_copy(long bytes);

/// So many bytes read once and added up, from memory and not from a cache.
Timed timed_read(long bytes);

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

/// Seconds of the fastest call of each repetition, for what other programs do to a call only adds
/// to it. Cases are interleaved. Before that every case is run unrecorded, which warms it and tells
/// how many calls fill `seconds`; a curve takes the most that one of its cases needs. (If thin keys
/// had more calls because theirs are short, theirs would be the minimum of more draws: smaller for
/// that alone.) `progress` is told how many measurements are over.
std::vector<Samples> measure(std::span<const Timed> cases, const Protocol& protocol,
                             const std::function<void(long done)>& progress);

}  // namespace rc
