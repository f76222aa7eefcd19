#include "stages/audit_model/model_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "model/foreign/tiny_checkpoint.h"

namespace rc {
namespace {

ForeignConfig tiny(const std::string& family, const nlohmann::json& own = {}) {
  return foreign_config(tiny_config_json(family, own), "config.json");
}

TEST(ContextOf, IsNoLongerThanTheModelsOwnAndItsShortestWindow) {
  const auto config = tiny("qwen3");
  EXPECT_EQ(context_of(config, 4), 4);
  EXPECT_EQ(context_of(config, 100000), config.context);
  const auto windowed = tiny("gemma3_text", {{"sliding_window", 8}});
  long shortest = windowed.context;
  for (const auto& layer : windowed.layers)
    if (layer.window > 0) shortest = std::min(shortest, layer.window);
  ASSERT_LT(shortest, windowed.context);
  EXPECT_EQ(context_of(windowed, 100000), shortest);
}

TEST(EvaluationsWithin, ShareTheTimeOutAndLeaveSomeOfIt) {
  const auto evaluations = evaluations_within(20, 2);
  EXPECT_EQ(evaluations.at("ablate"), 360);
  EXPECT_EQ(evaluations.at("low-rank"), 150);
  EXPECT_EQ(evaluations_within(1, 1e6).at("ablate"), 1);
}

TEST(FactsText, FitsATerminal) {
  std::istringstream lines(facts_text(tiny("gemma3_text"), 256, 20, 2.25));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(facts_text(tiny("qwen3"), 256, 20, 2.25), testing::HasSubstr("2.2 s"));
}

}  // namespace
}  // namespace rc
