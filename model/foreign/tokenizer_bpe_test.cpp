#include "model/foreign/tokenizer_bpe.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/foreign/tokenizer_testing.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

using Ids = std::vector<std::int32_t>;

// a b c d, then what merges make.
const std::string kVocabulary =
    R"("type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "ab": 4, "bc": 5,
    "abc": 6, "cd": 7, "aa": 8, "abcd": 9, "?": 10})";

Bpe bpe(const std::string& merges, const std::string& options = "") {
  return Bpe(component("{" + kVocabulary + ", \"merges\": " + merges + options + "}"));
}

Ids encode(const Bpe& bpe, const std::string& word) {
  Ids ids;
  bpe.encode(word, ids);
  return ids;
}

std::string refusal(const std::string& merges, const std::string& options = "") {
  return user_error([&] { bpe(merges, options); });
}

TEST(Bpe, MergesTheLowestRankFirst) {
  EXPECT_EQ(encode(bpe(R"(["b c", "a b", "a bc"])"), "abc"), (Ids{6}));
  EXPECT_EQ(encode(bpe(R"(["a b", "b c", "a bc"])"), "abc"), (Ids{4, 2}));
  EXPECT_EQ(encode(bpe(R"([["a", "b"], ["c", "d"], ["ab", "cd"]])"), "abcd"), (Ids{9}));
  EXPECT_EQ(encode(bpe("[]"), "abc"), (Ids{0, 1, 2}));
  EXPECT_EQ(encode(bpe("[]"), ""), Ids{});
}

TEST(Bpe, MergesTheLeftmostOfEqualRank) {
  EXPECT_EQ(encode(bpe(R"(["a a"])"), "aaa"), (Ids{8, 0}));
  EXPECT_EQ(encode(bpe(R"(["a a"])"), "aaaa"), (Ids{8, 8}));
  // b c at 1 is taken before the pair at 2 that it breaks up.
  EXPECT_EQ(encode(bpe(R"(["b c", "c d"])"), "abcd"), (Ids{0, 5, 3}));
}

TEST(Bpe, TheLastOfTwoMergesForAPairCounts) {
  EXPECT_EQ(encode(bpe(R"(["a b", "b c", "a b"])"), "abc"), (Ids{0, 5}));
}

TEST(Bpe, SkipsTheFirstLineOfAMergesFile) {
  EXPECT_EQ(encode(bpe(R"(["#version: 0.2", "a b"])"), "ab"), (Ids{4}));
}

TEST(Bpe, DropsOrMarksWhatItDoesNotKnow) {
  EXPECT_EQ(encode(bpe(R"(["a b"])"), "aéb"), (Ids{4}));
  const std::string unknown = R"(, "unk_token": "?")";
  EXPECT_EQ(encode(bpe(R"(["a b"])", unknown), "aéèb"), (Ids{0, 10, 10, 1}));
  EXPECT_EQ(encode(bpe(R"(["a b"])", unknown + R"(, "fuse_unk": true)"), "aéèbé"),
            (Ids{0, 10, 1, 10}));
}

TEST(Bpe, FallsBackToBytes) {
  std::string vocab =
      R"({"type": "BPE", "byte_fallback": true, "fuse_unk": true, "merges": [], "vocab": {"a": 256)";
  for (int byte = 0; byte < 256; ++byte) vocab += fmt::format(R"(, "<0x{:02X}>": {})", byte, byte);
  EXPECT_EQ(encode(Bpe(component(vocab + "}}")), "aé€a"),
            (Ids{256, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 256}));
  EXPECT_EQ(refusal("[]", R"(, "byte_fallback": true)"),
            "t.json: \"byte_fallback\" needs the token <0x00>");
}

TEST(Bpe, TakesAWholeWordWhereMergesAreIgnored) {
  EXPECT_EQ(encode(bpe(R"(["a b"])", R"(, "ignore_merges": true)"), "abcd"), (Ids{9}));
  EXPECT_EQ(encode(bpe(R"(["a b"])", R"(, "ignore_merges": true)"), "abd"), (Ids{4, 3}));
  EXPECT_EQ(encode(bpe(R"(["a b"])"), "abcd"), (Ids{4, 2, 3}));
}

TEST(Bpe, RefusesWhatItDoesNotDo) {
  EXPECT_EQ(refusal("[]", R"(, "dropout": 0.1)"),
            "t.json: \"dropout\" drops merges at random, which is not done here");
  EXPECT_EQ(refusal("[]", R"(, "dropout": 0.0)"), "");
  EXPECT_NE(refusal("[]", R"(, "end_of_word_suffix": "</w>")"), "");
  EXPECT_NE(refusal("[]", R"(, "continuing_subword_prefix": "##")"), "");
  EXPECT_EQ(refusal("[]", R"(, "end_of_word_suffix": "", "continuing_subword_prefix": "")"), "");
  EXPECT_EQ(user_error([] { Bpe(component(R"({"type": "Unigram", "vocab": []})")); }),
            "t.json: type \"Unigram\" is not read here; those that are: BPE");
  EXPECT_EQ(user_error([] { Bpe(component(R"({"vocab": {"a": 0}, "merges": []})")); }), "");
}

TEST(Bpe, RefusesMergesAndTokensThatAreNotThere) {
  EXPECT_EQ(refusal(R"(["a x"])"),
            "t.json: the merge \"a x\" needs \"x\", which is not in the vocabulary");
  EXPECT_EQ(refusal(R"(["b d"])"),
            "t.json: the merge \"b d\" needs \"bd\", which is not in the vocabulary");
  for (const char* merge :
       {R"("ab")", R"("a b c")", R"(["a"])", R"(["a", "b", "c"])", "7", R"(["a", 1])"})
    EXPECT_NE(refusal("[" + std::string(merge) + "]").find("is no pair of tokens"),
              std::string::npos);
  EXPECT_NE(refusal("{}"), "");
  EXPECT_NE(refusal("[]", R"(, "unk_token": "nobody")"), "");
}

TEST(Bpe, RefusesIdsThatNoTokenCanHave) {
  const auto refused = [](const std::string& vocab) {
    return user_error(
        [&] { Bpe(component(R"({"type": "BPE", "merges": [], "vocab": )" + vocab + "}")); });
  };
  EXPECT_EQ(refused(R"({"a": 1, "b": 1})"), "t.json: the token \"b\" has id 1, which another has");
  EXPECT_NE(refused(R"({"a": -1})"), "");
  EXPECT_NE(refused(R"({"a": 4294967297})"), "");
  EXPECT_NE(refused(R"({"a": "0"})"), "");
  EXPECT_NE(refused(R"([])"), "");
  EXPECT_EQ(refused(R"({"a": 0, "b": 7})"), "");
}

TEST(Bpe, ALongWordTakesLittleLongerThanManyShortOnes) {
  const auto model = bpe(R"(["a a", "a b"])");
  EXPECT_EQ(encode(model, std::string(3'000'000, 'a')).size(), 1'500'000u);
}

TEST(BpeCache, GivesTheSameIdsAgain) {
  const auto model = bpe(R"(["a b"])");
  BpeCache cache(model);
  Ids ids;
  for (const std::string& word : Texts{"ab", "abc", "ab", std::string(1000, 'a')})
    cache.encode(word, ids);
  Ids expected = {4, 4, 2, 4};
  expected.resize(4 + 1000, 0);
  EXPECT_EQ(ids, expected);
}

}  // namespace
}  // namespace rc::tokenizer
