#include "figures/drawing/gnuplot.h"

#include <fmt/core.h>
// Heavy: included here and nowhere else.
#include <gnuplot-iostream.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "pipeline/error.h"

extern char** environ;

namespace rc {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// A nameless file, gone when closed. Files instead of pipes: a gnuplot that stops early can then
/// neither block this process nor end it with SIGPIPE, and its status and complaint can be read.
File nameless_file() {
  File file(std::tmpfile(), &std::fclose);
  if (!file)
    throw UserError(
        fmt::format("cannot make a temporary file for gnuplot: {}", std::strerror(errno)));
  return file;
}

std::string content(std::FILE* file) {
  std::string text;
  std::array<char, 65536> buffer;
  std::rewind(file);
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), file))
    text.append(buffer.data(), got);
  return text;
}

/// A table goes in as a datablock: `$name << e`, the rows, and the line "e" with which send1d ends.
void write_script(std::FILE* file, const Tables& tables, const std::string& commands) {
  Gnuplot gnuplot(fdopen(dup(fileno(file)), "w"));  // closes its own handle
  for (const auto& [name, rows] : tables) {
    gnuplot << '$' << name << " << e\n";
    gnuplot.send1d(rows);
  }
  gnuplot << commands << '\n';
}

/// Runs `gnuplot --default-settings` on these files; its exit status.
int spawn(std::FILE* in, std::FILE* out, std::FILE* err) {
  std::string program = "gnuplot", option = "--default-settings";
  char* const argv[] = {program.data(), option.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, fileno(err), STDERR_FILENO);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, "gnuplot", &files, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0)
    throw UserError(fmt::format("cannot start gnuplot ({}): install gnuplot-nox and put it on PATH",
                                std::strerror(failure)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// The one line of gnuplot's complaint that says what was wrong.
std::string complaint(const std::string& text) {
  const auto line = text.find("line ");
  if (line == std::string::npos)
    return text.empty() ? "it said nothing" : text.substr(0, text.find('\n'));
  return text.substr(line, text.find('\n', line) - line);
}

}  // namespace

std::string run_gnuplot(const Tables& tables, const std::string& commands) {
  const File script = nameless_file(), out = nameless_file(), err = nameless_file();
  write_script(script.get(), tables, commands);
  std::rewind(script.get());
  if (spawn(script.get(), out.get(), err.get()) != 0)
    throw UserError("gnuplot failed: " + complaint(content(err.get())));
  return content(out.get());
}

}  // namespace rc
