#include "paper/check/check.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <map>
#include <sstream>

#include "paper/collect/merge.h"
#include "paper/testing/golden_collection.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/program.h"
#include "pipeline/testing.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

Run one(double value) {
  return {{{"loss.learned", {value, "nats/token", 1, {}}}}, {"learned", "thin16"}};
}

bool passes(const Expectation& expected, const Run& run) {
  return compare({expected}, run).front().ok();
}

/// A run of these arms that holds a loss of each, and of all arms what they share.
Run run_of(const std::vector<std::string>& arms, double loss) {
  Run run{.arms = arms};
  for (const auto& arm : arms) run.numbers["loss." + arm] = {loss, "nats/token", 1, {}};
  return run;
}

TEST(Check, WithinToleranceOnBothSides) {
  const Expectation loss{"loss.learned", 4.0, 0.1, 0.05, "why"};  // 0.1 + 0.05 * 4 = 0.3
  EXPECT_DOUBLE_EQ(loss.allowed(), 0.3);
  EXPECT_TRUE(passes(loss, one(4.29)));
  EXPECT_TRUE(passes(loss, one(3.71)));
  EXPECT_FALSE(passes(loss, one(4.31)));
  EXPECT_FALSE(passes(loss, one(3.69)));
}

TEST(Check, NegativeNumbersAllowAsMuch) {
  EXPECT_DOUBLE_EQ((Expectation{"x", -4, 0, 0.05, ""}.allowed()), 0.2);
}

TEST(Check, AMissingNumberIsDrift) {
  const auto outcomes = compare({{"gone", 1, 100, 0, "why"}}, one(4));
  EXPECT_TRUE(outcomes.front().missing);
  EXPECT_FALSE(outcomes.front().ok());
  EXPECT_NE(check_table(outcomes).find("MISSING"), std::string::npos);
}

TEST(Check, AnArmThatWasNotAskedForIsNoDrift) {
  const Expectation copy{"loss.copy", 0.05, 0.01, 0, "why", "copy"};
  const auto absent = compare({copy}, run_of({"learned"}, 4));
  EXPECT_TRUE(absent.front().ok());
  EXPECT_NE(check_table(absent).find("not in this run: arm copy"), std::string::npos);
  EXPECT_FALSE(passes(copy, run_of({"learned", "copy"}, 4))) << "it is there and drifted";
  EXPECT_FALSE(passes(copy, {{}, {"learned", "copy"}})) << "the arm is there, the number is not";
  EXPECT_FALSE(passes({"loss.copy", 0.05, 0.01, 0, "why"}, run_of({"learned"}, 4)))
      << "no arm excuses it";
}

TEST(Check, AStageThatOnlyAuditsRunIsNoDriftInAReport) {
  const Expectation healed{"heal.healed", 0.01, 0.02, 0, "why", "", "heal"};
  const auto of_stages = [](const std::vector<std::string>& stages) {
    return rc::Run{.arms = {"learned"}, .stages = stages};
  };
  const auto report = of_stages({"train"}), audit = of_stages({"train", "heal"});
  EXPECT_TRUE(passes(healed, report));
  EXPECT_NE(check_table(compare({healed}, report)).find("not in this run: stage heal"),
            std::string::npos);
  EXPECT_FALSE(passes(healed, audit)) << "the stage is there, the number is not";
  const auto again = expectations_from_json(to_json(accept({healed}, report)));
  EXPECT_EQ(again.front().stage, "heal");
  EXPECT_EQ(again.front().value, 0.01) << "a report does not forget what an audit told";
}

