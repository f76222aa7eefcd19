#include "paper/check/check.h"

#include <gtest/gtest.h>

#include <sstream>

#include "paper/testing/synthetic.h"
#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {
namespace {

Numbers one(double value) { return {{"loss.learned", {value, "nats/token", 1, {}}}}; }

bool passes(const Expectation& expected, const Numbers& numbers) {
  return compare({expected}, numbers).front().ok();
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

TEST(Check, TheTableFitsATerminal) {
  const auto table = check_table(compare(
      {{"loss.learned", 4, 0.1, 0, ""}, {std::string(60, 'x'), -12345.678, 0.001234, 0, ""}},
      one(5)));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80u) << line;
  EXPECT_NE(table.find("DRIFT"), std::string::npos);
}

TEST(Check, AcceptKeepsTolerancesAndReasons) {
  const auto accepted =
      accept({{"loss.learned", 4, 0.1, 0.2, "why"}, {"gone", 1, 1, 1, ""}}, one(5));
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].value, 5);
  EXPECT_EQ(accepted[0].atol, 0.1);
  EXPECT_EQ(accepted[0].rtol, 0.2);
  EXPECT_EQ(accepted[0].why, "why");
}

TEST(Check, FilesComeBackAsTheyWere) {
  const auto back = expectations_from_json(to_json({{"loss.learned", 4, 0.1, 0.2, "why"}}));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].name, "loss.learned");
  EXPECT_EQ(back[0].why, "why");
  EXPECT_THROW(expectations_from_json({{"x", {{"value", 1}}}}), UserError);
  EXPECT_THROW(
      expectations_from_json({{"x", {{"value", 1}, {"atol", -1}, {"rtol", 0}, {"why", ""}}}}),
      UserError);
}

TEST(Check, HeadlinesAreNumbersOfARun) {
  const auto numbers = numbers_from_json(synthetic_collection().at("numbers"));
  for (const auto& headline : headline_numbers()) {
    EXPECT_TRUE(numbers.contains(headline.name)) << headline.name;
    EXPECT_GT(headline.atol + headline.rtol, 0) << headline.name;
  }
}

}  // namespace
}  // namespace rc
