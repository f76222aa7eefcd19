// The chain over somebody else's checkpoint.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/chain/chain.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Of the stages of a run those that need no training, once, in a folder of the checkpoint's name.
class ChainOfACheckpoint : public Chain {
 protected:
  ChainOfACheckpoint() {
    write_text("profiles/model.conf", "seeds = 0\narms = learned\n");
    write_text("some model/config.json", "{}");
    write_text("some model/model.safetensors", "weights");
    write_text("some model/README.md", "no part of it");
    write_text("text", "what it is measured on\n");
    stand_in("audit-model");
    script("build/bin/encode-text", "exit 0");
    for (const char* figure : {"layer_correlation", "correlation_by_distance", "gain_wavelength"}) {
      write_text(fmt::format("figures/{}.cpp", figure), "");
      stand_in(fmt::format("figure-{}", figure));
    }
  }
  Outcome audit(const std::string& words) {
    return shell("PATH=$PWD/tools:$PATH make audit-model " + words);
  }
};

TEST_F(ChainOfACheckpoint, RunsTheStagesThatNeedNoTraining) {
  const auto first = audit("MODEL='some model' TEXT=text BUDGET=7");
  ASSERT_EQ(first.status, 0) << first.output;
  EXPECT_TRUE(fs::exists("runs/model-some_model/render.json"));
  EXPECT_TRUE(fs::exists("runs/model-some_model/seed-0/learned/audit-model.json"));
  EXPECT_FALSE(fs::exists("runs/model-some_model/seed-0/learned/train.json"));
  EXPECT_THAT(read_text("runs/model-some_model/settings/audit.model.list"),
              testing::StrEq("some model/config.json\nsome model/model.safetensors\n"));
  EXPECT_THAT(read_text("runs/model-some_model/seed-0/learned/settings/audit-model.conf"),
              HasSubstr("audit.minutes=7\n"));
  EXPECT_THAT(audit("MODEL='some model' TEXT=text BUDGET=7").output, Not(HasSubstr("run:")));
  write_text("some model/model.safetensors", "other weights");
  const auto other = audit("MODEL='some model' TEXT=text BUDGET=7").output;
  EXPECT_THAT(other, AllOf(HasSubstr("audit-model"), HasSubstr("some model/model.safetensors")));
}

TEST_F(ChainOfACheckpoint, TokenizesAnewWhereTheTokenizerChanged) {
  audit("MODEL='some model' TEXT=text");
  script("build/bin/encode-text", "exit 0 # another");
  EXPECT_THAT(audit("MODEL='some model' TEXT=text").output, HasSubstr("build/bin/encode-text"));
}

TEST_F(ChainOfACheckpoint, NeverWritesOverTheAuditOfAnotherFolderOfThatName) {
  ASSERT_EQ(audit("MODEL='some model' TEXT=text").status, 0);
  EXPECT_EQ(audit("MODEL=\"$PWD/some model\" TEXT=text").status, 0) << "the same folder";
  fs::create_directories("below");
  fs::copy("some model", "below/some model");
  const auto outcome = audit("MODEL='below/some model' TEXT=text");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.output, HasSubstr("another checkpoint of that name; move it, or give RUNS="));
  EXPECT_EQ(audit("MODEL='below/some model' TEXT=text RUNS=elsewhere").status, 0);
}

TEST_F(ChainOfACheckpoint, SaysHowToMakeGoodWhatIsDamaged) {
  ASSERT_EQ(audit("MODEL='some model' TEXT=text").status, 0);
  const fs::path file = "runs/model-some_model/seed-0/learned/audit-model.safetensors";
  auto damaged = read_text(file);
  damaged[5] ^= 1;
  write_text(file, damaged);
  const auto told = shell(
      "PATH=$PWD/tools:$PATH make measure-rank MODEL='some model' TEXT=text "
      "SET=measure-rank.number=2");
  EXPECT_NE(told.status, 0);
  EXPECT_THAT(told.output, HasSubstr("make audit-model, with the MODEL and the TEXT"));
  EXPECT_THAT(audit("MODEL='some model' TEXT=text").output, HasSubstr("damaged: audit-model"));
}

TEST_F(ChainOfACheckpoint, SaysWhatIsMissing) {
  for (const auto& [words, complaint] :
       {std::pair{"", "which model?"},
        {"MODEL='some model'", "what shall it be measured on?"},
        {"MODEL='some model' TEXT=text IDS=ids.json", "one of them is expected"},
        {"MODEL='some model' TEXT=text SEEDS='0 1'", "has no SEEDS and no ARMS"},
        {"train MODEL='some model' TEXT=text", "its stages are audit-model measure-rank"},
        {"MODEL=nowhere TEXT=text", "nowhere is no folder"}}) {
    const auto outcome = audit(words);
    EXPECT_NE(outcome.status, 0) << words;
    EXPECT_THAT(outcome.output, HasSubstr(complaint)) << words;
  }
}

}  // namespace
}  // namespace rc