TEST(Check, AcceptKnowsArms) {
  const std::vector<Expectation> watched = {
      {"loss.learned", 0, 1, 0, ""}, {"loss.copy", 0, 1, 0, ""}, {"loss.thin16", NAN, 1, 0, ""}};
  const auto audit = accept(watched, run_of({"learned", "copy"}, 3));
  ASSERT_EQ(audit.size(), 2u) << "thin16 was never run";
  EXPECT_EQ(audit[0].arm, "") << "every run has the main arm";
  EXPECT_EQ(audit[1].arm, "copy");
  const auto plain = accept(audit, run_of({"learned"}, 4));
  ASSERT_EQ(plain.size(), 2u) << "a run without an arm does not forget it";
  EXPECT_EQ(plain[0].value, 4);
  EXPECT_EQ(plain[1].value, 3);
}

TEST(Check, HeadlinesJoinWhatIsWatched) {
  const auto watched = with_headlines({{"loss.learned", 4, 0.7, 0, "mine"}});
  EXPECT_EQ(watched.size(), headline_numbers().size());
  EXPECT_EQ(watched.front().atol, 0.7) << "a file's tolerance stays";
}

TEST(Check, TheTableFitsATerminal) {
  const auto table =
      check_table(compare({{"loss.learned", 4, 0.1, 0, ""},
                           {std::string(60, 'x'), -12345.678, 0.001234, 0, ""},
                           {"loss_difference.virtual12_random", 1, 1, 0, "", "virtual12_random"}},
                          one(5)));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80u) << line;
  EXPECT_NE(table.find("DRIFT"), std::string::npos);
}

TEST(Check, AcceptKeepsTolerancesAndReasons) {
  const auto accepted = accept({{"loss.learned", 4, 0.1, 0.2, "why"}}, one(5));
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].value, 5);
  EXPECT_EQ(accepted[0].atol, 0.1);
  EXPECT_EQ(accepted[0].rtol, 0.2);
  EXPECT_EQ(accepted[0].why, "why");
}

Run with_loss(const std::map<long, double>& seeds) {
  Run run{.numbers = {}, .arms = {"learned"}};
  run.numbers["loss.learned"] = over_seeds(seeds, "nats/token");
  return run;
}

// s = 1, t(0.975, 2 degrees) = 4.30265: one further seed lies within t sqrt(1 + 1/3) of the mean.
TEST(Check, SeveralSeedsWidenATolerance) {
  const auto run = with_loss({{0, 4.0}, {1, 5.0}, {2, 6.0}});
  const auto widened = accept({{"loss.learned", 0, 0.1, 0, "why"}}, run);
  EXPECT_EQ(widened[0].value, 5);
  EXPECT_NEAR(widened[0].atol, 4.96827, 1e-5);
  EXPECT_NE(widened[0].why, "why");
  EXPECT_EQ(accept({{"loss.learned", 0, 7, 0, "why"}}, run)[0].atol, 7) << "is wide enough";
  const auto two = with_loss({{0, 4.0}, {1, 6.0}});
  EXPECT_EQ(accept({{"loss.learned", 0, 0.1, 0, "why"}}, two)[0].atol, 0.1) << "two seeds";
}

TEST(Check, AcceptForgetsNoNumber) {
  EXPECT_THROW(accept({{"gone", 1, 1, 1, ""}}, one(5)), UserError);
}

TEST(Check, AFileThatExpectsNothingIsRefused) {
  for (const auto& empty : {json::object(), json::array(), json()})
    EXPECT_THROW(expectations_from_json(empty), UserError) << empty;
}

TEST(Check, SettingsThatAreNewerThanTheNumbersAreFound) {
  TestFolder folder;
  const auto settings = folder / "seed-0/learned/settings/train.conf";
  write_text(settings, "train.steps=320\n");
  EXPECT_FALSE(newer_settings(folder.path())) << "nothing was collected here";
  write_text(folder / "manifest/collect.json", "{}");
  const auto collected = std::filesystem::last_write_time(folder / "manifest/collect.json");
  std::filesystem::last_write_time(settings, collected);
  EXPECT_FALSE(newer_settings(folder.path()));
  std::filesystem::last_write_time(settings, collected + std::chrono::seconds(1));
  EXPECT_EQ(newer_settings(folder.path()), settings);
}

