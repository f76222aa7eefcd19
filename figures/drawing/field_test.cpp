#include "figures/drawing/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class FieldTest : public testing::Test {
 protected:
  FieldTest() {
    write_text(file_, R"({"null": {"pr": {"gaussian": 22.7}}, "name": "a", "flag": true,
                          "curve": [1, 2.5, null], "empty": [],
                          "map": [[1, 2, 3], [4, 5, 6]], "ragged": [[1, 2, 3], [4, 5]]})");
  }
  Field root() const { return Field::open(file_); }

  /// What the error of `action` says; every one names the file.
  std::string complaint(const std::function<void(const Field&)>& action) const {
    const std::string error = user_error([&] { action(root()); });
    EXPECT_THAT(error, HasSubstr(file_.string()));
    return error;
  }

  TestFolder folder_;
  std::filesystem::path file_ = folder_ / "rank.json";
};

TEST_F(FieldTest, ReadsValues) {
  EXPECT_EQ(root().at("null").at("pr").at("gaussian").number(), 22.7);
  EXPECT_EQ(root().at("name").text(), "a");
  EXPECT_THAT(root().at("map").matrix(2, 3),
              ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5, 6)));
  EXPECT_FALSE(root().find("absent"));
  EXPECT_TRUE(root().at("flag").truth());
  EXPECT_THAT(root().at("null").names(), ElementsAre("pr"));
}

TEST_F(FieldTest, NullIsAGap) {
  const Vector curve = root().at("curve").numbers(3);
  EXPECT_EQ(curve[1], 2.5);
  EXPECT_TRUE(std::isnan(curve[2]));
}

TEST_F(FieldTest, MissingFieldIsNamedWithItsPath) {
  EXPECT_THAT(complaint([](const Field& f) { f.at("null").at("pr").at("laplace"); }),
              HasSubstr("null.pr.laplace is missing"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("name").at("inner"); }), HasSubstr("name.inner"));
}

TEST_F(FieldTest, WrongTypeOrSizeIsNamed) {
  EXPECT_THAT(complaint([](const Field& f) { f.at("name").number(); }), HasSubstr("name is not"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("null").text(); }), HasSubstr("null is not"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("name").truth(); }),
              HasSubstr("name is neither"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("name").names(); }), HasSubstr("name has no"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("empty").numbers(); }),
              HasSubstr("empty is not"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("curve").numbers(4); }),
              AllOf(HasSubstr("curve has 3"), HasSubstr("4 are expected")));
  EXPECT_THAT(complaint([](const Field& f) { f.at("ragged").matrix(2, 3); }),
              HasSubstr("ragged[1] has 2"));
  EXPECT_THAT(complaint([](const Field& f) { f.at("map").matrix(3, 3); }), HasSubstr("map has 2"));
}

}  // namespace
}  // namespace rc
