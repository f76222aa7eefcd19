// `correlate --gains FILE...`: the same questions asked of a model trained elsewhere.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace rc {

/// True if the command line asks for somebody else's gains instead of a run's snapshots.
bool asks_for_model_gains(int argc, char** argv);

/// Reads the files named on the command line, prints a summary and writes correlation.json.
void correlate_model_gains(int argc, char** argv);

/// What a report of model_report says, in lines of at most 80 columns.
std::string model_summary(const nlohmann::json& report, const std::string& source);

}  // namespace rc
