#include "model/foreign/tokenizer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "model/tokenizer.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/hash.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using Ids = ForeignTokenizer::Ids;
using nlohmann::json;

constexpr const char* kStories = "model/foreign/testdata/stories260K-tokenizer";

/// A tokenizer of letters a to d and a mark of spaces, changed by a JSON merge patch (RFC 7396).
json small_file(const std::string& patch = "{}") {
  json file = json::parse(R"({"version": "1.0",
    "added_tokens": [{"id": 6, "content": "<s>", "special": true, "normalized": false}],
    "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
    "pre_tokenizer": null, "post_processor": null, "decoder": null,
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "▁": 3, "ab": 4, "▁a": 5},
              "merges": ["a b", "▁ a"]}})");
  file.merge_patch(json::parse(patch));
  return file;
}

class ForeignTokenizerTest : public testing::Test {
 protected:
  std::unique_ptr<ForeignTokenizer> load(const json& file) {
    write_text(folder_ / "tokenizer.json", file.dump());
    return load_foreign_tokenizer(folder_.path());
  }
  Ids encode(const std::string& text, const std::string& patch = "{}") {
    return load(small_file(patch))->encode(text);
  }
  std::string refusal(const std::string& patch) {
    return user_error([&] { load(small_file(patch)); });
  }
  TestFolder folder_;
};

TEST_F(ForeignTokenizerTest, GivesTheIdsOfLlama2cForItsOwnTokenizer) {
  const auto tokenizer = load_foreign_tokenizer(kStories);
  EXPECT_EQ(tokenizer->prefix(), (Ids{1}));
  EXPECT_EQ(tokenizer->vocabulary(), 512);
  for (const json& one : read_json(std::filesystem::path(kStories) / "cases.json")) {
    Ids ids = tokenizer->prefix();
    const Ids text = tokenizer->encode(one["text"].get<std::string>());
    ids.insert(ids.end(), text.begin(), text.end());
    EXPECT_EQ(ids, one["ids"].get<Ids>()) << one["text"];
  }
}

TEST_F(ForeignTokenizerTest, FindsAddedTokensBeforeItNormalizes) {
  EXPECT_EQ(encode("a ab<s>ab"), (Ids{0, 3, 4, 6, 4}));
  EXPECT_EQ(encode(""), Ids{});
  EXPECT_EQ(encode("<s>"), (Ids{6}));
  // A token that is normalized itself is found in the normalized text.
  const std::string added = R"({"added_tokens": [{"id": 6, "content": "a c", "normalized": )";
  EXPECT_EQ(encode("ba cb", added + "true}]}"), (Ids{1, 6, 1}));
  EXPECT_EQ(encode("ba▁cb", added + "true}]}"), (Ids{1, 6, 1}));
  EXPECT_EQ(encode("ba▁cb", added + "false}]}"), (Ids{1, 0, 3, 2, 1}));
}

TEST_F(ForeignTokenizerTest, OnlyTheBeginningOfTheTextIsFirst) {
  const std::string metaspace =
      R"({"normalizer": null, "pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "first"}})";
  EXPECT_EQ(encode("c a<s>a", metaspace), (Ids{3, 2, 5, 6, 0}));
  EXPECT_EQ(encode("<s>a", metaspace), (Ids{6, 0}));
}

TEST_F(ForeignTokenizerTest, NamesThePlaceOfAComponentThatIsNotRead) {
  const auto file = (folder_ / "tokenizer.json").string();
  EXPECT_EQ(
      refusal(
          R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}]}})"),
      file +
          ": pre_tokenizer.pretokenizers[0]: type \"Whitespace\" is not read here; those that are: "
          "ByteLevel, Digits, Metaspace, Sequence, Split");
  EXPECT_NE(refusal(R"({"normalizer": {"type": "Precompiled"}})")
                .find(": normalizer: type \"Precompiled\""),
            std::string::npos);
  EXPECT_NE(refusal(R"({"model": {"type": "Unigram"}})").find(": model: type \"Unigram\""),
            std::string::npos);
  EXPECT_NE(
      refusal(R"({"post_processor": {"type": "BertProcessing"}})").find(": post_processor: type"),
      std::string::npos);
  EXPECT_EQ(refusal(R"({"added_tokens": [{"id": 9, "content": "ab"}]})"),
            file + ": the added token \"ab\" has id 9, and 4 in the vocabulary");
  EXPECT_EQ(refusal(R"({"added_tokens": [{"id": 4, "content": "ab"}]})"), "");
}

TEST_F(ForeignTokenizerTest, ReadsWhatATemplatePutsBeforeAText) {
  const std::string post = R"({"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                 {"SpecialToken": {"id": "<s>", "type_id": 0}}],
      "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}}})";
  const auto prefix = [&](const std::string& processor) {
    return load(small_file(R"({"post_processor": )" + processor + "}"))->prefix();
  };
  EXPECT_EQ(prefix("null"), Ids{});
  EXPECT_EQ(prefix(R"({"type": "ByteLevel"})"), Ids{});
  EXPECT_EQ(prefix(post), (Ids{6}));
  EXPECT_EQ(prefix(R"({"type": "Sequence", "processors": [{"type": "ByteLevel"}, )" + post + "]}"),
            (Ids{6}));
  EXPECT_NE(user_error([&] {
              prefix(R"({"type": "TemplateProcessing", "special_tokens": {},
                         "single": [{"SpecialToken": {"id": "<s>"}}]})");
            }).find(": post_processor.special_tokens: \"<s>\" is missing"),
            std::string::npos);
}

TEST_F(ForeignTokenizerTest, KnowsTheLargestIdItCanGive) {
  EXPECT_EQ(load(small_file())->vocabulary(), 7);
  EXPECT_EQ(load(small_file(R"({"added_tokens": [{"id": 60, "content": "<s>"}]})"))->vocabulary(),
            61);
}

