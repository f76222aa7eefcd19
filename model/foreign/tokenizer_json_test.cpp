#include "model/foreign/tokenizer_json.h"

#include <gtest/gtest.h>

#include "model/foreign/tokenizer_testing.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

TEST(TokenizerJson, SaysFileAndPlaceOfWhatIsWrong) {
  const auto c = component(R"({"a": {"list": [{"n": 1}, {"n": -1}]}, "none": null})");
  const auto error = [](const auto& action) { return user_error([&] { action(); }); };
  EXPECT_EQ(c.at("a").list("list")[0].id("n"), 1);
  EXPECT_EQ(error([&] { c.at("a").list("list")[1].id("n"); }),
            "t.json: a.list[1]: \"n\" is -1; no token has that id");
  EXPECT_EQ(error([&] { c.text("none"); }), "t.json: \"none\" is missing");
  EXPECT_EQ(error([&] { c.text("a"); }),
            "t.json: \"a\" is {\"list\":[{\"n\":1},{\"n\":-1}]}; a text is expected");
  EXPECT_EQ(error([&] { c.array("a"); }),
            "t.json: \"a\" is {\"list\":[{\"n\":1},{\"n\":-1}]}; a list is expected");
  EXPECT_EQ(error([&] { c.flag("a", true); }),
            "t.json: \"a\" is {\"list\":[{\"n\":1},{\"n\":-1}]}; true or false is expected");
  EXPECT_EQ(error([] { component(R"({"a": [3]})").list("a"); }),
            "t.json: a[0]: an object is expected, found 3");
}

TEST(TokenizerJson, NamesTypesThatItHasNot) {
  const std::map<std::string, int> known = {{"NFC", 1}, {"NFD", 2}};
  EXPECT_EQ(component(R"({"type": "NFD"})").choose(known), 2);
  EXPECT_EQ(user_error([&] { component(R"({"type": "Nmt"})").choose(known); }),
            "t.json: type \"Nmt\" is not read here; those that are: NFC, NFD");
  // A line end in a name must not end the message's line.
  const auto message = user_error([&] { component(R"({"type": "a\nb"})").choose(known); });
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(TokenizerJson, TakesIdsThatATokenCanHave) {
  EXPECT_TRUE(is_token_id(0));
  EXPECT_TRUE(is_token_id((1 << 24) - 1));
  for (const auto& value : {nlohmann::json(1 << 24), nlohmann::json(-1), nlohmann::json(1.0),
                            nlohmann::json("1"), nlohmann::json(18446744073709551615u)})
    EXPECT_FALSE(is_token_id(value)) << value;
}

TEST(TokenizerJson, BoundsWhatAFileCanCost) {
  const TestFolder folder;
  const auto read = [&](const std::string& text) {
    write_text(folder / "t.json", text);
    return user_error([&] { read_tokenizer_json(folder / "t.json"); });
  };
  EXPECT_EQ(read(std::string(32, '[') + std::string(32, ']')), "");
  EXPECT_NE(read(std::string(1'000'000, '[')).find("nested more than 32 levels"),
            std::string::npos);
  EXPECT_NE(read("{\"a\": ").find("is not JSON"), std::string::npos);
  EXPECT_NE(read("{\"a\": \"\xFF\"}").find("is not JSON"), std::string::npos);
  std::string many = "[";
  for (int i = 0; i < 17'000'000; ++i) many += "0,";
  EXPECT_NE(read(many + "0]").find("holds more than"), std::string::npos);
  std::filesystem::resize_file(folder / "t.json", 200 << 20);
  EXPECT_NE(user_error([&] { read_tokenizer_json(folder / "t.json"); }).find("at most 134217728"),
            std::string::npos);
}

}  // namespace
}  // namespace rc::tokenizer
