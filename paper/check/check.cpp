#include "paper/check/check.h"

#include <fmt/format.h>

#include <cmath>

#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr std::size_t kNameColumns = 38;

/// A name too long for its column takes a line of its own.
std::string row(const std::string& name, const std::string& now, const std::string& expected,
                const std::string& allowed, const std::string& state) {
  const bool fits = name.size() <= kNameColumns;
  const auto cells = fmt::format("{:<{}} {:>10} {:>10} {:>9}  {}\n", fits ? name : "", kNameColumns,
                                 now, expected, allowed, state);
  return fits ? cells : name + "\n" + cells;
}

std::string figure(double value) { return fmt::format("{:.4g}", value); }

std::string state_of(const Outcome& outcome) {
  if (outcome.missing) return "MISSING";
  return outcome.ok() ? "ok" : "DRIFT";
}

double tolerance(const json& entry, const char* field, const std::string& name) {
  const double value = entry.at(field);
  if (!(value >= 0)) throw UserError(fmt::format("{}: {} may not be negative", name, field));
  return value;
}

}  // namespace

double Expectation::allowed() const { return atol + rtol * std::abs(value); }

bool Outcome::ok() const {
  return !missing && std::abs(now - expected.value) <= expected.allowed();
}

std::vector<Expectation> expectations_from_json(const json& file) {
  std::vector<Expectation> list;
  for (const auto& [name, entry] : file.items()) try {
      list.push_back({name, entry.at("value"), tolerance(entry, "atol", name),
                      tolerance(entry, "rtol", name), entry.at("why")});
    } catch (const json::exception&) {
      throw UserError(name + " needs value, atol, rtol and why in the file of expected numbers");
    }
  return list;
}

json to_json(const std::vector<Expectation>& expectations) {
  json file = json::object();
  for (const auto& e : expectations)
    file[e.name] = {{"value", e.value}, {"atol", e.atol}, {"rtol", e.rtol}, {"why", e.why}};
  return file;
}

std::vector<Expectation> accept(std::vector<Expectation> watched, const Numbers& numbers) {
  std::erase_if(watched, [&](const Expectation& e) { return !numbers.contains(e.name); });
  for (auto& expectation : watched) expectation.value = numbers.at(expectation.name).value;
  return watched;
}

std::vector<Outcome> compare(const std::vector<Expectation>& expectations, const Numbers& numbers) {
  std::vector<Outcome> outcomes;
  for (const auto& expected : expectations) {
    const auto found = numbers.find(expected.name);
    const bool missing = found == numbers.end();
    outcomes.push_back({expected, missing, missing ? 0 : found->second.value});
  }
  return outcomes;
}

std::string check_table(const std::vector<Outcome>& outcomes) {
  std::string out = row("number", "now", "expected", "allowed", "");
  for (const auto& outcome : outcomes)
    out += row(outcome.expected.name, outcome.missing ? "-" : figure(outcome.now),
               figure(outcome.expected.value), "\u00b1" + figure(outcome.expected.allowed()),
               state_of(outcome));
  return out;
}

}  // namespace rc
