// Do the headline numbers still say what they said when someone last looked?
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// A number that must not drift: |now - value| <= atol + rtol * |value|.
struct Expectation {
  std::string name;
  double value = 0;
  double atol = 0;
  double rtol = 0;
  std::string why;         // what the tolerance allows for
  std::string arm = {};    // of an arm's number: that arm; empty where every run has the number
  std::string stage = {};  // of a stage's that only audits run: that stage
  double allowed() const;
};

struct Outcome {
  Expectation expected;
  bool missing = false;
  std::string lacks = {};  // "arm copy", "stage heal": what the run has not, nor hence the number
  double now = 0;
  bool ok() const;
};

/// Numbers of a run, the arms it trained, and the stages that gave numbers.
struct Run {
  Numbers numbers;
  std::vector<std::string> arms, stages;
};

/// From numbers.json. UserError if it lacks one of them.
Run run_from_json(const nlohmann::json& collected);

/// File paper/expected/<profile>.json: {name: {"value", "atol", "rtol", "why"}}, with "arm" and
/// "stage" where not every run has it. UserError if malformed or a tolerance is negative.
std::vector<Expectation> expectations_from_json(const nlohmann::json& file);
nlohmann::json to_json(const std::vector<Expectation>& expectations);

/// What is watched where no file says so yet: name and tolerances, no values.
std::vector<Expectation> headline_numbers();

/// `watched` and the headline numbers it lacks.
std::vector<Expectation> with_headlines(std::vector<Expectation> watched);

/// `watched` with the values and arms of this run. Where three seeds or more stand behind a number,
/// its tolerance is at least what one further seed may deviate (95 % prediction interval): a report
/// of one seed is held against their mean. What no run has told yet is left out; what an earlier
/// run told of an arm that is not in this one stays as it was. UserError for anything else that the
/// run lacks: a number is not forgotten by accident.
std::vector<Expectation> accept(const std::vector<Expectation>& watched, const Run& run);

/// A number that is missing is drift, unless it belongs to an arm that is not in this run: a run of
/// arm learned alone can be held against what an audit of all arms found.
std::vector<Outcome> compare(const std::vector<Expectation>& expectations, const Run& run);

/// A settings file under `folder`, runs/<profile>, that was written after the run's numbers were
/// collected: another run began since and did not end, or had other settings.
std::optional<std::filesystem::path> newer_settings(const std::filesystem::path& folder);

/// A table of at most 80 columns.
std::string check_table(const std::vector<Outcome>& outcomes);

}  // namespace rc
