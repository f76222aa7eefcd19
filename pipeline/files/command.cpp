#include "pipeline/files/command.h"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

// Heavy: included here and nowhere else.
#include <boost/process.hpp>
#include <cerrno>
#include <fstream>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
namespace process = boost::process;

process::environment environment_for(const Command& command) {
  process::environment environment(boost::this_process::environment());
  // By set(): in Boost 1.74 the search behind operator[] reads past the end of shorter entries.
  environment.set("SOURCE_DATE_EPOCH", "0");
  environment.set("FORCE_SOURCE_DATE", "1");  // TeX believes SOURCE_DATE_EPOCH only then
  for (const auto& [name, value] : command.environment) environment.set(name, value);
  return environment;
}

/// Nothing where it is not installed.
boost::filesystem::path path_of(const std::string& program) {
  return program.find('/') != program.npos ? program : process::search_path(program);
}

boost::filesystem::path found(const std::string& program) {
  auto path = path_of(program);
  if (path.empty())
    throw UserError("cannot start " + program + ": it is not installed; run: make deps");
  return path;
}

/// What gnuplot and LaTeX do with their fonts, with room to spare. Below it LaTeX stops at some
/// limits without a word, and at others never.
constexpr rlim_t kOpenFiles = 64;

void require_open_files(const std::string& program) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < kOpenFiles)
    throw UserError(
        fmt::format("cannot start {}: Too many open files: {} are allowed here; run: ulimit -n 256",
                    program, limit.rlim_cur));
}

/// Where a parent ignores SIGCHLD its children inherit that, and the kernel then forgets how theirs
/// ended: a program that failed would pass for one that did well.
void let_children_be_waited_for() {
  struct sigaction action {};
  if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
    ::signal(SIGCHLD, SIG_DFL);
}

/// Nothing else reads it, so that it need not survive a power cut as artifacts do.
void keep(const std::string& text, const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  if (!(out << text).flush()) throw_file_error("write", file, errno);
}

int status_of(int native) {
  return WIFSIGNALED(native) ? 128 + WTERMSIG(native) : WEXITSTATUS(native);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "rank-collapse-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw_file_error("make folder", name, errno);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string CommandResult::silence() const {
  return fmt::format("it said nothing and ended with status {}; is the disk of {} full?", status,
                     fs::temp_directory_path().string());
}

bool is_installed(const std::string& program) { return !path_of(program).empty(); }

CommandResult run_command(const Command& command) {
  const auto program = found(command.program);
  require_open_files(command.program);
  let_children_be_waited_for();
  // Files in place of pipes: a program that stops early can then neither block this one nor end it
  // with SIGPIPE, and all it said can be read.
  const TemporaryFolder scratch;
  const auto in = scratch.path() / "in", out = scratch.path() / "out", err = scratch.path() / "err";
  keep(command.input, in);
  try {
    process::child child(program, process::args(command.arguments),
                         process::start_dir(command.folder.string()), environment_for(command),
                         process::std_in<in.string(), process::std_out> out.string(),
                         process::std_err > err.string());
    child.wait();
    return {status_of(child.native_exit_code()), read_text(out), read_text(err)};
  } catch (const process::process_error& error) {
    throw UserError(fmt::format("cannot start {}: {}", command.program, error.what()));
  }
}

}  // namespace rc
