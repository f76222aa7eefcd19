// From settings, inputs and outputs to "cached" or the reason to run.
#include "pipeline/stage/stage.h"

#include <cmath>
#include <stdexcept>

#include "pipeline/stage/stage_fixture.h"
#include "pipeline/stage/whole.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(StageTest, RunsOnceThenIsCached) {
  EXPECT_EQ(reason(cut()), "never run");
  run(cut(), writes("tokens/t", "ids"));
  EXPECT_THAT(said_, HasSubstr("run: never run"));
  EXPECT_TRUE(look(cut()).current);
  run(cut(), [](Context&) { FAIL() << "ran again"; });
  EXPECT_THAT(said_, HasSubstr("cached"));
}

TEST_F(StageTest, SettingsThatChangeResultsCountOthersDoNot) {
  run_cut();
  run(learn(), writes("w.json", "{}"));
  EXPECT_TRUE(look(learn({"threads=3"})).current);
  EXPECT_EQ(look(learn({"threads=3"})).key, look(learn()).key);
  EXPECT_EQ(reason(learn({"learn.steps=500"})), "setting learn.steps: 320 -> 500");
}

TEST_F(StageTest, ProgramCounts) {
  run_cut();
  write_text(program_, "version 2");
  EXPECT_EQ(reason(cut()), "program changed");
  fs::remove(program_);
  EXPECT_THAT(user_error([&] { reason(cut()); }), HasSubstr("not built"));
}

TEST_F(StageTest, MachineCountsWhereAStageSaysSo) {
  run_cut();
  run(learn(), writes("w.json", "{}"));
  learn_ = stage_learn({{"library", "2"}, {"auto.device", "cpu"}});
  EXPECT_EQ(reason(learn()), "environment library: 1 -> 2");
  learn_ = stage_learn({{"library", "1"}, {"auto.device", "cuda"}});
  EXPECT_EQ(reason(learn()), "environment device: cpu -> cuda");
}

/// What auto means is no matter where nobody said auto.
TEST_F(StageTest, MachineCountsOnlyForWhatIsLeftToIt) {
  run_cut();
  run(learn({"device=cpu"}), writes("w.json", "{}"));
  learn_ = stage_learn({{"library", "1"}, {"auto.device", "cuda"}});
  EXPECT_TRUE(look(learn({"device=cpu"})).current);
}

TEST_F(StageTest, FilesFromOutsideCount) {
  run_cut();
  const std::string key = look(cut()).key;
  write_text(corpus_, "some Text");
  EXPECT_EQ(reason(cut()), "input changed: " + corpus_.generic_string());
  EXPECT_NE(look(cut()).key, key);
}

TEST_F(StageTest, ListedFilesComeAndGo) {
  write_text(folder_ / "a", "x");
  write_text(folder_ / "b", "y");
  const auto list = folder_ / "list";
  const auto listed = [&](const std::string& names) {
    write_text(list, names);
    return Context(cut_, Settings(all_tables(cut_)), runs_, {"@" + list.string()});
  };
  const std::string a = (folder_ / "a").string() + "\n", b = (folder_ / "b").string() + "\n";
  run(listed(a), writes("ids", "1"));
  EXPECT_TRUE(look(listed(a)).current);
  EXPECT_THAT(reason(listed(a + b)), HasSubstr("new input: "));
  EXPECT_THAT(reason(listed("")), HasSubstr("input gone: "));
}

/// A file whose name is no UTF-8 is looked at like any other, and found again.
TEST_F(StageTest, NamesOfAnyBytesAreCached) {
  const fs::path odd = folder_ / "caf\xe9.txt";
  write_text(odd, "text");
  const auto context = [&] {
    return Context(cut_, Settings(all_tables(cut_), {"cut.text=" + odd.string()}), runs_, {odd});
  };
  run(context(), writes("ids", "1"));
  EXPECT_EQ(reason(context()), "");
}

TEST_F(StageTest, OutputsAreLookedAt) {
  run_cut();
  write_text(runs_ / "tokens/a.ids", "IDS");
  EXPECT_EQ(reason(cut()), "damaged: tokens/a.ids");
  EXPECT_TRUE(staleness(cut(), program_, Look::kSizes).current) << "of equal size";
  write_text(runs_ / "tokens/a.ids", "longer");
  EXPECT_EQ(staleness(cut(), program_, Look::kSizes).reason, "damaged: tokens/a.ids");
  fs::remove(runs_ / "tokens/a.ids");
  EXPECT_EQ(reason(cut()), "missing: tokens/a.ids");
}

