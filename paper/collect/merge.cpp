#include "paper/collect/merge.h"

#include <fmt/format.h>

#include <algorithm>

#include "paper/text/number_text.h"
#include "paper/verdict/p_value.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A number as one seed of one arm gives it, and the file that says so.
struct Sample {
  const StageResult* from;
  const Number* number;
};
using Samples = std::map<std::string, std::vector<Sample>>;

void check_against(const Sample& known, const Sample& added, const std::string& name) {
  if (known.from->arm != added.from->arm || known.from->seed == added.from->seed ||
      known.from->once)
    throw UserError(fmt::format("{} is in both {} and {}; a name has one meaning", name,
                                known.from->file.string(), added.from->file.string()));
  if (known.number->unit != added.number->unit)
    throw UserError(fmt::format("{} is in {} in {} and in {} in {}", name, known.number->unit,
                                known.from->file.string(), added.number->unit,
                                added.from->file.string()));
}

Samples samples_of(const std::vector<StageResult>& results) {
  Samples samples;
  for (const auto& result : results)
    for (const auto& [name, number] : result.numbers) {
      const auto full = name_of_arm(name, result.arm);
      const Sample added{&result, &number};
      for (const Sample& known : samples[full]) check_against(known, added, full);
      samples[full].push_back(added);
    }
  return samples;
}

/// The seeds' own intervals over sequences, averaged end by end. Seeds share their sequences, and a
/// mean of dependent numbers deviates no further than they do on average.
std::optional<Interval> over_sequences(const std::vector<Sample>& samples) {
  Interval all{.method = kOverSequences};
  for (const auto& [from, number] : samples) {
    if (!number->interval || !number->interval->method.starts_with(kOverSequences))
      return std::nullopt;
    all.lo += number->interval->lo / static_cast<double>(samples.size());
    all.hi += number->interval->hi / static_cast<double>(samples.size());
    all.level = number->interval->level;
  }
  return all;
}

Number of_all(const std::vector<Sample>& samples) {
  if (samples.size() == 1) return *samples.front().number;
  std::map<long, double> by_seed;
  for (const auto& [from, number] : samples) by_seed[from->seed] = number->value;
  auto all = over_seeds(by_seed, samples.front().number->unit);
  if (all.n < kEnoughSeeds) all.interval = over_sequences(samples);
  return all;
}

bool is_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void check_name(const std::string& name) {
  std::string_view rest = name;
  for (auto dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
    if (!is_word(rest.substr(0, dot))) throw UserError("\"" + name + "\" is no name of a number");
    rest.remove_prefix(dot + 1);
  }
  if (!is_word(rest)) throw UserError("\"" + name + "\" is no name of a number");
  if (is_format(rest))
    throw UserError(
        fmt::format("{} ends in {}, which templates read as a format; rename it", name, rest));
}

StageResult read_result(const fs::path& file) {
  StageResult result{.file = file, .data = read_json(file)};
  const json& data = result.data;
  try {
    result.once = !data.contains("seed");
    if (!result.once) {
      data.at("arm").get_to(result.arm);
      data.at("seed").get_to(result.seed);
    }
    result.numbers = numbers_from_json(data.at("numbers"));
    for (const auto& [name, number] : result.numbers) check_name(name);
  } catch (const json::exception& error) {
    throw UserError(fmt::format("{} is not what a stage writes ({}); run its stage again",
                                file.string(), error.what()));
  } catch (const UserError& error) {
    throw UserError(file.string() + ": " + error.what());
  }
  return result;
}

void add_new(Numbers& numbers, const std::string& name, const Number& number) {
  check_name(name);
  if (!numbers.emplace(name, number).second)
    throw UserError("two numbers are named " + name + "; a name has one meaning");
}

Number over_seeds(const std::map<long, double>& by_seed, const std::string& unit) {
  std::vector<double> values;
  for (const auto& [seed, value] : by_seed) values.push_back(value);
  return {mean(values), unit, static_cast<int>(values.size()), t_interval(values), by_seed};
}

Numbers merge(const std::vector<StageResult>& results) {
  Numbers numbers;
  for (const auto& [name, samples] : samples_of(results)) add_new(numbers, name, of_all(samples));
  return numbers;
}

}  // namespace rc
