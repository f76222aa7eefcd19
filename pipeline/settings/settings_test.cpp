#include "pipeline/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

constexpr auto kTable = std::to_array<Setting>({
    {"seeds", Kind::kIntegers, "0", "list", 0, 1e9, "numbers"},
    {"arms", Kind::kWords, "learned", "list", 0, 0, "names"},
    {"device", Kind::kText, "auto", "auto|cpu|cuda", 0, 0, "where"},
    {"corpus.sha256", Kind::kText, "", "hex", 0, 0, "of the text"},
    {"model.layers", Kind::kInteger, "22", "layers", 3, 512, "blocks"},
});
constexpr auto kTrain = std::to_array<Setting>({
    {"train.steps", Kind::kInteger, "320", "steps", 8, 1e9, "steps"},
    {"train.muon_lr", Kind::kReal, "0.024", "-", 0, 10, "rate"},
    {"train.muon_momentum", Kind::kReal, "0.95", "-", 0, 0.9999, "momentum"},
    {"threads", Kind::kInteger, "0", "threads", 0, 64, "at once", false},
});

Settings of(const std::vector<std::string>& overrides = {}) {
  return {{kTable, kTrain}, overrides};
}

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of_override(const std::string& word) {
  return user_error([&] { of({word}); });
}

TEST(Settings, DefaultsComeFromTheTable) {
  const Settings profile = of();
  EXPECT_EQ(profile.integer("train.steps"), 320);
  EXPECT_DOUBLE_EQ(profile.real("train.muon_lr"), 0.024);
  EXPECT_EQ(profile.text("device"), "auto");
  EXPECT_THAT(profile.integers("seeds"), ElementsAre(0));
  EXPECT_THAT(profile.words("arms"), ElementsAre("learned"));
}

TEST(Settings, OverridesReplaceDefaults) {
  const Settings profile = of({"train.steps=500", "seeds=3", "arms=copy", "corpus.sha256="});
  EXPECT_EQ(profile.integer("train.steps"), 500);
  EXPECT_THAT(profile.integers("seeds"), ElementsAre(3));
  EXPECT_THAT(profile.words("arms"), ElementsAre("copy"));
  EXPECT_EQ(profile.text("corpus.sha256"), "");
}

TEST(Settings, ListsAreWrittenInOneWay) {
  EXPECT_EQ(of({"seeds=0,1, 2"}).text("seeds"), "0 1 2");
  EXPECT_EQ(of({"seeds= 0 1\t2 "}).text("seeds"), "0 1 2");
}

TEST(Settings, NumbersAreWrittenInOneWay) {
  EXPECT_EQ(of({"train.muon_lr=0.0240"}).text("train.muon_lr"), "0.024");
  EXPECT_EQ(of({"train.muon_lr=2.4e-2"}).text("train.muon_lr"), "0.024");
  EXPECT_EQ(of({"train.steps=0320"}).text("train.steps"), "320");
}

TEST(Settings, UnknownSettingNamesTheNearest) {
  EXPECT_THAT(error_of_override("train.step=5"), HasSubstr("did you mean train.steps?"));
  EXPECT_THAT(error_of_override("modellayers=5"), HasSubstr("did you mean model.layers?"));
}

TEST(Settings, RefusesWhatDoesNotParse) {
  EXPECT_THAT(error_of_override("train.steps=5x"), HasSubstr("train.steps=5x"));
  EXPECT_THAT(error_of_override("train.steps=1e3"), HasSubstr("whole number"));
  EXPECT_THAT(error_of_override("train.steps="), HasSubstr("whole number"));
  EXPECT_THAT(error_of_override("train.muon_lr=nan"), HasSubstr("a number is expected"));
  EXPECT_THAT(error_of_override("train.steps"), HasSubstr("name=value"));
}

TEST(Settings, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(error_of_override("train.steps=7"), HasSubstr("8 to 1e+09"));
  EXPECT_THAT(error_of_override("train.muon_momentum=1"), HasSubstr("0 to 0.9999"));
  EXPECT_THAT(error_of_override("seeds=64 -1"), HasSubstr("0 to 1e+09"));
  EXPECT_THAT(error_of_override("device=gpu"), HasSubstr("one of auto, cpu, cuda"));
  EXPECT_THAT(error_of_override("corpus.sha256=12"), HasSubstr("64 hexadecimal digits"));
  const auto hash = std::string(64, 'a');
  EXPECT_THAT(error_of_override("corpus.sha256=" + hash + " 12"),
              HasSubstr("64 hexadecimal digits"));
  EXPECT_EQ(of({"corpus.sha256=" + hash + "  " + hash}).text("corpus.sha256"), hash + " " + hash);
}

TEST(Settings, RefusesListsThatWouldCollide) {
  EXPECT_THAT(error_of_override("seeds=1 1"), HasSubstr("twice"));
  EXPECT_THAT(error_of_override("seeds="), HasSubstr("at least one"));
  EXPECT_THAT(error_of_override("arms=../up"), HasSubstr("letters"));
}

TEST(Settings, SplitsOverrides) {
  EXPECT_THAT(split_overrides("train.steps=500  arms=learned copy seeds=1"),
              ElementsAre("train.steps=500", "arms=learned copy", "seeds=1"));
  EXPECT_THAT(split_overrides(" "), ElementsAre());
}

TEST(Settings, AnswerOnlyForWhatIsDeclared) {
  const Settings few({kTrain});
  EXPECT_EQ(few.integer("train.steps"), 320);
  EXPECT_THROW(few.text("seeds"), std::logic_error);
  EXPECT_THROW(few.integer("train.muon_lr"), std::logic_error);
}

TEST(Settings, ThreadsChangeNoResult) {
  EXPECT_FALSE(of().results_values().contains("threads"));
  EXPECT_TRUE(of().results_values().contains("train.steps"));
}

TEST(Settings, AFileIsWhatItWasWrittenFrom) {
  const TestFolder folder;
  const auto file = folder / "train.conf";
  const auto written = of({"train.steps=9", "arms=a b"});
  write_text(file, settings_text(written.values()));
  EXPECT_EQ(Settings::read_file({kTable, kTrain}, file).values(), written.values());
  EXPECT_THAT(user_error([&] { Settings::read_file({kTrain}, file); }), HasSubstr("arms"));
  write_text(file, "train.steps=9\n");
  EXPECT_THAT(user_error([&] { Settings::read_file({kTrain}, file); }), HasSubstr("lacks threads"));
  write_text(file, "words\n");
  EXPECT_THAT(user_error([&] { Settings::read_file({kTrain}, file); }), HasSubstr("train.conf"));
}

}  // namespace
}  // namespace rc
