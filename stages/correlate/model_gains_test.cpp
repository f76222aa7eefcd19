#include "stages/correlate/model_gains.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "stages/correlate/correlation_report.h"

namespace rc {
namespace {

std::string longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::string longest;
  for (std::string line; std::getline(lines, line);)
    if (line.size() > longest.size()) longest = line;
  return longest;
}

Rows gains(double ripple) {
  Rows rows(40, std::vector<double>(16));
  for (std::size_t l = 0; l < rows.size(); ++l)
    for (std::size_t i = 0; i < 16; ++i)
      rows[l][i] = 100 + 50 * ripple * std::sin(1.0 + static_cast<double>(i * i + l));
  return rows;
}

TEST(ModelGains, AskedForByTheirOption) {
  const auto asks = [](std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    return asks_for_model_gains(static_cast<int>(argv.size()), argv.data());
  };
  EXPECT_TRUE(asks({"correlate", "--out", "x", "--gains", "f"}));
  EXPECT_TRUE(asks({"correlate", "--gains=f"}));
  EXPECT_FALSE(asks({"correlate", "--profile", "smoke"}));
}

TEST(ModelSummary, FitsEightyColumnsAndTellsTheMean) {
  const auto report = model_report({gains(1)}, {.draws = 99});
  const auto text = model_summary(report, std::string(200, 'x'));
  EXPECT_LE(longest_line(text).size(), 80u) << longest_line(text);
  const double pearson = report["numbers"]["correlate.pearson.mean"]["value"];
  EXPECT_NE(text.find(std::to_string(pearson).substr(0, 5)), std::string::npos) << text;
}

TEST(ModelSummary, SpeaksOfFrequenciesWhereTheModelDoes) {
  ModelGains model{gains(1), RotarySteps(40, {7, 6, 5, 4, 3, 2, 1, 0})};
  const auto text = model_summary(model_report(model, {.draws = 99}), "ours.safetensors");
  EXPECT_NE(text.find("by frequency"), std::string::npos) << text;
  EXPECT_LE(longest_line(text).size(), 80u) << longest_line(text);
  model.rotary_pairs.clear();
  const auto without = model_summary(model_report(model, {.draws = 99}), "theirs.safetensors");
  EXPECT_EQ(without.find("by frequency"), std::string::npos) << without;
}

TEST(ModelSummary, ConstantGainsAreUndefinedNotAnError) {
  const auto text = model_summary(model_report({gains(0)}, {.draws = 99}), "constant.safetensors");
  EXPECT_NE(text.find("undefined"), std::string::npos) << text;
  EXPECT_LE(longest_line(text).size(), 80u) << longest_line(text);
}

}  // namespace
}  // namespace rc
