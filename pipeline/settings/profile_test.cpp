#include "pipeline/settings/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string error_of_override(const std::string& word) {
  return user_error([&] { Profile::defaults({word}); });
}

TEST(Profile, DefaultsComeFromTheTable) {
  const Profile profile = Profile::defaults();
  EXPECT_EQ(profile.integer("train.steps"), 320);
  EXPECT_DOUBLE_EQ(profile.real("train.muon_lr"), 0.024);
  EXPECT_EQ(profile.text("device"), "auto");
  EXPECT_THAT(profile.integers("seeds"), ElementsAre(0));
  EXPECT_THAT(profile.words("arms"), ElementsAre("learned"));
}

TEST(Profile, OverridesAndSingulars) {
  const Profile profile =
      Profile::defaults({"train.steps=500", "seed=3", "arm=copy", "corpus.sha256="});
  EXPECT_EQ(profile.integer("train.steps"), 500);
  EXPECT_THAT(profile.integers("seeds"), ElementsAre(3));
  EXPECT_THAT(profile.words("arms"), ElementsAre("copy"));
  EXPECT_EQ(profile.text("corpus.sha256"), "");
}

TEST(Profile, ListsAreWrittenInOneWay) {
  EXPECT_EQ(Profile::defaults({"seeds=0,1, 2"}).text("seeds"), "0 1 2");
  EXPECT_EQ(Profile::defaults({"seeds= 0 1\t2 "}).text("seeds"), "0 1 2");
}

TEST(Profile, NumbersAreWrittenInOneWay) {
  EXPECT_EQ(Profile::defaults({"train.muon_lr=0.0240"}).text("train.muon_lr"), "0.024");
  EXPECT_EQ(Profile::defaults({"train.muon_lr=2.4e-2"}).text("train.muon_lr"), "0.024");
  EXPECT_EQ(Profile::defaults({"train.steps=0320"}).text("train.steps"), "320");
}

TEST(Profile, UnknownSettingNamesTheNearest) {
  EXPECT_THAT(error_of_override("train.step=5"), HasSubstr("did you mean train.steps?"));
  EXPECT_THAT(error_of_override("modellayers=5"), HasSubstr("did you mean model.layers?"));
}

TEST(Profile, RefusesWhatDoesNotParse) {
  EXPECT_THAT(error_of_override("train.steps=5x"), HasSubstr("train.steps=5x"));
  EXPECT_THAT(error_of_override("train.steps=1e3"), HasSubstr("whole number"));
  EXPECT_THAT(error_of_override("train.steps="), HasSubstr("whole number"));
  EXPECT_THAT(error_of_override("train.muon_lr=nan"), HasSubstr("a number is expected"));
  EXPECT_THAT(error_of_override("train.steps"), HasSubstr("name=value"));
}

TEST(Profile, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(error_of_override("train.steps=7"), HasSubstr("8 to 1e+09"));
  EXPECT_THAT(error_of_override("train.muon_momentum=1"), HasSubstr("0 to 0.9999"));
  EXPECT_THAT(error_of_override("seeds=64 -1"), HasSubstr("0 to 1e+09"));
  EXPECT_THAT(error_of_override("device=gpu"), HasSubstr("one of auto, cpu, cuda"));
  EXPECT_THAT(error_of_override("corpus.sha256=12"), HasSubstr("64 hexadecimal digits"));
}

TEST(Profile, RefusesListsThatWouldCollide) {
  EXPECT_THAT(error_of_override("seeds=1 1"), HasSubstr("twice"));
  EXPECT_THAT(error_of_override("seeds="), HasSubstr("at least one"));
  EXPECT_THAT(error_of_override("arms=../up"), HasSubstr("letters"));
}

TEST(Profile, SplitsOverrides) {
  EXPECT_THAT(split_overrides("train.steps=500  arms=learned copy seeds=1"),
              ElementsAre("train.steps=500", "arms=learned copy", "seeds=1"));
  EXPECT_THAT(split_overrides(" "), ElementsAre());
}

TEST(Profile, SelectsNamesAndPrefixes) {
  const auto selected = Profile::defaults().select({"snapshot.", "device", "rank.null_draws"});
  EXPECT_THAT(selected, ElementsAre(Pair("device", "auto"), Pair("rank.null_draws", "4"),
                                    Pair("snapshot.sequences", "8")));
}

TEST(Profile, RestrictedAnswersOnlyForWhatWasDeclared) {
  const Profile profile = Profile::defaults().restricted({"rank.", "threads"});
  EXPECT_EQ(profile.integer("rank.null_draws"), 4);
  EXPECT_THROW(profile.integer("train.steps"), std::logic_error);
  EXPECT_THROW(profile.text("seeds"), std::logic_error);
}

class ProfileFile : public testing::Test {
 protected:
  std::string error_of(const std::string& text) {
    write_text(folder_ / "mini.conf", text);
    return user_error([&] { Profile::load(folder_.path(), "mini", {}); });
  }
  TestFolder folder_;
};

TEST_F(ProfileFile, ReadsSectionsCommentsAndOverrides) {
  write_text(folder_ / "mini.conf",
             "# small\nseeds = 0 1\n[train]\nsteps = 16  # few\nbatch = 2\n");
  const Profile profile = Profile::load(folder_.path(), "mini", {"train.batch=4"});
  EXPECT_EQ(profile.name(), "mini");
  EXPECT_EQ(profile.integer("train.steps"), 16);
  EXPECT_EQ(profile.integer("train.batch"), 4);
  EXPECT_THAT(profile.integers("seeds"), ElementsAre(0, 1));
  EXPECT_EQ(profile.integer("model.layers"), 22);
}

TEST_F(ProfileFile, ErrorsNameTheFile) {
  EXPECT_THAT(error_of("train.steps = no\n"), HasSubstr("mini.conf"));
  EXPECT_THAT(error_of("train.stps = 9\n"), HasSubstr("did you mean train.steps?"));
  EXPECT_THAT(error_of("train.steps = 9\ntrain.steps = 10\n"), HasSubstr("set twice"));
  EXPECT_THAT(error_of("just words\n"), HasSubstr("mini.conf"));
}

TEST_F(ProfileFile, MissingProfileNamesThoseThereAre) {
  write_text(folder_ / "a.conf", "");
  write_text(folder_ / "b.conf", "");
  const auto load = [&](const char* name) {
    return user_error([&] { Profile::load(folder_.path(), name, {}); });
  };
  EXPECT_THAT(load("c"), HasSubstr("there are: a, b"));
  EXPECT_THAT(load("../a"), HasSubstr("no profile"));
  EXPECT_THAT(user_error([&] { Profile::load(folder_ / "none", "a", {}); }),
              HasSubstr("repository's root"));
}

}  // namespace
}  // namespace rc
