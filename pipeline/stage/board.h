// What the stages of one run tell each other: what is left to do, and on a terminal a line for each
// that works at the moment.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace rc {

/// A file in the run's folder, which Make names in RC_RUN; every call reads it, changes it and
/// writes it back under a lock. It holds nothing that a result depends on: a board that cannot be
/// read starts empty.
class Board {
 public:
  /// Of the run that this process belongs to; nothing for a stage called by hand.
  static std::optional<Board> of_run();

  explicit Board(std::string file) : file_(std::move(file)) {}

  /// Forgets what was, and expects these stages; `seconds` is what one of a name took on average in
  /// earlier runs.
  void expect(const std::map<std::string, long>& jobs,
              const std::map<std::string, double>& seconds);

  /// A job of `stage` ended after `seconds`; "3 of 19 done, about 4 min left", "" where nothing was
  /// expected.
  std::string ended(const std::string& stage, double seconds, int side_by_side);

  /// Shows `line` for the job called `label` below what was printed so far, beside the lines of the
  /// other jobs, on a terminal of `width` columns; "" takes it away.
  void show(const std::string& label, const std::string& line);

  /// Prints `text` for good above those lines.
  void say(const std::string& text);

 private:
  std::string file_;
};

/// Of these jobs one after the other, `known` being mean seconds by stage; a stage that nobody has
/// seen counts for nothing.
double expected_seconds(const std::map<std::string, long>& jobs,
                        const std::map<std::string, double>& known);

/// The sentence that ended() returns for a board's content; `left` jobs by stage, `known` mean
/// seconds by stage.
std::string board_sentence(long done, const std::map<std::string, long>& left,
                           const std::map<std::string, double>& known, int side_by_side);

/// Whether lines of several jobs share this terminal: RC_JOBS is above one and stderr is a
/// terminal.
bool shares_terminal();

}  // namespace rc
