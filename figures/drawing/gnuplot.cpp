#include "figures/drawing/gnuplot.h"

// Heavy: included here and nowhere else.
#include <gnuplot-iostream.h>

#include <cerrno>
#include <cstdio>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/file.h"

namespace rc {
namespace {

/// A table goes in as a datablock: `$name << e`, the rows, and the line "e" with which send1d ends.
std::string script(const Tables& tables, const std::string& commands) {
  const TemporaryFolder scratch;  // the library writes to descriptors alone
  const auto file = scratch.path() / "script";
  std::FILE* stream = std::fopen(file.c_str(), "w");
  if (!stream) throw_file_error("write", file, errno);
  {
    Gnuplot gnuplot(stream);  // closes it
    for (const auto& [name, rows] : tables) {
      gnuplot << '$' << name << " << e\n";
      gnuplot.send1d(rows);
    }
    gnuplot << commands << '\n';
  }
  // It does not say whether all of it could be written.
  auto text = read_text(file);
  if (!text.ends_with(commands + '\n')) throw_file_error("write", file, ENOSPC);
  return text;
}

/// The one line of gnuplot's complaint that says what was wrong.
std::string complaint(const CommandResult& result) {
  const std::string& text = result.errors;
  if (text.empty()) return result.silence();
  const auto line = text.find("line ");
  if (line == std::string::npos) return text.substr(0, text.find('\n'));
  return text.substr(line, text.find('\n', line) - line);
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string doubled;
  for (const char c : text) doubled += c == '\'' ? "''" : std::string(1, c);
  return '\'' + doubled + '\'';
}

std::string run_gnuplot(const Tables& tables, const std::string& commands) {
  const auto result = run_command({.program = "gnuplot",
                                   .arguments = {"--default-settings"},
                                   .input = script(tables, commands)});
  if (result.status != 0) throw UserError("gnuplot failed: " + complaint(result));
  return result.output;
}

}  // namespace rc
