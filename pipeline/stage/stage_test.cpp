// From settings, inputs and outputs to "cached" or the reason to run.
#include "pipeline/stage/stage.h"

#include <stdexcept>

#include "pipeline/stage/stage_fixture.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(StageTest, RunsOnceThenIsCached) {
  EXPECT_EQ(reason(context("tokenize")), "never run");
  run(context("tokenize"), writes("tokens/t", "ids"));
  EXPECT_THAT(said_, HasSubstr("run: never run"));
  EXPECT_TRUE(assess(context("tokenize"), program_).cached);
  run(context("tokenize"), [](Context&) { FAIL() << "ran again"; });
  EXPECT_THAT(said_, HasSubstr("cached"));
}

TEST_F(StageTest, DeclaredSettingsCountOthersDoNot) {
  tokenize();
  EXPECT_TRUE(assess(context("tokenize", {"train.steps=500", "threads=3"}), program_).cached);
  EXPECT_EQ(reason(context("tokenize", {"tokens.vocabulary=512"})),
            "setting tokens.vocabulary: 4096 -> 512");
}

TEST_F(StageTest, ProgramCounts) {
  tokenize();
  write_text(program_, "version 2");
  EXPECT_EQ(reason(context("tokenize")), "program changed");
  fs::remove(program_);
  EXPECT_THAT(user_error([&] { reason(context("tokenize")); }), HasSubstr("not built"));
}

TEST_F(StageTest, FilesFromOutsideCount) {
  tokenize();
  const std::string key = assess(context("tokenize"), program_).key;
  write_text(corpus_, "some Text");
  EXPECT_EQ(reason(context("tokenize")), "input changed: " + corpus_.generic_string());
  EXPECT_NE(assess(context("tokenize"), program_).key, key);
}

TEST_F(StageTest, FilesOfACorpusFolderComeAndGo) {
  fs::remove(corpus_);
  write_text(corpus_ / "a", "x");
  write_text(corpus_ / "b", "y");
  tokenize();
  write_text(corpus_ / "c", "z");
  EXPECT_THAT(reason(context("tokenize")), HasSubstr("new input: "));
  fs::remove(corpus_ / "b");
  fs::remove(corpus_ / "c");
  EXPECT_THAT(reason(context("tokenize")), HasSubstr("input gone: "));
}

TEST_F(StageTest, OutputsAreLookedAt) {
  tokenize();
  write_text(runs_ / "tokens/tokens.safetensors", "IDS");
  EXPECT_EQ(reason(context("tokenize")), "damaged: tokens/tokens.safetensors");
  fs::remove(runs_ / "tokens/tokens.safetensors");
  EXPECT_EQ(reason(context("tokenize")), "missing: tokens/tokens.safetensors");
}

TEST_F(StageTest, DamagedManifestMeansRun) {
  tokenize();
  write_text(runs_ / "manifest/tokenize.json", "{\"stage\": \"tokenize\"}");
  EXPECT_EQ(reason(context("tokenize")), "manifest damaged");
  run(context("tokenize"), writes("tokens/t", "ids"));
  EXPECT_TRUE(assess(context("tokenize"), program_).cached);
}

TEST_F(StageTest, UpstreamMustHaveRun) {
  const auto error = user_error([&] { reason(context("train")); });
  EXPECT_THAT(error, AllOf(HasSubstr("tokenize"), HasSubstr("make tokenize PROFILE=defaults")));
}

TEST_F(StageTest, DamagedInputStopsBeforeTheBody) {
  tokenize();
  write_text(runs_ / "tokens/tokens.safetensors", "IDS");
  bool ran = false;
  const auto error = user_error([&] { run(context("train"), [&](Context&) { ran = true; }); });
  EXPECT_THAT(error, AllOf(HasSubstr("tokens.safetensors is damaged"), HasSubstr("make tokenize")));
  EXPECT_FALSE(ran);
  fs::remove(runs_ / "tokens/tokens.safetensors");
  EXPECT_THAT(user_error([&] { run(context("train"), [](Context&) {}); }), HasSubstr("missing"));
}

TEST_F(StageTest, CascadeStopsWhereBytesAreUnchanged) {
  tokenize("ids");
  run(context("train"), writes("train.json", "{}"));
  tokenize("ids");
  EXPECT_TRUE(assess(context("train"), program_).cached);
  tokenize("other ids");
  EXPECT_EQ(reason(context("train")), "input changed: tokens/tokens.safetensors");
}

TEST_F(StageTest, RunsOfSeedsAndArmsAreApart) {
  tokenize();
  run(context("train", {}, 1, "copy"), writes("train.json", "{}"));
  EXPECT_TRUE(fs::exists(runs_ / "seed-1/copy/train.json"));
  EXPECT_EQ(reason(context("train", {}, 0, "copy")), "never run");
  EXPECT_NE(assess(context("train", {}, 0, "copy"), program_).key,
            assess(context("train", {}, 1, "copy"), program_).key);
}

TEST_F(StageTest, ProfileStageReadsEverySeedAndArm) {
  tokenize();
  const std::vector<std::string> runs = {"seeds=0 1", "arms=learned copy"};
  for (const long seed : {0, 1})
    for (const char* arm : {"learned", "copy"})
      run(context("train", {}, seed, arm), writes("train.json", "{}"));
  EXPECT_THAT(context("figure-loss", runs).outputs_of({"train", ".json"}),
              ElementsAre(runs_ / "seed-0/copy/train.json", runs_ / "seed-0/learned/train.json",
                          runs_ / "seed-1/copy/train.json", runs_ / "seed-1/learned/train.json"));
  EXPECT_EQ(context("figure-loss").output_of("train", ".json"),
            runs_ / "seed-0/learned/train.json");
  EXPECT_NE(user_error([&] { context("figure-loss", runs).output_of("train", ".json"); }), "");
}

TEST_F(StageTest, SuffixSelectsOutputs) {
  tokenize();
  run(context("train"), [&](Context& c) {
    writes("checkpoints/step-000002.safetensors", "b")(c);
    writes("checkpoints/step-000001.safetensors", "a")(c);
    writes("train.json", "{}")(c);
  });
  EXPECT_THAT(context("snapshot").outputs_of({"train", ".safetensors"}),
              ElementsAre(runs_ / "seed-0/learned/checkpoints/step-000001.safetensors",
                          runs_ / "seed-0/learned/checkpoints/step-000002.safetensors"));
}

TEST_F(StageTest, ReadingWhatIsNotDeclaredIsOurMistake) {
  tokenize();
  const Context train = context("train");
  EXPECT_THROW(train.settings().integer("ablate.sequences"), std::logic_error);
  EXPECT_THROW(train.outputs_of({"tokenize", ".json"}), std::logic_error);
  EXPECT_THROW(train.outputs_of({"snapshot", ".safetensors"}), std::logic_error);
  EXPECT_NO_THROW(train.outputs_of({"tokenize", "tokens.safetensors"}));
}

}  // namespace
}  // namespace rc
