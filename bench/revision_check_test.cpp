#include "bench/revision_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <sstream>

#include "pipeline/testing.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Rounds of a case that takes `factor` times as long now, each time off by `noise` of itself; what
/// disturbs the machine in a round makes both of its times up to twice as long.
PairedTimes paired(double factor, double noise, std::size_t rounds, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> off(0, noise);
  std::uniform_real_distribution<double> disturbed(1, 2);
  PairedTimes times;
  for (std::size_t r = 0; r < rounds; ++r) {
    const double seconds = 1e-3 * disturbed(random);
    times.base.push_back(seconds * std::exp(off(random)));
    times.now.push_back(seconds * factor * std::exp(off(random)));
  }
  return times;
}

Comparison judged(double factor, double noise, unsigned seed) {
  return compare({{"decode", paired(factor, noise, 11, seed)}}).front();
}

TEST(RevisionCheck, VerdictByHand) {
  EXPECT_EQ(verdict_of({1.06, 1.2}), Verdict::kSlower);
  EXPECT_EQ(verdict_of({1.05, 1.2}), Verdict::kNotResolved) << "5 % is allowed";
  EXPECT_EQ(verdict_of({0.9, 1.2}), Verdict::kNotResolved);
  EXPECT_EQ(verdict_of({0.99, 1.05}), Verdict::kSame);
  EXPECT_EQ(verdict_of({0.9, 1}), Verdict::kNotResolved);
  EXPECT_EQ(verdict_of({0.8, 0.95}), Verdict::kFaster);
}

TEST(RevisionCheck, TellsMediansOfTimesAndOfTheirRatios) {
  const auto c = compare({{"decode", {{1, 2, 4, 8, 10}, {2, 2, 2, 24, 10}}}}).front();
  EXPECT_EQ(c.name, "decode");
  EXPECT_DOUBLE_EQ(c.base, 4);
  EXPECT_DOUBLE_EQ(c.now, 2);
  EXPECT_DOUBLE_EQ(c.ratio.value, 1);  // of 2, 1, 1/2, 3, 1
  EXPECT_DOUBLE_EQ(c.spread, 1);       // quartiles 1 and 2
  EXPECT_EQ(c.ratio.interval->method, "bootstrap over rounds");
  EXPECT_GE(c.ratio.interval->lo, 0.5);
  EXPECT_LE(c.ratio.interval->hi, 3);
}

/// As many cases as are compared, in fifty checks of each noise.
TEST(RevisionCheck, NoiseAloneFailsNothing) {
  unsigned seed = 0;
  for (const double noise : {0.01, 0.03, 0.1})
    for (int check = 0; check < 50; ++check) {
      PairedCases cases;
      for (int i = 0; i < 9; ++i) cases[fmt::format("case {}", i)] = paired(1, noise, 11, ++seed);
      EXPECT_EQ(slower_cases(compare(cases)), "") << "noise " << noise;
    }
}

TEST(RevisionCheck, IntervalsHoldTogether) {
  const auto times = paired(1, 0.1, 11, 0);
  const auto alone = *compare({{"a", times}}).front().ratio.interval;
  const auto among =
      *compare({{"a", times}, {"b", times}, {"c", times}, {"d", times}, {"e", times}})
           .front()
           .ratio.interval;
  EXPECT_DOUBLE_EQ(alone.level, 0.95);
  EXPECT_DOUBLE_EQ(among.level, 0.99);
  EXPECT_LT(among.lo, alone.lo);
}

TEST(RevisionCheck, TenPercentBehindLittleNoiseAreSlower) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(judged(1.10, 0.01, seed).verdict(), Verdict::kSlower) << "seed " << seed;
    EXPECT_EQ(judged(1 / 1.10, 0.01, seed).verdict(), Verdict::kFaster) << "seed " << seed;
  }
}

TEST(RevisionCheck, ThreePercentPass) {
  for (unsigned seed = 0; seed < 100; ++seed)
    EXPECT_EQ(judged(1.03, 0.005, seed).verdict(), Verdict::kSame) << "seed " << seed;
}

TEST(RevisionCheck, NamesWhatIsSlower) {
  const auto comparisons = compare({{"decode", paired(2, 0.01, 11, 0)},
                                    {"prefill", paired(1, 0.01, 11, 1)},
                                    {"training", paired(0.5, 0.01, 11, 2)}});
  EXPECT_THAT(slower_cases(comparisons), testing::MatchesRegex("decode by (9|10)[0-9] %"));
  EXPECT_EQ(slower_cases({comparisons[1], comparisons[2]}), "");
  EXPECT_DOUBLE_EQ(worst_spread(comparisons),
                   std::max({comparisons[0].spread, comparisons[1].spread, comparisons[2].spread}));
}

TEST(RevisionCheck, TableFitsATerminal) {
  const auto table =
      comparison_table(compare({{"decode/highway/cold/width:128", paired(1, 1, 11, 0)},
                                {"training/fused", paired(1, 0.01, 11, 1)}}),
                       "v10.11.12-rc1");
  EXPECT_THAT(table, HasSubstr("not resolved"));
  EXPECT_THAT(table, HasSubstr("within 5 %"));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80u) << line;
}

TEST(RevisionCheck, PairsCasesThatBothHave) {
  PairedCases cases;
  EXPECT_THAT(add_round(cases, {{"a", 1}, {"old", 5}}, {{"a", 2}, {"new", 6}}),
              ElementsAre("old", "new"));
  EXPECT_TRUE(add_round(cases, {{"a", 3}}, {{"a", 4}}).empty());
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_THAT(cases["a"].base, ElementsAre(1, 3));
  EXPECT_THAT(cases["a"].now, ElementsAre(2, 4));
}

TEST(RevisionCheck, ReadsTheFastestCallsOfAReport) {
  const auto seconds = case_seconds(R"({"context": {}, "benchmarks": [
      {"name": "decode/width:26/manual_time", "real_time": 9, "fastest_s": 0.25},
      {"name": "training/fused", "fastest_s": 2},
      {"name": "without", "real_time": 1}]})",
                                    "bench-attention of v1");
  EXPECT_EQ(seconds, (CaseSeconds{{"decode/width:26", 0.25}, {"training/fused", 2}}));
}

TEST(RevisionCheck, NamesWhoGaveNoReport) {
  const auto complaint = [](const char* report) {
    return user_error([&] { case_seconds(report, "bench-attention of v1"); });
  };
  for (const char* report : {"", "{", "{}", "[]", R"({"benchmarks": [{"fastest_s": "x"}]})",
                             R"({"benchmarks": [{"name": "a", "fastest_s": "x"}]})"})
    EXPECT_THAT(complaint(report), HasSubstr("bench-attention of v1 gives no report")) << report;
  EXPECT_THAT(complaint(R"({"benchmarks": []})"), HasSubstr("bench-attention of v1 timed nothing"));
}

}  // namespace
}  // namespace rc
