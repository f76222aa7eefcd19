#include "bench/revision_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bench/interleaved.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"
#include "pipeline/text.h"

namespace rc {
namespace {

constexpr double kLevel = 0.95;    // of all intervals together
constexpr int kRatioDraws = 4000;  // a tail of 0.3 % has a dozen of them
constexpr std::uint64_t kRatioSeed = 0;
constexpr std::size_t kNameColumns = 28;
constexpr std::size_t kTimeColumns = 8;

/// Google Benchmark says in a name how it took the time; the case is the same.
std::string without_clock(std::string name) {
  constexpr std::string_view kClock = "/manual_time";
  if (name.ends_with(kClock)) name.resize(name.size() - kClock.size());
  return name;
}

/// Median of the ratios and its percentile bootstrap over rounds.
Number ratio_number(const std::vector<double>& ratios, double level) {
  const auto statistic = [&](std::span<const std::size_t> chosen) {
    std::vector<double> drawn;
    for (const auto i : chosen) drawn.push_back(ratios[i]);
    return median(drawn);
  };
  auto interval = bootstrap(ratios.size(), kRatioDraws, kRatioSeed, statistic, level);
  interval.method = "bootstrap over rounds";
  return {.value = median(ratios), .unit = "ratio", .interval = interval};
}

Comparison compared(const std::string& name, const PairedTimes& times, double level) {
  const auto ratios = paired_ratios(times.now, times.base);
  const auto ratio = ratio_number(ratios, level);
  return {.name = name,
          .base = median(times.base),
          .now = median(times.now),
          .ratio = ratio,
          .spread = (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / ratio.value};
}

}  // namespace

CaseSeconds case_seconds(std::string_view report, const std::string& source) {
  CaseSeconds seconds;
  try {
    const auto json = nlohmann::json::parse(report);
    for (const auto& timed : json.at("benchmarks"))
      if (timed.contains("fastest_s"))
        seconds[without_clock(timed.at("name"))] = timed.at("fastest_s");
  } catch (const nlohmann::json::exception& error) {
    throw UserError(
        fmt::format("{} gives no report in Google Benchmark's JSON: {}", source, error.what()));
  }
  if (seconds.empty())
    throw UserError(source + " timed nothing: its report has no case with a fastest_s");
  return seconds;
}

std::vector<std::string> add_round(PairedCases& cases, const CaseSeconds& base,
                                   const CaseSeconds& now) {
  std::vector<std::string> alone;
  for (const auto& [name, seconds] : base) {
    if (!now.contains(name)) {
      alone.push_back(name);
      continue;
    }
    cases[name].base.push_back(seconds);
    cases[name].now.push_back(now.at(name));
  }
  for (const auto& [name, seconds] : now)
    if (!base.contains(name)) alone.push_back(name);
  return alone;
}

Verdict verdict_of(const Interval& ratio) {
  if (ratio.lo > kTolerated) return Verdict::kSlower;
  if (ratio.hi < 1 / kTolerated) return Verdict::kFaster;
  const bool between = ratio.lo >= 1 / kTolerated && ratio.hi <= kTolerated;
  return between ? Verdict::kSame : Verdict::kNotResolved;
}

const char* verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSlower:
      return "slower";
    case Verdict::kFaster:
      return "faster";
    case Verdict::kSame:
      return "within 5 %";
    case Verdict::kNotResolved:
      return "not resolved";
  }
  return "";
}

std::vector<Comparison> compare(const PairedCases& cases) {
  // Bonferroni: of many cases one would soon lie beyond its own 95 %.
  const double level = 1 - (1 - kLevel) / static_cast<double>(cases.size());
  std::vector<Comparison> comparisons;
  for (const auto& [name, times] : cases) comparisons.push_back(compared(name, times, level));
  return comparisons;
}

std::string comparison_table(const std::vector<Comparison>& comparisons, const std::string& base) {
  auto text =
      fmt::format("{:<{}} {:>{}} {:>{}} {:>5}  {:<12}  verdict\n", "milliseconds", kNameColumns,
                  clip(base, kTimeColumns), kTimeColumns, "now", kTimeColumns, "ratio", "interval");
  for (const auto& c : comparisons)
    text += fmt::format("{:<{}} {:>{}.3f} {:>{}.3f} {:5.2f}  {:<12}  {}\n",
                        clip(c.name, kNameColumns), kNameColumns, 1e3 * c.base, kTimeColumns,
                        1e3 * c.now, kTimeColumns, c.ratio.value,
                        fmt::format("{:.2f} to {:.2f}", c.ratio.interval->lo, c.ratio.interval->hi),
                        verdict_text(c.verdict()));
  return text;
}

std::string slower_cases(const std::vector<Comparison>& comparisons) {
  std::string text;
  for (const auto& c : comparisons)
    if (c.verdict() == Verdict::kSlower)
      text += fmt::format("{}{} by {:.0f} %", text.empty() ? "" : ", ", c.name,
                          100 * (c.ratio.value - 1));
  return text;
}

double worst_spread(const std::vector<Comparison>& comparisons) {
  double worst = 0;
  for (const auto& c : comparisons) worst = std::max(worst, c.spread);
  return worst;
}

}  // namespace rc
