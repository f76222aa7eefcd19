#include "pipeline/stage/lock.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// Who wrote it last, for the one who waits; "" if nobody says.
std::string holder(const fs::path& file) {
  try {
    return read_text(file);
  } catch (const UserError&) {
    return "";
  }
}

bool try_lock(const File& file, int operation, const fs::path& path) {
  while (::flock(file.descriptor(), operation) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return false;
    throw UserError(fmt::format("cannot lock {}: {}; put RUNS on a file system that can",
                                path.string(), std::strerror(errno)));
  }
  return true;
}

}  // namespace

Lock::Lock(const fs::path& file, Kind kind, const std::string& what) : file_(File::update(file)) {
  const int operation = kind == Kind::kAlone ? LOCK_EX : LOCK_SH;
  if (!try_lock(file_, operation | LOCK_NB, file)) {
    const auto who = holder(file);
    fmt::print(stderr, "waiting for {}{}\n", what, who.empty() ? "" : " (" + who + ")");
    try_lock(file_, operation, file);
  }
  if (kind == Kind::kAlone) file_.replace(fmt::format("process {} on {}", ::getpid(), host_name()));
}

Lock stage_lock(const fs::path& folder, const std::string& stage) {
  make_folder(folder / "manifest");
  return {folder / "manifest" / ("." + stage + ".lock"), Lock::Kind::kAlone,
          "another run of " + stage};
}

std::optional<Lock> run_lock(bool alone) {
  const char* run = std::getenv("RC_RUN");
  if (!run || !*run) return std::nullopt;
  make_folder(run);
  return std::optional<Lock>(std::in_place,
                             fs::path(run) / fmt::format(".stages-on-{}.lock", host_name()),
                             alone ? Lock::Kind::kAlone : Lock::Kind::kShared,
                             alone ? "the other stages on this machine" : "a stage that times");
}

void remove_stale_temporaries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (is_temporary(entry->path())) found.push_back(entry->path());
  for (const fs::path& file : found) remove_if_abandoned(file);
}

}  // namespace rc
