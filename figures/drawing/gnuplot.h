// gnuplot as a function: commands in, the bytes of a drawing out.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace rc {

/// Rows of columns; NaN leaves a gap.
using Table = std::vector<std::vector<double>>;

/// Tables by the name under which commands read them: "pr" is `$pr`.
using Tables = std::map<std::string, Table>;

/// `text` as a string of gnuplot's that it takes by the letter.
std::string quoted(const std::string& text);

/// What gnuplot prints when it is given `tables` and then `commands`. Startup files and the
/// environment's terminal are ignored. UserError if gnuplot is absent or refuses a command.
std::string run_gnuplot(const Tables& tables, const std::string& commands);

}  // namespace rc
