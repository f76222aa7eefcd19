// From a profile and wishes to each stage's own settings.
#include "pipeline/stage/preparation.h"

#include "pipeline/settings/profile.h"
#include "pipeline/stage/stage_fixture.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Preparation : public testing::Test {
 protected:
  Preparation() {
    write_text("profiles/mini.conf",
               "# small\nseeds = 0 1\narms = learned\n[learn]\nsteps = 16  # few\n");
    write_text("profiles/arms/learned.conf", "about = as it is\n");
    write_text("profiles/arms/short.conf", "about = fewer steps\n[learn]\nsteps = 8\n");
    write_text("corpus.txt", "text");
    for (const StageSpec& spec : {stage_cut(), stage_learn(), stage_draw()})
      write_json("stages/" + spec.name + ".json", describe(spec));
    stages_ = read_descriptions("stages");
  }

  RunRequest request(std::vector<std::string> overrides = {}) {
    return {.profile = "mini",
            .folder = "runs/mini",
            .overrides = std::move(overrides),
            .seeds = {"0", "1"},
            .arms = {"learned", "short"}};
  }

  std::string error_of(const std::vector<std::string>& overrides) {
    return user_error([&] { write_settings(request(overrides), stages_); });
  }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
  std::map<std::string, Description> stages_;
};

TEST_F(Preparation, EachStageFindsItsOwnSettingsAndNoOther) {
  write_settings(request({"cut.pieces=500"}), stages_);
  EXPECT_EQ(read_text("runs/mini/settings/cut.conf"),
            "cut.pieces=500\ncut.text=corpus.txt\nprofile=mini\n");
  EXPECT_THAT(read_text("runs/mini/seed-1/learned/settings/learn.conf"),
              AllOf(HasSubstr("learn.steps=16\n"), HasSubstr("seed=1\n"),
                    HasSubstr("arm=learned\n"), Not(HasSubstr("cut."))));
  EXPECT_EQ(read_text("runs/mini/settings/draw.conf"), "profile=mini\n");
}

/// What makes an arm an arm holds against the command line too; else it would be another arm.
TEST_F(Preparation, AnArmComesAfterWhatTheCommandLineSays) {
  write_settings(request({"learn.steps=99"}), stages_);
  EXPECT_THAT(read_text("runs/mini/seed-0/learned/settings/learn.conf"), HasSubstr("steps=99\n"));
  EXPECT_THAT(read_text("runs/mini/seed-0/short/settings/learn.conf"), HasSubstr("steps=8\n"));
}

TEST_F(Preparation, AnArmThatOthersReadHasSettingsAndIsNoRun) {
  auto one = request();
  one.arms = {"short"}, one.also = {"learned"};
  write_settings(one, stages_);
  list_runs(one);
  EXPECT_TRUE(fs::exists("runs/mini/seed-1/learned/settings/learn.conf"));
  EXPECT_EQ(read_text("runs/mini/settings/runs.list"), "seed-0/short\nseed-1/short\n");
}

TEST_F(Preparation, WhatAnArmTellsTheMakefileIsNoSetting) {
  write_text(
      "profiles/arms/short.conf",
      "about = fewer steps\nstages = learn\nreads = learned\naudit = no\n[learn]\nsteps = 8\n");
  write_settings(request(), stages_);
  EXPECT_THAT(read_text("runs/mini/seed-0/short/settings/learn.conf"),
              AllOf(HasSubstr("steps=8\n"), Not(HasSubstr("stages")),
                    Not(HasSubstr("reads=learned")), Not(HasSubstr("audit"))));
}

TEST_F(Preparation, UnchangedSettingsAreLeftAlone) {
  write_settings(request(), stages_);
  const fs::path file = "runs/mini/settings/cut.conf";
  const auto then = fs::last_write_time(file) - std::chrono::hours(1);
  fs::last_write_time(file, then);
  write_settings(request({"learn.steps=17"}), stages_);
  EXPECT_EQ(fs::last_write_time(file), then);
}

TEST_F(Preparation, NamesWhatIsWrong) {
  EXPECT_THAT(error_of({"learn.step=9"}), HasSubstr("did you mean learn.steps?"));
  EXPECT_THAT(error_of({"learn.steps"}), HasSubstr("name=value"));
  EXPECT_THAT(error_of({"seed=3"}), HasSubstr("SEEDS=\"3\""));
  EXPECT_THAT(error_of({"arms=learned short"}), HasSubstr("ARMS=\"learned short\""));
  auto other = request();
  other.arms = {"lerned"};
  EXPECT_THAT(user_error([&] { write_settings(other, stages_); }),
              HasSubstr("no arm lerned in profiles/arms; there are: learned, short"));
  other = request();
  other.profile = "../mini";
  EXPECT_THAT(user_error([&] { write_settings(other, stages_); }), HasSubstr("there are: mini"));
  write_text("profiles/mini.conf", "learn.stps = 9\n");
  EXPECT_THAT(error_of({}), AllOf(HasSubstr("profiles/mini.conf"), HasSubstr("learn.steps?")));
  write_text("profiles/mini.conf", "learn.steps = 9\nlearn.steps = 10\n");
  EXPECT_THAT(error_of({}), HasSubstr("set twice"));
  write_text("profiles/mini.conf", "just words\n");
  EXPECT_THAT(error_of({}), HasSubstr("mini.conf"));
}

