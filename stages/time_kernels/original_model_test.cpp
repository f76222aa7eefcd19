#include "stages/time_kernels/original_model.h"

#include <gtest/gtest.h>

#include "bench/settings.h"
#include "pipeline/settings/profile.h"

namespace rc {
namespace {

TEST(OriginalModel, IsThatOfTheProfileWhichTrainsIt) {
  std::vector<std::string> shape;
  for (const auto& [name, value] : read_conf("profiles/paper.conf"))
    if (name.starts_with("model.") || name == "tokens.vocabulary")
      shape.push_back(name + "=" + value);
  const Settings settings(timing_tables(), shape);
  const auto expected = ModelConfig::from(settings, settings.integer("tokens.vocabulary"));
  const auto model = original_model();
  EXPECT_EQ(model.parameters(), expected.parameters());
  EXPECT_EQ(model.parameters(), 88630528);
  EXPECT_EQ(model.layers, expected.layers);
  EXPECT_EQ(model.heads, expected.heads);
  EXPECT_EQ(model.kv_floats(), expected.kv_floats());
  EXPECT_EQ(model.d_k, expected.d_k);
  EXPECT_EQ(model.context, expected.context);
  EXPECT_EQ(model.frequencies.width, expected.frequencies.width);
}

TEST(OriginalModel, ReadsItsWholeContextInAStepAndAShorterPrompt) {
  const auto works = original_workloads(
      Settings(timing_tables(), {"kernels.original_prompt=77", "kernels.decode_batch=3"}));
  ASSERT_EQ(works.size(), 2u);
  EXPECT_EQ(works[0].phase, Phase::kPrefill);
  EXPECT_EQ(works[0].batch, 1);
  EXPECT_EQ(works[0].context, 77);
  EXPECT_EQ(works[1].batch, 3);
  EXPECT_EQ(works[1].context, 2048);
}

}  // namespace
}  // namespace rc
