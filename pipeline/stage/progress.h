// A bar on a terminal, plain lines elsewhere, silence for what takes less than two seconds.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/stage/board.h"

namespace rc {

/// Goals: never wider than the terminal (80 columns if unknown), at most ten redraws a second;
/// without a terminal at most one line every ten seconds and one at the end. Where stages run side
/// by side each keeps a line of its own on their board.
class Progress {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `clock` tells the time; tests bring one of their own.
  Progress(std::string label, long total,
           std::function<Time()> clock = std::chrono::steady_clock::now);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `done` of total units; `note` is shown after the bar ("loss 4.21  2310 tok/s").
  void update(long done, std::string_view note = {});
  /// Ends the bar with a line that stays.
  void finish(std::string_view note = {});

 private:
  void draw(const std::string& line);
  std::string label_;
  long total_;
  bool terminal_;
  bool shown_ = false;
  bool finished_ = false;
  std::optional<Board> board_;  // of the stages that share the terminal
  std::function<Time()> clock_;
  Time start_;
  Time last_;
};

/// "train  [######......]  50 %  loss 4.21  3 min 05 s left", cut to `width` columns; `seconds`
/// since the start give the time left.
std::string progress_line(std::string_view label, long done, long total, double seconds,
                          std::string_view note, std::size_t width);

/// "3.4 s", "12 s", "2 min 05 s", "1 h 12 min".
std::string duration_text(double seconds);

}  // namespace rc
