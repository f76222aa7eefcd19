#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "paper/collect/merge.h"
#include "paper/testing/synthetic.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

const Interval kBand{0.9, 1.2, 0.95, "bootstrap over sequences"};

/// A training result with this loss.
StageResult trained(const std::string& arm, long seed, double loss) {
  StageResult result{.file = arm + std::to_string(seed), .arm = arm, .seed = seed};
  result.numbers["loss"] = {loss, "nats/token", 1,
                            Interval{loss - 0.03, loss + 0.04, 0.95, "bootstrap over sequences"}};
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
  EXPECT_EQ(name_over_arms("rank.pr.deep", "learned"), "rank.pr.deep");
  EXPECT_EQ(name_over_arms("rank.pr.deep", "frozen"), "rank.frozen.pr.deep");
  EXPECT_EQ(name_over_arms("loss", "learned"), "loss.learned");
  EXPECT_EQ(name_over_arms("loss", "copy"), "loss.copy");
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
  EXPECT_EQ(numbers.at("x.y").interval->method, "bootstrap over sequences");
  EXPECT_EQ(numbers.at("x.y").interval->hi, 1.2);
}

TEST(Collect, SeedsGiveMeanAndStudentsInterval) {
  const auto numbers = merge({trained("learned", 0, 4.0), trained("learned", 1, 4.2)});
  const auto& loss = numbers.at("loss.learned");
  EXPECT_DOUBLE_EQ(loss.value, 4.1);
  EXPECT_EQ(loss.n, 2);
  EXPECT_EQ(loss.interval->method, "t over seeds");
  // t(0.975, 1 degree) = 12.7062; standard error = 0.1
  EXPECT_NEAR(loss.interval->hi, 4.1 + 1.27062, 1e-5);
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
  const auto file = std::filesystem::temp_directory_path() / "rank-collapse-collect-test.json";
  write_json(file, synthetic_result("ablate", "copy", 3));
  const auto result = read_result(file);
  EXPECT_EQ(result.arm, "copy");
  EXPECT_EQ(result.seed, 3);
  EXPECT_FALSE(result.once);
  EXPECT_TRUE(result.numbers.contains("ablate.low_gain.60.share"));
  write_json(file, synthetic_result("time-kernels", "", 0));
  EXPECT_TRUE(read_result(file).once);
  write_json(file, {{"numbers", {{"x", {{"value", nullptr}, {"unit", ""}, {"n", 1}}}}}});
  const auto error = error_of([&] { read_result(file); });
  EXPECT_NE(error.find(file.string() + ": x: "), std::string::npos) << error;
  write_json(file, {{"seed", 0}, {"arm", "learned"}});
  EXPECT_THROW(read_result(file), UserError);
  std::filesystem::remove(file);
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