TEST_F(Preparation, SeesALibraryReplacedAndAnotherDevice) {
  const auto stamps = [&](std::vector<std::string> overrides = {}) {
    stamp_machine(request(std::move(overrides)));
    return read_text("runs/mini/settings/machine.stamps");
  };
  write_text("libtorch.so", "1");
  stamps();
  write_text("runs/mini/settings/machine.list", "libtorch.so\n");
  const auto before = stamps();
  EXPECT_EQ(stamps(), before);
  write_text("libtorch.so", "2.6");
  EXPECT_NE(stamps(), before);
  EXPECT_NE(stamps({"device=cuda"}), stamps());
}

TEST_F(Preparation, ListsTheRuns) {
  list_runs(request());
  EXPECT_EQ(read_text("runs/mini/settings/runs.list"),
            "seed-0/learned\nseed-0/short\nseed-1/learned\nseed-1/short\n");
}

TEST_F(Preparation, ListsAPathsFilesAndSeesThemChange) {
  fs::create_directory("texts");
  write_text("texts/b", "1");
  write_text("texts/a b", "2");
  const auto list = [&] {
    list_files(request({"cut.text=texts"}), stages_);
    return read_text("runs/mini/settings/cut.text.list");
  };
  EXPECT_EQ(list(), "texts/a b\ntexts/b\n");
  const fs::path file = "runs/mini/settings/cut.text.list";
  const auto long_ago = fs::last_write_time(file) - std::chrono::hours(1);
  fs::last_write_time(file, long_ago);
  list();
  EXPECT_EQ(fs::last_write_time(file), long_ago);
  write_text("texts/b", "longer");
  list();
  EXPECT_GT(fs::last_write_time(file), long_ago);
  fs::remove_all("texts");
  fs::create_directory("texts");
  EXPECT_THAT(user_error([&] { list(); }), HasSubstr("holds no file"));
}

TEST_F(Preparation, OfACheckpointListsWhatIsReadOfIt) {
  constexpr Setting kFolder[] = {{"cut.model", Kind::kText, "", "checkpoint", 0, 0, "a folder"}};
  auto spec = stage_cut();
  spec.settings = {kFolder};
  stages_.at("cut") = {.spec = spec};
  list_files(request(), stages_);
  EXPECT_FALSE(fs::exists("runs/mini/settings/cut.model.list"));  // none is named
  for (const char* file :
       {"config.json", "a.safetensors", "spm.model", "weights.bin", "onnx/a.json"})
    write_text(fs::path("m") / file, "x");
  list_files(request({"cut.model=m"}), stages_);
  EXPECT_EQ(read_text("runs/mini/settings/cut.model.list"),
            "m/a.safetensors\nm/config.json\nm/spm.model\n");
  EXPECT_THAT(user_error([&] { list_files(request({"cut.model=corpus.txt"}), stages_); }),
              HasSubstr("corpus.txt is no folder"));
  EXPECT_THAT(user_error([&] { list_files(request({"cut.model=m/onnx/none"}), stages_); }),
              HasSubstr("is no folder"));
}

class BrokenManifests : public StageTest {};

TEST_F(BrokenManifests, GoWhereOutputsAreGone) {
  run_cut();
  run(learn(), writes("w.json", "{}"));
  EXPECT_THAT(drop_broken_manifests(runs_), ElementsAre());
  fs::remove(run_dir(0, "learned") / "w.json");
  EXPECT_THAT(drop_broken_manifests(runs_), ElementsAre(HasSubstr("w.json is missing")));
  EXPECT_FALSE(fs::exists(learn_manifest(0, "learned")));
  EXPECT_TRUE(fs::exists(cut_manifest()));
  write_text(runs_ / "tokens/a.ids", "longer than it was");
  EXPECT_THAT(drop_broken_manifests(runs_), ElementsAre(HasSubstr("another size")));
  write_text(cut_manifest(), "{");
  EXPECT_THAT(drop_broken_manifests(runs_), ElementsAre(HasSubstr("is not JSON")));
}

}  // namespace
}  // namespace rc
