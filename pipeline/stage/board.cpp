#include "pipeline/stage/board.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "pipeline/error.h"
#include "pipeline/files/file.h"
#include "pipeline/stage/environment.h"
#include "pipeline/stage/progress.h"

namespace rc {
namespace {

using nlohmann::json;

/// The board's content between being read and being written back.
class Sheet {
 public:
  explicit Sheet(const std::string& file) : file_(File::update(file)) {
    while (::flock(file_.descriptor(), LOCK_EX) != 0 && errno == EINTR) {
    }
    std::string text(file_.size(), '\0');
    text.resize(file_.read(std::as_writable_bytes(std::span(text))));
    content = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!content.is_object()) content = json::object();
  }
  ~Sheet() {
    try {
      file_.replace(content.dump());
    } catch (const UserError&) {  // a full disk stops the stage where it matters
    }
  }
  Sheet(const Sheet&) = delete;
  Sheet& operator=(const Sheet&) = delete;

  json content;

 private:
  File file_;
};

/// Moves above the lines drawn last and clears what is below.
std::string erased(json& content) {
  const long drawn = content.value("drawn", 0L);
  content["drawn"] = 0;
  return drawn > 0 ? fmt::format("\033[{}A\r\033[J", drawn) : "";
}

std::string drawn(json& content) {
  std::string text;
  long lines = 0;
  for (const auto& [label, line] : content["lines"].items()) {
    text += line.get<std::string>() + "\n";
    ++lines;
  }
  content["drawn"] = lines;
  return text;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

/// Mean seconds by stage: of this run where one has ended, else as expected.
std::map<std::string, double> known_seconds(const json& content) {
  auto known = content.value("expected", std::map<std::string, double>());
  const json all = content.value("taken", json::object());
  for (const auto& [stage, taken] : all.items())
    known[stage] = taken.at("seconds").get<double>() / taken.at("count").get<double>();
  return known;
}

}  // namespace

std::optional<Board> Board::of_run() {
  const char* run = std::getenv("RC_RUN");
  if (!run || !*run || !std::filesystem::is_directory(run)) return std::nullopt;
  return Board(std::string(run) + "/.board");
}

void Board::expect(const std::map<std::string, long>& jobs,
                   const std::map<std::string, double>& seconds) {
  Sheet sheet(file_);
  sheet.content = {{"left", jobs}, {"expected", seconds}, {"done", 0}};
}

std::string Board::ended(const std::string& stage, double seconds, int side_by_side) {
  Sheet sheet(file_);
  auto& content = sheet.content;
  if (!content.contains("left")) return "";
  auto left = content["left"].get<std::map<std::string, long>>();
  if (--left[stage] <= 0) left.erase(stage);
  content["left"] = left;
  const long done = content.value("done", 0L) + 1;
  content["done"] = done;
  auto& taken = content["taken"][stage];
  taken = {{"seconds", taken.is_null() ? seconds : taken["seconds"].get<double>() + seconds},
           {"count", taken.is_null() ? 1 : taken["count"].get<long>() + 1}};
  return board_sentence(done, left, known_seconds(content), side_by_side);
}

void Board::show(const std::string& label, const std::string& line) {
  Sheet sheet(file_);
  const auto start = erased(sheet.content);
  if (line.empty())
    sheet.content["lines"].erase(label);
  else
    sheet.content["lines"][label] = line;
  print(start + drawn(sheet.content));
}

void Board::say(const std::string& text) {
  Sheet sheet(file_);
  const auto start = erased(sheet.content);
  print(start + text + "\n" + drawn(sheet.content));
}

double expected_seconds(const std::map<std::string, long>& jobs,
                        const std::map<std::string, double>& known) {
  double seconds = 0;
  for (const auto& [stage, count] : jobs)
    if (const auto found = known.find(stage); found != known.end())
      seconds += found->second * static_cast<double>(count);
  return seconds;
}

std::string board_sentence(long done, const std::map<std::string, long>& left,
                           const std::map<std::string, double>& known, int side_by_side) {
  long jobs = 0;
  bool all_known = true;
  for (const auto& [stage, count] : left) {
    jobs += count;
    all_known = all_known && known.contains(stage);
  }
  std::string text = fmt::format("{} of {} done", done, done + jobs);
  if (jobs == 0) return text;
  const long lanes = std::min<long>(std::max(1, side_by_side), jobs);
  if (const double seconds = expected_seconds(left, known); seconds > 0)
    text += fmt::format(", {} {} left", all_known ? "about" : "at least",
                        duration_text(seconds / static_cast<double>(lanes)));
  return text;
}

bool shares_terminal() { return jobs_side_by_side() > 1 && ::isatty(STDERR_FILENO) == 1; }

}  // namespace rc
