// Results made elsewhere, other machines, and several that share a folder.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/chain/chain.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Results of a cluster: more seeds of one arm than of the other, and made by other settings.
TEST_F(Chain, FromCollectTakesWhatLies) {
  ASSERT_EQ(make("report SEEDS='0 1' ARMS='learned copy'").status, 0);
  fs::remove_all("runs/mini/seed-1/copy");
  const auto taken = make("report FROM=collect SET=train.number=2");
  EXPECT_EQ(taken.status, 0) << taken.output;
  EXPECT_TRUE(taken.says("collect")) << taken.output;
  EXPECT_FALSE(taken.says("train ")) << taken.output;
  EXPECT_FALSE(fs::exists("runs/mini/seed-1/copy"));
  const auto inputs = read_json("runs/mini/manifest/collect.json").at("inputs").dump();
  EXPECT_THAT(inputs, AllOf(HasSubstr("seed-1/learned"), HasSubstr("seed-0/copy"),
                            Not(HasSubstr("seed-1/copy"))));
  EXPECT_EQ(make("report FROM=collect").output, "the claims\n");
  EXPECT_TRUE(make("report FROM=ablate")
                  .says("FROM=ablate: the stages to begin from are collect and train"));
  fs::remove_all("runs/mini");
  EXPECT_TRUE(make("report FROM=collect").says("no training lies in runs/mini/seed-*/*/"));
}

// Tokens that were made elsewhere, of a text that is not here.
TEST_F(Chain, FromTrainTakesTheTokensThatLie) {
  EXPECT_TRUE(make("report FROM=train")
                  .says("FROM=train: no tokens lie in runs/mini: "
                        "runs/mini/manifest/tokenize.json is missing"));
  ASSERT_EQ(make("tokenize").status, 0);
  fs::remove("corpus.txt");
  EXPECT_NE(make("train").status, 0);
  const auto taken = make("report FROM=train SET=tokenize.number=2");
  EXPECT_EQ(taken.status, 0) << taken.output;
  EXPECT_EQ(runs(taken), all() - 1) << taken.output;
  EXPECT_EQ(make("report FROM=train").output, "the claims\n");
}

/// The folder that an offline bundle unpacks to has tokens, and stages run there as everywhere.
TEST_F(Chain, AnOfflineHostPacksWhatIsTakenInAtHome) {
  fs::create_directories("cmake");
  fs::create_symlink(fs::path(RC_SOURCE) / "cmake/offline", "cmake/offline");
  const std::string offline = "PATH=$PWD/tools:$PATH make HOST=offline ";
  EXPECT_TRUE(shell(offline).says("no tokens lie in runs/"));
  EXPECT_TRUE(make("tokenize HOST=elsewhere").says("HOST=elsewhere: offline is the one there is"));
  EXPECT_EQ(make("tokenize", "HOST=of-a-shell").status, 0);
  ASSERT_EQ(make("tokenize").status, 0);
  const auto there = shell(offline + "SEEDS='0 1'");
  EXPECT_EQ(there.status, 0) << there.output;
  EXPECT_EQ(runs(there), 2 * kEach + 1) << there.output;
  const std::string archive = "runs/mini-results.tar.gz";
  EXPECT_TRUE(there.says("make import RESULTS=mini-results.tar.gz")) << there.output;
  EXPECT_EQ(runs(shell(offline + "SEEDS='0 1'")), 0);

  const auto home = make("import RUNS=home RESULTS=" + archive);
  EXPECT_TRUE(home.says("make report PROFILE=mini FROM=collect")) << home.output;
  const auto report = make("report FROM=collect RUNS=home");
  EXPECT_EQ(report.status, 0) << report.output;
  EXPECT_EQ(runs(report), 2 + static_cast<long>(kFigures.size())) << report.output;
  EXPECT_EQ(make("import RUNS=home RESULTS=" + archive).status, 0) << "the same once more";

  write_text("home/mini/seed-1/learned/manifest/train.json", "another");
  fs::remove("home/mini/kernels.json");
  const auto refused = make("import RUNS=home RESULTS=" + archive);
  EXPECT_NE(refused.status, 0);
  EXPECT_TRUE(refused.says("home/mini/seed-1/learned is another run")) << refused.output;
  EXPECT_FALSE(fs::exists("home/mini/kernels.json")) << "all of it or nothing";
  EXPECT_TRUE(make("import RESULTS=corpus.txt").says("corpus.txt: cannot be unpacked"));
  EXPECT_TRUE(make("import").says("make import RESULTS=FILE"));
}

TEST_F(Chain, APrefixStandsBeforeEveryStage) {
  script("tools/launcher", "echo launched $2 >> launches; shift; exec \"$@\"");
  const auto outcome = make("report LAUNCH='launcher -x'");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  const auto launches = read_text("launches");
  EXPECT_EQ(std::count(launches.begin(), launches.end(), '\n'), all());
  EXPECT_THAT(launches, HasSubstr("launched build/bin/train"));
}

/// Their runs are reached through links that lie side by side in it.
TEST_F(Chain, TwoCheckoutsMayShareABuildAndNameTheirRunsAlike) {
  fs::create_directories("other");
  for (const char* part : {"Makefile", "profiles", "paper", "figures", "corpus.txt"})
    fs::create_symlink(fs::path("..") / part, fs::path("other") / part);
  make("tokenize RUNS='my runs'");
  const auto other = make("tokenize -C other RUNS='my runs' BUILD=$PWD/build");
  EXPECT_TRUE(other.says("tokenize")) << other.output;
  EXPECT_TRUE(fs::exists("other/my runs/mini/manifest/tokenize.json"));
  const auto links = shell("readlink build/runs-*").output;
  EXPECT_THAT(links, AllOf(HasSubstr(fs::absolute("my runs").string() + "\n"),
                           HasSubstr(fs::absolute("other/my runs").string() + "\n")));
}

/// Two hosts, or a container beside its host: process numbers of one mean nothing to the other.
TEST_F(Chain, TwoHostsOnOneFolderLoseNothingAndDoNothingTwice) {
  const std::string host =
      "PATH=$PWD/tools:$PATH STAND_IN_SLOW=1 unshare --map-root-user --pid --fork --mount-proc "
      "make report PROFILE=mini -j2 SEEDS='0 1' ";
  const auto both =
      shell(host + "> a.log 2>&1 & " + host + "> b.log 2>&1; b=$?; wait $! && exit $b");
  const auto a = read_text("a.log"), b = read_text("b.log");
  ASSERT_EQ(both.status, 0) << a << "\n----\n" << b;
  EXPECT_EQ(runs({0, a}) + runs({0, b}), all(2)) << a << "\n----\n" << b;
  EXPECT_THAT(a + b, HasSubstr("waiting for another run of")) << "they never met";
  make("report RUNS=alone SEEDS='0 1'");
  for (const char* file : {"collect.json", "seed-1/learned/ablate.safetensors", "render.json"})
    EXPECT_EQ(read_text(fs::path("runs/mini") / file), read_text(fs::path("alone/mini") / file));
  EXPECT_EQ(shell("find runs -name '.*.tmp-*'").output, "");
}

}  // namespace
}  // namespace rc