TEST_F(StageTest, DamagedManifestMeansRun) {
  run_cut();
  write_text(cut_manifest(), "{\"stage\": \"cut\"}");
  EXPECT_EQ(reason(cut()), "manifest damaged");
  run(cut(), writes("tokens/t", "ids"));
  EXPECT_TRUE(look(cut()).current);
}

/// Not even in what decides nothing: the pages say which revision gave a number.
TEST_F(StageTest, NoBitOfAManifestFlipsUnseen) {
  run_cut();
  const auto whole = read_text(cut_manifest());
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 37) {
    auto flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    write_text(cut_manifest(), flipped);
    try {
      const auto read = read_manifest(cut_manifest());
      // White space between words may be another.
      EXPECT_EQ(to_json(*read), nlohmann::json::parse(whole)) << bit;
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("cut.json"));
    }
  }
  write_text(cut_manifest(), whole);
  EXPECT_TRUE(look(cut()).current);
}

TEST_F(StageTest, WhoReadsResultsIsToldOfDamage) {
  require_whole(runs_, "mini");  // nothing was run yet
  run_cut();
  require_whole(runs_, "mini");
  const auto ids = read_text(runs_ / "tokens/a.ids");
  write_text(runs_ / "tokens/a.ids", std::string(ids.size(), '?'));
  EXPECT_THAT(user_error([&] { require_whole(runs_, "mini"); }),
              AllOf(HasSubstr("a.ids is damaged"), HasSubstr("make cut PROFILE=mini")));
  fs::remove(runs_ / "tokens/a.ids");
  EXPECT_THAT(user_error([&] { require_whole(runs_, "mini"); }), HasSubstr("a.ids is missing"));
}

TEST_F(StageTest, AllDamageIsFound) {
  run_cut();
  run(learn({}, 1, "copy"), writes("w.json", "{}"));
  EXPECT_TRUE(find_damage(runs_, "mini").empty());
  write_text(run_dir(1, "copy") / "w.json", "{]");
  write_text(cut_manifest(), "{}");
  const auto damage = find_damage(runs_, "mini");
  ASSERT_EQ(damage.size(), 2u);
  EXPECT_EQ(damage[0].file, cut_manifest());
  EXPECT_EQ(damage[0].remedy, "make cut PROFILE=mini");
  EXPECT_EQ(damage[1].file, run_dir(1, "copy") / "w.json");
  EXPECT_EQ(damage[1].what, "damaged");
  EXPECT_EQ(damage[1].remedy, "make learn PROFILE=mini");
}

TEST_F(StageTest, UpstreamMustHaveRun) {
  const auto error = user_error([&] { learn(); });
  EXPECT_THAT(error, AllOf(HasSubstr("cut"), HasSubstr("make cut PROFILE=mini")));
}

TEST_F(StageTest, AnInputOfAnotherKindIsNamed) {
  run_cut();
  EXPECT_THAT(user_error([&] { draw({cut_manifest()}); }),
              AllOf(HasSubstr("cut.json is of stage cut"), HasSubstr("draw reads: learn")));
}

/// A manifest may come from elsewhere: nothing outside its folder is read or removed for it.
TEST_F(StageTest, OutputsOutsideTheirFolderAreRefused) {
  run_cut();
  for (const char* path : {"/etc/passwd", "../../up", "a/../../b"}) {
    auto manifest = read_json(cut_manifest());
    manifest["outputs"][0]["path"] = path;
    write_json(cut_manifest(), sealed(manifest));
    EXPECT_THAT(user_error([&] { read_manifest(cut_manifest()); }), HasSubstr("outside")) << path;
    EXPECT_EQ(reason(cut()), "manifest damaged");
  }
}

TEST_F(StageTest, DamagedInputStopsBeforeTheBody) {
  run_cut();
  write_text(runs_ / "tokens/a.ids", "IDS");
  bool ran = false;
  const auto error = user_error([&] { run(learn(), [&](Context&) { ran = true; }); });
  EXPECT_THAT(error, AllOf(HasSubstr("a.ids is damaged"), HasSubstr("make cut PROFILE=mini")));
  EXPECT_FALSE(ran);
  fs::remove(runs_ / "tokens/a.ids");
  EXPECT_THAT(user_error([&] { run(learn(), [](Context&) {}); }), HasSubstr("missing"));
}

