#include "paper/check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "paper/collect/merge.h"
#include "paper/verdict/p_value.h"
#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr std::size_t kNameColumns = 38;

/// A name too long for its column takes a line of its own.
std::string entry(const std::string& name, const std::string& now, const std::string& expected,
                  const std::string& allowed, const std::string& state) {
  const bool fits = name.size() <= kNameColumns;
  const auto cells = fmt::format("{:<{}} {:>10} {:>10} {:>9}{}{}\n", fits ? name : "", kNameColumns,
                                 now, expected, allowed, state.empty() ? "" : "  ", state);
  return fits ? cells : name + "\n" + cells;
}

std::string figure(double value) { return fmt::format("{:.4g}", value); }

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The arm a name is about (merge.h: the second part of the name); "" for the main arm.
std::string arm_of(const std::string& name, const std::vector<std::string>& arms) {
  const auto first = name.find('.');
  if (first == name.npos) return {};
  const auto part = name.substr(first + 1, name.find('.', first + 1) - first - 1);
  return part != kMainArm && holds(arms, part) ? part : std::string();
}

/// The arm or stage that a number belongs to and this run is without; "" if it is not for that.
std::string lacking(const Expectation& expected, const Run& run) {
  if (!expected.arm.empty() && !holds(run.arms, expected.arm)) return "arm " + expected.arm;
  if (!expected.stage.empty() && !holds(run.stages, expected.stage))
    return "stage " + expected.stage;
  return {};
}

std::string state_of(const Outcome& outcome) {
  if (outcome.missing) return "MISSING";
  return outcome.ok() ? "ok" : "DRIFT";
}

constexpr const char* kSeeds = "one further seed lies this near, 95 % prediction interval";

/// The interval of a mean of n seeds reaches t s/sqrt(n), that of one further seed t s sqrt(1 +
/// 1/n).
void allow_for_seeds(Expectation& expected, const Number& number) {
  if (number.n < kEnoughSeeds || !number.interval || number.interval->method != kOverSeeds) return;
  const double reach = number.interval->hi - number.value;
  const double further = reach * std::sqrt(number.n + 1.0);
  if (further <= expected.allowed()) return;
  expected.atol = further;
  expected.rtol = 0;
  expected.why = kSeeds;
}

double tolerance(const json& entry, const char* field, const std::string& name) {
  const double value = entry.at(field);
  if (!(value >= 0)) throw UserError(fmt::format("{}: {} may not be negative", name, field));
  return value;
}

}  // namespace

double Expectation::allowed() const { return atol + rtol * std::abs(value); }

bool Outcome::ok() const {
  return !lacks.empty() || (!missing && std::abs(now - expected.value) <= expected.allowed());
}

Run run_from_json(const json& collected) {
  for (const char* part : {"numbers", "arms", "made_by"})
    if (!collected.contains(part))
      throw UserError(fmt::format("numbers.json lacks {}; run: make collect", part));
  Run run{numbers_from_json(collected.at("numbers")), collected.at("arms"), {}};
  for (const auto& [stage, made] : collected.at("made_by").items()) run.stages.push_back(stage);
  return run;
}

std::vector<Expectation> expectations_from_json(const json& file) {
  if (!file.is_object() || file.empty())
    throw UserError("the file of expected numbers holds none, so that nothing would be checked");
  std::vector<Expectation> list;
  for (const auto& [name, entry] : file.items()) try {
      list.push_back({name, entry.at("value"), tolerance(entry, "atol", name),
                      tolerance(entry, "rtol", name), entry.at("why"), entry.value("arm", ""),
                      entry.value("stage", "")});
    } catch (const json::exception&) {
      throw UserError(name + " needs value, atol, rtol and why in the file of expected numbers");
    }
  return list;
}

json to_json(const std::vector<Expectation>& expectations) {
  json file = json::object();
  for (const auto& e : expectations) {
    file[e.name] = {{"value", e.value}, {"atol", e.atol}, {"rtol", e.rtol}, {"why", e.why}};
    if (!e.arm.empty()) file[e.name]["arm"] = e.arm;
    if (!e.stage.empty()) file[e.name]["stage"] = e.stage;
  }
  return file;
}

std::vector<Expectation> with_headlines(std::vector<Expectation> watched) {
  for (auto& headline : headline_numbers())
    if (std::none_of(watched.begin(), watched.end(),
                     [&](const Expectation& known) { return known.name == headline.name; }))
      watched.push_back(std::move(headline));
  return watched;
}

std::vector<Expectation> accept(const std::vector<Expectation>& watched, const Run& run) {
  std::vector<Expectation> accepted;
  for (Expectation expected : watched) {
    if (const auto found = run.numbers.find(expected.name); found != run.numbers.end()) {
      expected.value = found->second.value;
      allow_for_seeds(expected, found->second);
      if (expected.arm.empty()) expected.arm = arm_of(expected.name, run.arms);
    } else if (std::isnan(expected.value)) {
      continue;  // no run has told it yet
    } else if (lacking(expected, run).empty()) {
      throw UserError(fmt::format(
          "this run lacks {}, which is expected; run what gives it, or take it out of the file",
          expected.name));
    }
    accepted.push_back(std::move(expected));
  }
  return accepted;
}

std::optional<std::filesystem::path> newer_settings(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const auto collected = folder / "manifest/collect.json";
  if (!fs::exists(collected)) return std::nullopt;  // numbers from elsewhere
  const auto then = fs::last_write_time(collected);
  std::error_code ignored;
  for (fs::recursive_directory_iterator entry(folder, ignored), end; entry != end;
       entry.increment(ignored))
    if (entry->path().extension() == ".conf" && fs::last_write_time(entry->path()) > then)
      return entry->path();
  return std::nullopt;
}

std::vector<Outcome> compare(const std::vector<Expectation>& expectations, const Run& run) {
  std::vector<Outcome> outcomes;
  for (const auto& expected : expectations) {
    const auto found = run.numbers.find(expected.name);
    const bool missing = found == run.numbers.end();
    outcomes.push_back({expected, missing, missing ? lacking(expected, run) : "",
                        missing ? 0 : found->second.value});
  }
  return outcomes;
}

std::string check_table(const std::vector<Outcome>& outcomes) {
  std::string out = entry("number", "now", "expected", "allowed", "");
  for (const auto& outcome : outcomes) {
    const Expectation& expected = outcome.expected;
    if (!outcome.lacks.empty())
      out +=
          fmt::format("{:<{}} not in this run: {}\n", expected.name, kNameColumns, outcome.lacks);
    else
      out +=
          entry(expected.name, outcome.missing ? "-" : figure(outcome.now), figure(expected.value),
                "\u00b1" + figure(expected.allowed()), state_of(outcome));
  }
  return out;
}

}  // namespace rc
