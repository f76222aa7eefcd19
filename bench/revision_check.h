// Did this revision become slower than an earlier one? Programs of both run in turn, and each round
// gives a pair of times of every case.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Seconds of every case of one run of a benchmark, by the case's name.
using CaseSeconds = std::map<std::string, double>;

/// The fastest call (`fastest_s`) of each case of a report in Google Benchmark's JSON: what other
/// programs do to a call only adds to it. UserError names `source`, which it was read from, where
/// that is no such report or has no case with a time.
CaseSeconds case_seconds(std::string_view report, const std::string& source);

/// Times of a case, entry i of both from the same round.
struct PairedTimes {
  std::vector<double> base, now;  // seconds
};

/// Of cases that both revisions have.
using PairedCases = std::map<std::string, PairedTimes>;

/// One round: its times go to the cases that both have. Returns the names of the others.
std::vector<std::string> add_round(PairedCases& cases, const CaseSeconds& base,
                                   const CaseSeconds& now);

/// Times may grow by so much before it counts; what is faster has to be so by as much.
inline constexpr double kTolerated = 1.05;

enum class Verdict { kSlower, kFaster, kSame, kNotResolved };

/// Slower or faster where the whole interval of now / base lies beyond kTolerated or 1 /
/// kTolerated, the same where it lies between them, and not resolved where it reaches over one of
/// them: noise widens the interval and so fails nothing.
Verdict verdict_of(const Interval& ratio);
const char* verdict_text(Verdict verdict);  // "slower", "faster", "within 5 %", "not resolved"

struct Comparison {
  std::string name;
  double base = 0, now = 0;  // seconds, medians over rounds
  Number ratio;              // now / base: median over rounds, with its interval
  double spread = 0;         // of the ratios, (q75 - q25) / median
  Verdict verdict() const { return verdict_of(*ratio.interval); }
};

/// Every case by its pairs: what disturbs the machine for a while falls on both times of a pair.
/// Intervals are percentile bootstraps over rounds, so wide that all of them hold at 95 % together.
std::vector<Comparison> compare(const PairedCases& cases);

/// A line a case, at most 80 columns. `base` is what the earlier revision is called.
std::string comparison_table(const std::vector<Comparison>& comparisons, const std::string& base);

/// "decode/highway/width:64 by 98 %, ..." of those that are slower; "" if none is.
std::string slower_cases(const std::vector<Comparison>& comparisons);

/// Largest spread of a case.
double worst_spread(const std::vector<Comparison>& comparisons);

}  // namespace rc
