// What a plan says of recipes.
#include "pipeline/stage/plan.h"

#include "pipeline/stage/dag.h"
#include "pipeline/stage/stage_fixture.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Plan : public StageTest {
 protected:
  Plan() {
    for (const StageSpec& spec : {cut_, learn_, draw_}) {
      const auto file = folder_ / (spec.name + ".json");
      write_json(file, describe(spec));
      stages_.emplace(spec.name, read_description(file));
      write_text(folder_ / spec.name, "version 1");  // the program
    }
    keep(cut_, runs_, {});
    keep(learn_, run_dir(0, "learned"), {});
    keep(draw_, runs_, {});
  }

  void keep(const StageSpec& spec, const fs::path& folder, std::vector<std::string> overrides) {
    overrides.emplace_back("profile=mini");
    write_text(folder / "settings" / (spec.name + ".conf"),
               settings_text(Settings(all_tables(spec), overrides).values()));
  }

  std::vector<PlannedJob> jobs() {
    const auto word = [&](const fs::path& path) { return path.string(); };
    return plan_jobs(
        {{word(folder_ / "cut"), "--out", word(runs_), word(corpus_)},
         {word(folder_ / "learn"), "--out", word(run_dir(0, "learned")), word(cut_manifest())},
         {word(folder_ / "draw"), "--out", word(runs_), word(learn_manifest(0, "learned"))}},
        stages_, facts_);
  }

  std::vector<std::string> reasons() {
    std::vector<std::string> all;
    for (const auto& job : jobs()) all.push_back(job.current ? "cached" : job.reason);
    return all;
  }

  void run_all() {
    run(cut(), writes("a.ids", "ids"));
    run(learn(), writes("w.json", "{}"));
    run(draw({learn_manifest(0, "learned")}), writes("picture", "p"));
  }

  std::map<std::string, Description> stages_;
  Environment facts_ = {{"library", "1"}, {"auto.device", "cpu"}};
};

TEST_F(Plan, TellsWhatEachWaitsFor) {
  EXPECT_THAT(reasons(), ElementsAre("never run", "never run", "never run"));
  run_all();
  EXPECT_THAT(reasons(), ElementsAre("cached", "cached", "cached"));
  keep(learn_, run_dir(0, "learned"), {"learn.steps=9"});
  EXPECT_THAT(reasons(), ElementsAre("cached", "setting learn.steps: 320 -> 9", "after learn"));
  write_text(folder_ / "draw", "version 2");
  EXPECT_THAT(reasons()[2], "program changed") << "a reason of its own comes first";
}

TEST_F(Plan, SeesTheMachineAndTheText) {
  run_all();
  facts_["library"] = "2";
  EXPECT_THAT(reasons(), ElementsAre("cached", "environment library: 1 -> 2", "after learn"));
  write_text(corpus_, "another text");
  EXPECT_THAT(reasons()[0], HasSubstr("input changed: "));
}

TEST_F(Plan, ReadsWhatMakePrints) {
  const auto words = [&](const std::string& line) { return stage_words(line, "b/bin", stages_); };
  EXPECT_THAT(*words("b/bin/cut --out 'my runs' it\\'s"),
              ElementsAre("b/bin/cut", "--out", "my runs", "it's"));
  for (const char* line :
       {"", "cmake --build b", "b/bin/unknown --out x", "bin/cut", "# b/bin/cut"})
    EXPECT_FALSE(words(line)) << line;
}

TEST_F(Plan, GraphFitsATerminal) {
  EXPECT_EQ(dag_text(stages_),
            "stage                            reads\n"
            "cut                              the text\n"
            "draw                             learn\n"
            "learn                          * cut\n"
            "* once for every seed and arm; the others once a profile\n");
}

TEST_F(Plan, GraphAsAPictureDrawsFiguresTogether) {
  auto stages = stages_;
  stages["figure-a"] = stages["figure-b"] = stages["draw"];
  const auto dot = dag_dot(stages);
  EXPECT_THAT(dot, HasSubstr("\"learn\" [peripheries=2]"));
  EXPECT_THAT(dot, HasSubstr("\"cut\" -> \"learn\"\n"));
  EXPECT_THAT(dot, HasSubstr("\"learn\" -> \"figures\"\n"));
  EXPECT_THAT(dot, Not(HasSubstr("figure-a")));
}

TEST_F(Plan, TextFitsATerminalAndCounts) {
  run_all();
  keep(cut_, runs_, {"cut.pieces=512"});
  const auto text = plan_text(jobs());
  EXPECT_THAT(text, AllOf(HasSubstr("run: setting cut.pieces: 4096 -> 512"),
                          HasSubstr("seed 0, learned   run: after cut"),
                          HasSubstr("stages to run: 3, up to date: 0")));
}

}  // namespace
}  // namespace rc
