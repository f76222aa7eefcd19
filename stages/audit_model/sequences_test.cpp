#include "stages/audit_model/sequences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "model/batches.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Ids first, first + 1, ...
Ids counting(int first, int count) {
  Ids ids(static_cast<std::size_t>(count));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

TEST(LayOut, EverySequenceBeginsWithThePrefixAndStaysWithinItsPiece) {
  // Of 9 tokens, one of them the prefix: 8 of the text. 44 tokens hold 5 sequences, 17 hold 2.
  const auto laid = lay_out({.pieces = {counting(100, 44), counting(500, 17)}, .prefix = {1}}, 8);
  auto all = laid.validation;
  all.insert(all.end(), laid.train.begin(), laid.train.end());
  ASSERT_EQ(all.size(), 7U);
  std::set<std::int32_t> starts;
  for (const auto& sequence : all) {
    ASSERT_EQ(sequence.size(), 9U);
    EXPECT_EQ(sequence[0], 1);
    EXPECT_EQ(Ids(sequence.begin() + 1, sequence.end()), counting(sequence[1], 8));
    starts.insert(sequence[1]);
  }
  EXPECT_THAT(starts, ElementsAre(100, 108, 116, 124, 132, 500, 508));
}

TEST(LayOut, OneInNineCalibratesAndTheyAreSpreadOverTheText) {
  const auto laid = lay_out({.pieces = {counting(0, 9 * 7200)}, .prefix = {}}, 8);
  EXPECT_EQ(laid.validation.size(), static_cast<std::size_t>(kMostMeasured));
  ASSERT_EQ(laid.train.size(), static_cast<std::size_t>(kMostCalibration));
  // 7200 sequences, of which 72 stand at the middle of every hundred.
  EXPECT_EQ(laid.validation[0][0], 50 * 9);
  for (std::size_t i = 1; i < laid.train.size(); ++i)
    EXPECT_EQ(laid.train[i][0] - laid.train[i - 1][0], 900 * 9);
}

TEST(LayOut, RefusesATextThatIsTooShort) {
  EXPECT_EQ(lay_out({.pieces = {counting(0, 6 * 9)}, .prefix = {}}, 8).train.size(), 2U);
  const auto error = user_error([] { lay_out({.pieces = {counting(0, 53)}, .prefix = {}}, 8); });
  EXPECT_THAT(error, HasSubstr("53 tokens in 1 pieces, room for 5 sequences of 8 tokens"));
  EXPECT_THAT(error, HasSubstr("6 are the least"));
}

TEST(LayOut, RefusesAPrefixThatFillsTheSequence) {
  const EncodedText text{.pieces = {counting(0, 900)}, .prefix = counting(0, 8)};
  EXPECT_THAT(user_error([&] { lay_out(text, 8); }), HasSubstr("no room behind the 8"));
}

class ReadIds : public testing::Test {
 protected:
  EncodedText read(const std::string& json) {
    write_text(folder_ / "ids.json", json);
    return read_ids(folder_ / "ids.json");
  }
  TestFolder folder_;
};

TEST_F(ReadIds, TakesAListOrAListOfLists) {
  EXPECT_THAT(read("[3, 1, 2]").pieces, ElementsAre(Ids{3, 1, 2}));
  EXPECT_THAT(read("[[3, 1], [2]]").pieces, ElementsAre(Ids{3, 1}, Ids{2}));
  EXPECT_THAT(read(R"({"input_ids": [[7]]})").pieces, ElementsAre(Ids{7}));
  EXPECT_THAT(read("[[1]]").prefix, IsEmpty());
}

TEST_F(ReadIds, NamesWhatIsNoId) {
  for (const auto& [json, complaint] : {std::pair{"[1, -2]", "-2 is no id"},
                                        {"[1.5]", "1.5 is no id"},
                                        {"[3000000000]", "3000000000 is no id"},
                                        {"[[1], 2]", "stand side by side"},
                                        {"{}", "a list of ids is expected"},
                                        {"[]", "a list of ids is expected"}}) {
    const auto error = user_error([&, text = json] { read(text); });
    EXPECT_THAT(error, HasSubstr(complaint)) << json;
    EXPECT_THAT(error, HasSubstr("ids.json")) << json;
  }
}

TEST(WriteSequences, AreBlocksThatFixedBatchesTakeWhole) {
  const TestFolder folder;
  const auto laid = lay_out({.pieces = {counting(0, 90)}, .prefix = {}}, 8);
  write_sequences(folder / "tokens.safetensors", laid, 90);
  const auto tokens = load_tokens(folder / "tokens.safetensors");
  EXPECT_EQ(tokens.vocabulary, 90);
  const auto count = static_cast<long>(laid.validation.size());
  const auto batch = fixed_batch(tokens.validation, count, 8, /*copy=*/false, "x");
  for (long i = 0; i < count; ++i) {
    const auto& own = laid.validation[static_cast<std::size_t>(i)];
    EXPECT_EQ(batch.ids[i][0].item<long>(), own.front());
    EXPECT_EQ(batch.labels[i][7].item<long>(), own.back());
  }
}

TEST(WriteSequences, LeaveNothingBehindWhereAnIdIsOutsideTheVocabulary) {
  const TestFolder folder;
  const auto laid = lay_out({.pieces = {counting(0, 90)}, .prefix = {}}, 8);
  EXPECT_THAT(user_error([&] { write_sequences(folder / "tokens.safetensors", laid, 80); }),
              HasSubstr("outside the model's vocabulary of 80"));
  EXPECT_FALSE(std::filesystem::exists(folder / "tokens.safetensors"));
}

}  // namespace
}  // namespace rc