TEST_F(StageTest, CascadeStopsWhereBytesAreUnchanged) {
  run_cut("ids");
  run(learn(), writes("w.json", "{}"));
  run_cut("ids");
  EXPECT_TRUE(look(learn()).current);
  run_cut("other ids");
  EXPECT_EQ(reason(learn()), "input changed: tokens/a.ids");
}

TEST_F(StageTest, RunsOfSeedsAndArmsAreApart) {
  run_cut();
  run(learn({}, 1, "copy"), writes("w.json", "{}"));
  EXPECT_TRUE(fs::exists(run_dir(1, "copy") / "w.json"));
  EXPECT_EQ(reason(learn({}, 0, "copy")), "never run");
  EXPECT_NE(look(learn({}, 0, "copy")).key, look(learn({}, 1, "copy")).key);
}

TEST_F(StageTest, AStageReadsEveryManifestItIsGiven) {
  run_cut();
  std::vector<fs::path> manifests;
  for (const long seed : {0, 1})
    for (const char* arm : {"learned", "copy"}) {
      run(learn({}, seed, arm), writes("w.json", "{}"));
      manifests.push_back(learn_manifest(seed, arm));
    }
  EXPECT_THAT(draw(manifests).outputs_of({"learn", ".json"}),
              ElementsAre(run_dir(0, "copy") / "w.json", run_dir(0, "learned") / "w.json",
                          run_dir(1, "copy") / "w.json", run_dir(1, "learned") / "w.json"));
  EXPECT_EQ(draw({manifests[0]}).output_of("learn", ".json"), run_dir(0, "learned") / "w.json");
  EXPECT_NE(user_error([&] { draw(manifests).output_of("learn", ".json"); }), "");
}

TEST_F(StageTest, SuffixSelectsOutputs) {
  run(cut(), [&](Context& c) {
    writes("tokens/2.ids", "b")(c);
    writes("tokens/1.ids", "a")(c);
    writes("tokens/t.json", "{}")(c);
  });
  EXPECT_THAT(learn().outputs_of({"cut", ".ids"}),
              ElementsAre(runs_ / "tokens/1.ids", runs_ / "tokens/2.ids"));
}

TEST_F(StageTest, APatternNamesManyStages) {
  EXPECT_TRUE(is_named("figure-loss", "figure-*"));
  EXPECT_TRUE(is_named("cut", "*"));
  EXPECT_FALSE(is_named("cut", "figure-*"));
  EXPECT_FALSE(is_named("cutter", "cut"));
}

TEST_F(StageTest, ReadingWhatIsNotDeclaredIsOurMistake) {
  run_cut();
  const Context context = learn();
  EXPECT_THROW(context.settings().integer("cut.pieces"), std::logic_error);
  EXPECT_THROW(context.outputs_of({"cut", ".json"}), std::logic_error);
  EXPECT_THROW(context.outputs_of({"draw", ".ids"}), std::logic_error);
  EXPECT_NO_THROW(context.outputs_of({"cut", "a.ids"}));
}

TEST_F(StageTest, WritesJsonWithItsOwnHead) {
  run_cut();
  run(learn({}, 3, "copy"), [](Context& c) { c.write("w.json", {{"x", 1}}); });
  EXPECT_EQ(read_json(run_dir(3, "copy") / "w.json"),
            (nlohmann::json{{"stage", "learn"}, {"seed", 3}, {"arm", "copy"}, {"x", 1}}));
  run(cut({"cut.pieces=400"}), [](Context& c) { c.write("t.json", {}); });
  EXPECT_EQ(read_json(runs_ / "t.json"), (nlohmann::json{{"stage", "cut"}}));
}

/// What a stage leaves undefined it says by null; a NaN that became one would pass for that.
TEST_F(StageTest, ANumberThatIsNoneIsNamedAndNotWritten) {
  const auto writing = [&](double value) {
    return user_error([&] {
      run(cut(), [&](Context& c) { c.write("t.json", {{"curve", {nullptr, {1.5, value}}}}); });
    });
  };
  EXPECT_THAT(writing(NAN), AllOf(HasSubstr("t.json"), HasSubstr("/curve/1/1 would be nan")));
  EXPECT_THAT(writing(-INFINITY), HasSubstr("/curve/1/1 would be -inf"));
  EXPECT_FALSE(std::filesystem::exists(runs_ / "t.json"));
  EXPECT_EQ(writing(2.5), "");
}

}  // namespace
}  // namespace rc
