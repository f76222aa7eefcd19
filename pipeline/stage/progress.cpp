#include "pipeline/stage/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "pipeline/text.h"

namespace rc {
namespace {

using namespace std::chrono_literals;

constexpr auto kSilence = 2s;           // shorter work shows nothing
constexpr auto kTerminalPause = 100ms;  // ten redraws a second
constexpr auto kLinePause = 10s;        // where no terminal listens
constexpr std::size_t kLeastBar = 4;
constexpr std::size_t kMostBar = 24;
constexpr const char* kBackAndClear = "\r\033[K";

std::size_t terminal_columns() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

double seconds_between(Progress::Time a, Progress::Time b) {
  return std::chrono::duration<double>(b - a).count();
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_line(std::string_view label, long done, long total, double seconds,
                          std::string_view note, std::size_t width) {
  const double share = total > 0 ? std::clamp(double(done) / double(total), 0.0, 1.0) : 0;
  std::string tail = fmt::format("] {:3.0f} %", std::floor(100 * share));
  if (!note.empty()) tail += fmt::format("  {}", note);
  if (share > 0 && share < 1)
    tail += fmt::format("  {} left", duration_text(seconds * (1 - share) / share));
  // The bar gives way to the words.
  const std::size_t words = label.size() + 3 + tail.size();
  const std::size_t room = width > words ? width - words : 0;
  const std::size_t bar = std::clamp(std::min(room, width / 4), kLeastBar, kMostBar);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar));
  const auto line = fmt::format("{}  [{}{}{}", label, std::string(filled, '#'),
                                std::string(bar - filled, '.'), tail);
  return clip(line, width);
}

std::string duration_text(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const long whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(std::string label, long total, std::function<Time()> clock)
    : label_(std::move(label)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      board_(shares_terminal() ? Board::of_run() : std::nullopt),
      clock_(std::move(clock)),
      start_(clock_()),
      last_(start_) {}

Progress::~Progress() {
  if (!shown_ || finished_) return;
  if (board_)
    board_->show(label_, "");
  else if (terminal_)
    print("\n");  // what comes next starts on its own line
}

void Progress::draw(const std::string& line) {
  if (board_)
    board_->show(label_, line);
  else
    print(terminal_ ? kBackAndClear + line : line + "\n");
}

void Progress::update(long done, std::string_view note) {
  const auto now = clock_();
  if (finished_ || now - start_ < kSilence) return;
  const bool due = terminal_ ? !shown_ || now - last_ >= kTerminalPause : now - last_ >= kLinePause;
  if (!due) return;
  // The last column stays free: some terminals break the line when it is filled.
  const std::size_t width = terminal_ ? terminal_columns() - 1 : 80;
  const auto line = progress_line(label_, done, total_, seconds_between(start_, now), note, width);
  draw(line);
  shown_ = true;
  last_ = now;
}

void Progress::finish(std::string_view note) {
  const auto now = clock_();
  if (finished_) return;
  finished_ = true;
  if (!shown_ && now - start_ < kSilence) return;
  std::string line = fmt::format("{}  {}", label_, duration_text(seconds_between(start_, now)));
  if (!note.empty()) line += fmt::format("  {}", note);
  line = clip(line, terminal_ ? terminal_columns() - 1 : 80);
  if (board_) {
    board_->show(label_, "");
    board_->say(line);
  } else {
    print((terminal_ ? kBackAndClear : "") + line + "\n");
  }
}

}  // namespace rc
