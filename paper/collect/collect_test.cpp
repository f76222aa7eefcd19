#include <gtest/gtest.h>

#include "paper/collect/difficulty.h"
#include "paper/collect/merge.h"
#include "paper/testing/golden_collection.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/hash.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/settings/profile.h"
#include "pipeline/stage/manifest.h"

namespace rc {
namespace {

const Interval kBand{0.9, 1.2, 0.95, kOverSequences};

/// A training result with this loss.
StageResult trained_to(const std::string& arm, long seed, double loss) {
  StageResult result{.file = arm + std::to_string(seed), .arm = arm, .seed = seed};
  result.numbers["loss"] = {loss, "nats/token", 1,
                            Interval{loss - 0.03, loss + 0.04, 0.95, kOverSequences}};
  return result;
}

StageResult with_number(const std::string& file, const std::string& name, const Number& number) {
  StageResult result{.file = file};
  result.numbers[name] = number;
  return result;
}

template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Collect, NamesArms) {
  EXPECT_EQ(name_of_arm("rank.pr.deep", "learned"), "rank.pr.deep");
  EXPECT_EQ(name_of_arm("rank.pr.deep", "frozen"), "rank.frozen.pr.deep");
  EXPECT_EQ(name_of_arm("loss", "learned"), "loss.learned");
  EXPECT_EQ(name_of_arm("loss", "copy"), "loss.copy");
}

TEST(Collect, RefusesBadNames) {
  for (const auto* good : {"loss", "ablate.low_gain.60", "gains.cv.layer_mid"})
    EXPECT_NO_THROW(check_name(good)) << good;
  for (const auto* bad : {"", "Loss", "a..b", "a.", ".a", "a b", "rank.f1", "gains.n"})
    EXPECT_THROW(check_name(bad), UserError) << bad;
}

TEST(Collect, KeepsTheBandOfASingleSeed) {
  const auto numbers = merge({with_number("a", "x.y", {1, "share", 1, kBand})});
  EXPECT_EQ(numbers.at("x.y").n, 1);
  EXPECT_EQ(numbers.at("x.y").interval->method, kOverSequences);
  EXPECT_EQ(numbers.at("x.y").interval->hi, 1.2);
}

TEST(Collect, SeedsGiveMeanAndStudentsInterval) {
  const auto numbers = merge({trained_to("learned", 0, 4.0), trained_to("learned", 1, 4.1),
                              trained_to("learned", 2, 4.2)});
  const auto& loss = numbers.at("loss.learned");
  EXPECT_DOUBLE_EQ(loss.value, 4.1);
  EXPECT_EQ(loss.n, 3);
  EXPECT_EQ(loss.interval->method, "t over seeds");
  // t(0.975, 2 degrees) = 4.30265; standard error = 0.1 / sqrt(3)
  EXPECT_NEAR(loss.interval->hi, 4.1 + 0.248414, 1e-5);
  EXPECT_EQ(loss.by_seed, (std::map<long, double>{{0, 4.0}, {1, 4.1}, {2, 4.2}}));
}

// Student's over two seeds would be 12.7 standard errors wide, and decide nothing.
TEST(Collect, TwoSeedsKeepTheIntervalOverSequences) {
  auto first = with_number("a", "x.y", {1, "share", 1, kBand});
  auto second = with_number("b", "x.y", {2, "share", 1, Interval{1.5, 2.4, 0.95, kOverSequences}});
  second.seed = 1;
  const auto both = merge({first, second}).at("x.y");
  EXPECT_DOUBLE_EQ(both.value, 1.5);
  EXPECT_EQ(both.interval->method, kOverSequences);
  EXPECT_DOUBLE_EQ(both.interval->hi, (kBand.hi + 2.4) / 2);
  EXPECT_EQ(both.by_seed, (std::map<long, double>{{0, 1}, {1, 2}}));
  second.numbers["x.y"].interval.reset();
  EXPECT_FALSE(merge({first, second}).at("x.y").interval);
}

TEST(Collect, OneNameHasOneMeaning) {
  const Number number{1, "share", 1, {}};
  EXPECT_EQ(error_of([&] {
              merge({with_number("a.json", "x.y", number), with_number("b.json", "x.y", number)});
            }),
            "x.y is in both a.json and b.json; a name has one meaning");
  auto other_seed = with_number("b.json", "x.y", {1, "ratio", 1, {}});
  other_seed.seed = 1;
  EXPECT_EQ(error_of([&] {
              merge({with_number("a.json", "x.y", number), other_seed});
            }),
            "x.y is in share in a.json and in ratio in b.json");
  auto arm = with_number("c.json", "x.y", number);
  arm.arm = "copy";
  EXPECT_EQ(error_of([&] {
              merge({with_number("a.json", "x.copy.y", number), arm});
            }),
            "x.copy.y is in both a.json and c.json; a name has one meaning");
}

TEST(Collect, ReadsWhatAStageWrites) {
  GoldenRun run;
  const auto result = read_result(run.file("seed-3/copy/ablation.json"));
  EXPECT_EQ(result.arm, "copy");
  EXPECT_EQ(result.seed, 3);
  EXPECT_FALSE(result.once);
  EXPECT_TRUE(result.numbers.contains("ablate.low_gain.60.share"));
  EXPECT_TRUE(read_result(run.file("kernels.json")).once);
  const auto file = run.folder() / "result.json";
  write_json(file, {{"numbers", {{"x", {{"value", nullptr}, {"unit", ""}, {"n", 1}}}}}});
  const auto error = error_of([&] { read_result(file); });
  EXPECT_NE(error.find(file.string() + ": x: "), std::string::npos) << error;
  write_json(file, {{"seed", 0}, {"arm", "learned"}});
  EXPECT_NE(error_of([&] { read_result(file); }).find("key 'numbers' not found"),
            std::string::npos);
}

/// A stage that did not exist when collect was written.
TEST(Collect, ReadsStagesItHasNeverHeardOf) {
  GoldenRun run;
  auto manifests = run.inputs(kCollected);
  write_json(run.folder() / "tomorrow.json",
             {{"stage", "tomorrow"},
              {"numbers", {{"tomorrow.x", {{"value", 1}, {"unit", "share"}, {"n", 1}}}}}});
  auto manifest = read_json(manifests.back());
  manifest["stage"] = "tomorrow";
  const auto digest = digest_file(run.folder() / "tomorrow.json");
  manifest["outputs"] = {{{"path", "tomorrow.json"},
                          {"sha256", digest.sha256},
                          {"xxh3", digest.xxh3},
                          {"bytes", digest.bytes}}};
  manifests.push_back(run.folder() / "manifest/tomorrow.json");
  write_json(manifests.back(), sealed(manifest));
  const auto collected = collected_from(manifests, {"learned"});
  EXPECT_EQ(collected.at("numbers").at("tomorrow.x").at("value"), 1);
  EXPECT_EQ(collected.at("provenance").at("stages").back().at("stage"), "tomorrow");
}

TEST(Collect, TellsRevisionsApartOfWhichOneIsTheOthersBeginning) {
  GoldenRun run;
  auto manifests = run.inputs(kCollected, {0}, {"learned"});
  const auto at = [&](std::size_t place, const char* revision) {
    auto manifest = read_json(manifests[place]);
    manifest["git_revision"] = revision;
    write_json(manifests[place], sealed(manifest));
  };
  for (std::size_t i = 0; i < manifests.size(); ++i) at(i, "abc123");
  at(1, "abc12");
  EXPECT_EQ(collected_from(manifests, {"learned"}).at("provenance").at("git_revision"),
            "abc123, abc12");
}

TEST(Collect, TellsStagesInTheOrderOfTheCommandLine) {
  std::vector<std::string> stages;
  for (const auto& row : golden_collection().at("provenance").at("stages"))
    stages.push_back(row.at("stage"));
  EXPECT_EQ(stages, kCollected);
}

TEST(Collect, TellsWhichStageMadeANumber) {
  const auto& made_by = golden_collection({"learned", "copy"}).at("made_by");
  const auto has = [&](const std::string& stage, const std::string& name) {
    const std::vector<std::string> names = made_by.at(stage).at("numbers");
    return std::ranges::find(names, name) != names.end();
  };
  EXPECT_TRUE(has("measure-rank", "rank.coordinate_pr.final.deep"));
  EXPECT_TRUE(has("train", "loss"));
  EXPECT_TRUE(has("measure-rank", "ghost.fraction.gaussian")) << "follows from rank.json";
  EXPECT_FALSE(has("ablate", "ablate.copy.attention_benefit")) << "names have no arm";
  EXPECT_TRUE(made_by.at("time-kernels").at("once"));
  EXPECT_FALSE(made_by.at("train").at("once"));
}

TEST(Collect, TellsWhatOrdersAreCalled) {
  const auto collected = golden_collection();
  const auto ablation = GoldenRun::read("seed-0/learned/ablation.json");
  ASSERT_EQ(collected.at("orders").size(), ablation.at("orders").size());
  double place = -1;
  for (const auto& row : collected.at("orders")) {
    const auto& order = ablation.at("orders").at(row.at("name").get<std::string>());
    EXPECT_EQ(row.at("title"), order.at("title"));
    EXPECT_GT(order.at("place"), place);
    place = order.at("place");
  }
  EXPECT_EQ(collected.at("percents"), ablation.at("shown_percents"));
}

TEST(Collect, TellsWhatArmsAreAbout) {
  const auto collected = golden_collection({"learned", "thin16"});
  EXPECT_EQ(collected.at("arms"), (nlohmann::json{"learned", "thin16"}));
  EXPECT_EQ(collected.at("about_arms").size(), 2u);
  EXPECT_EQ(collected.at("about_arms").at("thin16"),
            read_conf("profiles/arms/thin16.conf").at("about"));
  GoldenRun run;
  EXPECT_EQ(error_of([&] {
              collected_from(run.inputs(kCollected, {0}, {"learned", "copy"}), {"learned"});
            }),
            "collect reads profiles/arms/copy.conf; make collect names it");
}

/// As a profile says it of an arm that is a yardstick only.
TEST(Collect, AnArmMayBeTrainedAlone) {
  GoldenRun run;
  auto manifests = run.inputs(kCollected);
  for (auto& manifest : run.inputs({"train"}, {0}, {"none"})) manifests.push_back(manifest);
  const auto collected = collected_from(manifests, {"learned", "none"});
  EXPECT_EQ(collected.at("arms"), (nlohmann::json{"learned", "none"}));
  EXPECT_TRUE(collected.at("numbers").contains("loss_difference.none"));
  EXPECT_FALSE(collected.at("numbers").contains("ablate.none.attention_benefit"));
}

TEST(Collect, TellsHowManySequencesAStageMeasuresOn) {
  const auto& numbers = golden_collection().at("numbers");
  const auto& settings = golden_collection().at("provenance").at("settings");
  for (const std::string section : {"ablate", "snapshot"})
    EXPECT_EQ(numbers.at("sequences." + section).at("value"),
              std::stod(settings.at(section + ".sequences").get<std::string>()));
}

/// Keeps token losses beside what a manifest names, of a model whose hard tokens need width.
void add_token_losses(const std::filesystem::path& manifest_file) {
  const auto folder = manifest_file.parent_path().parent_path();
  std::vector<float> whole, cut;
  for (int i = 0; i < 40; ++i) {
    whole.push_back(static_cast<float>(i));
    cut.push_back(static_cast<float>(1.1 * i));
  }
  const auto view = [](const std::vector<float>& values) {
    return TensorView{"F32", {2, 20}, std::as_bytes(std::span(values))};
  };
  write_safetensors(folder / kTokenLosses,
                    {{"baseline", view(whole)}, {"low_gain", view(cut)}, {"random", view(whole)}},
                    {{"percent", "80"}});
  auto manifest = read_json(manifest_file);
  const auto digest = digest_file(folder / kTokenLosses);
  manifest["outputs"].push_back({{"path", kTokenLosses},
                                 {"sha256", digest.sha256},
                                 {"xxh3", digest.xxh3},
                                 {"bytes", digest.bytes}});
  write_json(manifest_file, sealed(manifest));
}

TEST(Collect, ReadsTokenLossesOfTwoSeeds) {
  for (const long seeds : {1, 2}) {
    GoldenRun run;
    std::vector<long> list;
    for (long seed = 0; seed < seeds; ++seed) list.push_back(seed);
    for (const auto& seed : list)  // numbers that an earlier edition of the stage wrote
      run.change("seed-" + std::to_string(seed) + "/learned/ablation.json", [](auto& ablation) {
        for (const auto* order : {"low_gain", "random"})
          for (const auto* what : {".trend", ".p"})
            ablation["numbers"].erase(std::string("difficulty.") + order + what);
      });
    auto manifests = run.inputs(kCollected, list);
    for (const auto& manifest : manifests)
      if (manifest.filename() == "ablate.json") add_token_losses(manifest);
    const auto collected = collected_from(manifests, {"learned"});
    EXPECT_EQ(collected.contains("difficulty"), seeds == 2);
    if (seeds < 2) continue;
    EXPECT_EQ(collected.at("numbers").at("difficulty.low_gain.trend").at("value"), 1);
    // Deciles of four tokens, 4 d - 2.5 in the mean: a tenth of it is the rise.
    EXPECT_NEAR(collected.at("numbers").at("difficulty.low_gain.slope").at("value").get<double>(),
                0.4, 1e-5);
    EXPECT_EQ(collected.at("difficulty").at("percent"), 80);
  }
}

TEST(Collect, NeedsTheMainArm) {
  EXPECT_EQ(error_of([] { golden_collection({"copy"}); }),
            "the documents are about arm learned; add learned to ARMS");
}

TEST(Collect, OriginalsHaveSources) {
  const auto originals = read_json("paper/originals.json");
  EXPECT_EQ(numbers_from_json(originals).at("original.rank.layer_mid").value, 11.4);
  for (const auto& [name, number] : originals.items()) {
    EXPECT_TRUE(name.starts_with("original.")) << name;
    EXPECT_FALSE(number.at("source").get<std::string>().empty()) << name;
    EXPECT_NO_THROW(check_name(name));
  }
}

}  // namespace
}  // namespace rc
