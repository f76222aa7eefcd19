#include "pipeline/stage/lock.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>

#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

File open_lock(const Context& context) {
  const fs::path folder = context.manifest_path().parent_path();
  make_folder(folder);
  return File::create(folder / ("." + context.spec().name + ".lock"));
}

/// A file of our own number was left by a process that had it before us: we have written none yet.
bool is_at_work(int process) {
  return process != ::getpid() && (::kill(process, 0) == 0 || errno != ESRCH);
}

/// The process that wrote the temporary file of that name; 0 if it is none.
int writer_of(const std::string& name) {
  constexpr std::string_view kMark = ".tmp-";
  const auto mark = name.rfind(kMark);
  if (name.empty() || name.front() != '.' || mark == name.npos) return 0;
  int process = 0;
  const char* digits = name.data() + mark + kMark.size();
  const auto [end, error] = std::from_chars(digits, name.data() + name.size(), process);
  return error == std::errc() && end == name.data() + name.size() ? process : 0;
}

}  // namespace

Lock::Lock(const Context& context) : file_(open_lock(context)) {
  if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) == 0) return;
  fmt::print(stderr, "{}: another process runs this stage; waiting for it\n", context.spec().name);
  while (::flock(file_.descriptor(), LOCK_EX) != 0)
    if (errno != EINTR) throw_file_error("lock", context.manifest_path(), errno);
}

void remove_stale_temporaries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> stale;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const int process = writer_of(entry->path().filename().string());
    if (process > 0 && !is_at_work(process)) stale.push_back(entry->path());
  }
  for (const fs::path& file : stale) fs::remove(file, error);
}

}  // namespace rc