TEST(Check, FilesComeBackAsTheyWere) {
  const auto back = expectations_from_json(
      to_json({{"loss.copy", 4, 0.1, 0.2, "why", "copy"}, {"loss.learned", 4, 0.1, 0.2, "why"}}));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].name, "loss.copy");
  EXPECT_EQ(back[0].why, "why");
  EXPECT_EQ(back[0].arm, "copy");
  EXPECT_EQ(back[1].arm, "");
  EXPECT_THROW(expectations_from_json({{"x", {{"value", 1}}}}), UserError);
  EXPECT_THROW(
      expectations_from_json({{"x", {{"value", 1}, {"atol", -1}, {"rtol", 0}, {"why", ""}}}}),
      UserError);
}

TEST(Check, HeadlinesAreNumbersOfARun) {
  const auto run = run_from_json(golden_collection(all_arms()));
  for (const auto& headline : headline_numbers()) {
    EXPECT_TRUE(run.numbers.contains(headline.name)) << headline.name;
    EXPECT_GT(headline.atol + headline.rtol, 0) << headline.name;
    EXPECT_LE(headline.rtol, 0.5) << headline.name << " could be anything";
  }
  EXPECT_EQ(accept(headline_numbers(), run).size(), headline_numbers().size());
}

/// Smoke is of one seed; several widen a tolerance by how far they lie apart. Who widens one in a
/// file alone would lose it with the file.
TEST(Check, CommittedTolerancesAreTheHeadlines) {
  std::map<std::string, Expectation> committed;
  for (const auto& expected : expectations_from_json(read_json("paper/expected/smoke.json")))
    committed.emplace(expected.name, expected);
  long held = 0;
  for (const auto& headline : headline_numbers()) {
    if (!committed.contains(headline.name)) continue;
    EXPECT_EQ(committed.at(headline.name).atol, headline.atol) << headline.name;
    EXPECT_EQ(committed.at(headline.name).rtol, headline.rtol) << headline.name;
    ++held;
  }
  EXPECT_GT(held, 25);
}

TEST(Check, WhatNoRunHasToldIsNotAccepted) {
  for (const auto& accepted : accept(headline_numbers(), run_from_json(golden_collection())))
    EXPECT_NE(accepted.name, "benefit.learned") << "takes arm no_attention";
}

/// The table first, also where both streams go into one file.
TEST(Check, TheProgramEndsWithWhatDrifted) {
  const TestFolder folder;
  const json collected = golden_collection(all_arms());
  write_json(folder / "runs/smoke/numbers.json", collected);
  auto expected = accept(headline_numbers(), run_from_json(collected));
  const auto check = [&] {
    write_json(folder / "expected/smoke.json", to_json(expected));
    return run_command({.program = "sh",
                        .arguments = {"-c", "exec \"$0\" --profile smoke --expected expected 2>&1",
                                      (program_folder() / "check").string()},
                        .folder = folder.path()});
  };
  EXPECT_EQ(check().status, 0);
  expected.front().value += 100;
  const auto drifted = check();
  EXPECT_EQ(drifted.status, 1);
  const auto told = drifted.output.find("check: error: 1 of ");
  ASSERT_NE(told, std::string::npos) << drifted.output;
  EXPECT_EQ(drifted.output.find('\n', told) + 1, drifted.output.size()) << drifted.output;
}

TEST(Check, APlainRunHoldsAgainstAnAudit) {
  const auto audited = accept(headline_numbers(), run_from_json(golden_collection(all_arms())));
  int not_asked = 0;
  for (const auto& outcome : compare(audited, run_from_json(golden_collection()))) {
    EXPECT_TRUE(outcome.ok()) << outcome.expected.name;
    not_asked += !outcome.lacks.empty();
  }
  EXPECT_GT(not_asked, 5);
}

}  // namespace
}  // namespace rc
