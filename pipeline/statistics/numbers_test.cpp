#include "pipeline/statistics/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "pipeline/testing.h"

namespace rc {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const Number kLoss{4.25, "nats/token", 3, Interval{4.1, 4.4, 0.95, "t over seeds"}};

TEST(Numbers, WritesTheFieldsOfAnInterval) {
  EXPECT_EQ(to_json(kLoss), (json{{"value", 4.25},
                                  {"unit", "nats/token"},
                                  {"n", 3},
                                  {"lo", 4.1},
                                  {"hi", 4.4},
                                  {"level", 0.95},
                                  {"interval", "t over seeds"}}));
}

TEST(Numbers, ReadsBackWhatItWrote) {
  const Numbers numbers = {{"loss", kLoss}, {"train.seconds", {12, "s", 1, std::nullopt}}};
  const Numbers back = numbers_from_json(to_json(numbers));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back.at("loss").value, 4.25);
  EXPECT_EQ(back.at("loss").n, 3);
  EXPECT_EQ(back.at("loss").interval->hi, 4.4);
  EXPECT_EQ(back.at("loss").interval->method, "t over seeds");
  EXPECT_EQ(back.at("train.seconds").unit, "s");
  EXPECT_FALSE(back.at("train.seconds").interval);
}

TEST(Numbers, KeepsWhatEachSeedGave) {
  Number number{2, "ratio", 2, std::nullopt};
  number.by_seed = {{0, 1.5}, {7, 2.5}};
  const auto written = to_json(number);
  EXPECT_EQ(written.at("by_seed"), (json{{"0", 1.5}, {"7", 2.5}}));
  EXPECT_EQ(number_from_json(written).by_seed, number.by_seed);
  EXPECT_FALSE(to_json(kLoss).contains("by_seed"));
  number.by_seed[7] = std::nan("");
  EXPECT_THAT(user_error([&] { to_json(number); }), HasSubstr("\"7\""));
  auto bad = written;
  bad["by_seed"]["x"] = 1;
  EXPECT_THAT(user_error([&] { number_from_json(bad); }), HasSubstr("\"x\" is no seed"));
}

TEST(Numbers, RefusesToWriteWhatIsNotFinite) {
  Numbers numbers = {{"loss", kLoss}};
  numbers["loss"].value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(user_error([&] { to_json(numbers); }), HasSubstr("loss"));
  numbers["loss"] = kLoss;
  numbers["loss"].interval->lo = -std::numeric_limits<double>::infinity();
  EXPECT_THAT(user_error([&] { to_json(numbers); }), HasSubstr("\"lo\""));
}

TEST(Numbers, RefusesToReadWhatIsMalformed) {
  const json good = to_json(kLoss);
  for (const char* field : {"value", "unit", "n", "lo", "hi", "level", "interval"}) {
    json bad = good;
    bad.erase(field);
    EXPECT_THAT(user_error([&] { number_from_json(bad); }), HasSubstr(field));
    bad[field] = nullptr;
    EXPECT_THAT(user_error([&] { number_from_json(bad); }), HasSubstr(field));
  }
  EXPECT_NE(user_error([] { number_from_json(4.25); }), "");
  EXPECT_NE(user_error([] { numbers_from_json(json::array()); }), "");
  EXPECT_THAT(user_error([] { numbers_from_json({{"name", 1}}); }), HasSubstr("name"));
}

}  // namespace
}  // namespace rc