TEST_F(ForeignTokenizerTest, RefusesTextThatIsNoUtf8AndFilesThatAreNotThere) {
  EXPECT_NE(user_error([&] { encode("a\xFF"); }).find("no UTF-8"), std::string::npos);
  EXPECT_NE(
      user_error([&] { load_foreign_tokenizer(folder_ / "nowhere"); }).find("no tokenizer at"),
      std::string::npos);
  const TestFolder empty;
  EXPECT_NE(user_error([&] { load_foreign_tokenizer(empty.path()); }).find("no tokenizer at"),
            std::string::npos);
}

TEST_F(ForeignTokenizerTest, ANormalizerMayNotBlowATextUp) {
  const std::string long_one = std::string(5000, 'b');
  EXPECT_NE(user_error([&] {
              encode(
                  "aaaa",
                  R"({"normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": ")" +
                      long_one + "\"}}");
            }).find("its normalizer cannot be right"),
            std::string::npos);
}

/// Whatever stands in a field, a file is read or refused in one line: nothing else is thrown.
TEST_F(ForeignTokenizerTest, ReadsOrRefusesAFileWhateverAFieldHolds) {
  const json file = small_file(R"({
      "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Prepend", "prepend": "▁"},
          {"type": "Replace", "pattern": {"Regex": " "}, "content": "▁"}]},
      "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
          {"type": "Split", "pattern": {"String": "b"}, "behavior": "Isolated", "invert": false},
          {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true},
          {"type": "Digits", "individual_digits": true},
          {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}]},
      "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}],
          "special_tokens": {"<s>": {"ids": [6]}}}})");
  load(file)->encode("a b<s> c1");
  int refused = 0;
  const json places = file.flatten();
  for (const auto& [place, value] : places.items())
    for (const char* other : {"null", "true", "-1", "1e300", "99999999", "\"\"", "\"x\"", "[]",
                              "[[]]", "{}", "[{}]", "{\"type\": []}"})
      for (json::json_pointer at(place); !at.empty(); at = at.parent_pointer()) {
        json changed = file;
        changed[at] = json::parse(other);
        try {
          load(changed)->encode("a b<s> c1");
        } catch (const UserError& error) {
          ++refused;
          EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        } catch (const std::exception& error) {
          ADD_FAILURE() << at.to_string() << " = " << other << ": " << error.what();
        }
      }
  EXPECT_GT(refused, 500);
}

TEST_F(ForeignTokenizerTest, ReadsASentencePieceModelWhereThereIsNothingElse) {
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += "line " + std::to_string(i * 7919 % 1000) + " of a dull text\n";
  const auto model = train_bpe(text, 300);
  write_text(folder_ / "tokenizer.model", model);
  const auto tokenizer = load_foreign_tokenizer(folder_.path());
  EXPECT_EQ(tokenizer->encode("a dull line\n"), rc::encode(model, {"a dull line\n"}, 1).ids);
  EXPECT_EQ(tokenizer->vocabulary(), 300);
  EXPECT_EQ(tokenizer->prefix(), Ids{});  // this model has no <bos>
  load(small_file());
  EXPECT_EQ(load_foreign_tokenizer(folder_.path())->vocabulary(), 7);
  EXPECT_EQ(load_foreign_tokenizer(folder_ / "tokenizer.model")->vocabulary(), 300);
  // Of the second the library says so by an exception: its one piece is empty.
  for (const auto& bytes :
       {std::string("no model"), read_text("tests/fuzz/seeds/sentencepiece/empty-piece")}) {
    write_text(folder_ / "tokenizer.model", bytes);
    EXPECT_NE(user_error([&] {
                load_foreign_tokenizer(folder_ / "tokenizer.model");
              }).find("is no SentencePiece model"),
              std::string::npos);
  }
}

TEST_F(ForeignTokenizerTest, EncodeTextWritesIdsAndWhatTheyAreOf) {
  write_text(folder_ / "text", "Once upon a time");
  const auto out = folder_ / "ids.safetensors";
  const auto result = run_command(
      {.program = ENCODE_TEXT,
       .arguments = {"--tokenizer", kStories, "--out", out.string(), (folder_ / "text").string()}});
  ASSERT_EQ(result.status, 0) << result.text();
  const auto file = Safetensors::open(out);
  const auto ids = [&](const std::string& name) {
    const auto& data = file.at(name).data;
    Ids values(data.size() / sizeof(std::int32_t));
    std::memcpy(values.data(), data.data(), data.size());
    return values;
  };
  EXPECT_EQ(ids("ids"), (Ids{403, 407, 261, 378}));
  EXPECT_EQ(ids("prefix"), (Ids{1}));
  EXPECT_EQ(file.metadata().at("vocabulary"), "512");
  EXPECT_EQ(file.metadata().at("bytes"), "16");
  EXPECT_EQ(file.metadata().at("text_sha256"), sha256_hex("Once upon a time"));
}

TEST_F(ForeignTokenizerTest, EncodeTextAnswersAListOfTexts) {
  const auto ask = [](const std::string& input) {
    return run_command(
        {.program = ENCODE_TEXT, .arguments = {"--tokenizer", kStories}, .input = input});
  };
  EXPECT_EQ(ask(R"(["Once upon a time", ""])").output, "[[403,407,261,378],[]]\n");
  for (const char* wrong : {"[1]", "x", "[\"a\"", "7"}) {
    EXPECT_EQ(ask(wrong).status, 1) << wrong;
    EXPECT_EQ(ask(wrong).errors.find("encode-text: error: a JSON list of texts is expected"), 0u)
        << wrong;
  }
}

}  // namespace
}  // namespace rc
