#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "model/corpus.h"
#include "model/tokenizer.h"
#include "pipeline/error.h"
#include "pipeline/files/command.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

fs::path file_of(const std::string& name, const std::string& bytes) {
  const auto dir = fs::path(testing::TempDir()) / "rank-collapse-text";
  fs::create_directories(dir);
  std::ofstream(dir / name, std::ios::binary) << bytes;
  return dir / name;
}

std::string sample_text() {
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text +=
        "The " + std::to_string(i * 7919 % 1000) + "th line of a small, dull text.\n   indented\n";
  return text;
}

TEST(RepairUtf8, KeepsWhatIsWellFormedAndReplacesTheRest) {
  std::size_t replaced = 0;
  EXPECT_EQ(repair_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", replaced),
            "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(replaced, 0u);
  // A stray byte, an overlong slash, a surrogate's three bytes, a cut-off sequence.
  EXPECT_EQ(repair_utf8("x\xE9y", replaced), "x\xEF\xBF\xBDy");
  EXPECT_EQ(replaced, 1u);
  repair_utf8("\xC0\xAF\xED\xA0\x80\xE2\x82", replaced);
  EXPECT_EQ(replaced, 1u + 2 + 3 + 2);
}

TEST(ReadCorpus, RefusesWhatIsNoText) {
  EXPECT_THROW(read_corpus({"/nowhere/corpus.txt"}), UserError);
  EXPECT_THROW(read_corpus({file_of("empty.txt", "")}), UserError);
  EXPECT_THROW(read_corpus({file_of("nul.txt", std::string("a\0b", 3))}), UserError);
  EXPECT_THROW(read_corpus({file_of("noise.txt", std::string(100, '\xFF'))}), UserError);
  EXPECT_THROW(read_corpus({file_of("not.gz", "plain words")}), UserError);
}

TEST(ReadCorpus, UnzipsAndHashesTheUnzippedText) {
  const auto plain = file_of("plain.txt", "words and words\n");
  fs::remove(plain.string() + ".gz");
  ASSERT_EQ(run_command({.program = "gzip", .arguments = {"-k", plain.string()}}).status, 0);
  const auto a = read_corpus({plain}), b = read_corpus({plain.string() + ".gz"});
  EXPECT_EQ(a.text, "words and words\n");
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.sha256, b.sha256);
}

TEST(Stretches, TakeLinesFromAllOverTheText) {
  const auto text = sample_text();
  const auto thin = stretches(text, text.size() / 10, 8);
  ASSERT_EQ(thin.size(), 8u);
  EXPECT_LT(joined(thin).size(), text.size() / 8);
  for (const auto stretch : thin) EXPECT_EQ(stretch.back(), '\n');
  EXPECT_GT(thin.back().data() - text.data(), static_cast<long>(text.size() * 7 / 8));
  EXPECT_EQ(joined(stretches(text, text.size(), 7)), text);
  EXPECT_EQ(stretches("one long line\n", 4, 8).size(), 1u);
}

TEST(Stretches, AreThoseByHand) {
  // Parts begin at bytes 0 and 9, the next line's at 12, and each has 4 bytes and the rest of a
  // line.
  using Views = std::vector<std::string_view>;
  EXPECT_EQ(stretches("aa\nbb\ncc\ndd\nee\nff\n", 8, 2), (Views{"aa\nbb\n", "dd\nee\n"}));
}

TEST(SplitValidation, LosesNothingAndComesFromEverywhere) {
  const auto text = sample_text();
  const auto split = split_validation(stretches(text, text.size(), 16), 10);
  std::size_t train = 0, validation = 0;
  for (const auto part : split.train) train += part.size();
  for (const auto part : split.validation) validation += part.size();
  EXPECT_EQ(train + validation, text.size());
  EXPECT_NEAR(static_cast<double>(validation) / static_cast<double>(text.size()), 0.1, 0.02);
  ASSERT_EQ(split.validation.size(), 16u);
  EXPECT_LT(split.validation.front().data() - text.data(), static_cast<long>(text.size() / 8));
  EXPECT_GT(split.validation.back().data() - text.data(), static_cast<long>(text.size() * 7 / 8));
}

/// No block goes on where another one ends: what stood between them is cut out.
TEST(SplitValidation, KeepsTheEndOfEachStretchApart) {
  const auto split = split_validation({"aa\nbb\ncc\n", "dd\nee\nff\n"}, 40);
  using Views = std::vector<std::string_view>;
  EXPECT_EQ(split.train, (Views{"aa\nbb\n", "dd\nee\n"}));
  EXPECT_EQ(split.validation, (Views{"cc\n", "ff\n"}));
}

TEST(Bpe, GivesTheTextBackWithAnyNumberOfThreads) {
  const auto text = sample_text();
  const auto model = train_bpe(text, 400);
  const std::vector<std::string_view> parts = {text, "   \xC3\xA9 never seen \xF0\x9F\x98\x80\n\n"};
  const auto encoded = encode(model, parts, 1);
  EXPECT_EQ(decode(model, encoded.ids), joined(parts));
  EXPECT_EQ(encode(model, parts, 3).ids, encoded.ids);
  EXPECT_LT(encoded.ids.size(), text.size() / 3);
}

TEST(Bpe, SaysWhereBlocksBegin) {
  const auto model = train_bpe(sample_text(), 400);
  const std::string long_block(std::size_t{5} << 18, '\n');  // more than a thread takes at once
  const auto encoded = encode(model, {"The line.\n", long_block, "A text.\n"}, 2);
  ASSERT_EQ(encoded.blocks.size(), 3u);
  EXPECT_EQ(encoded.blocks[0], 0);
  const auto from = [&](std::size_t block) {
    return decode(model, {encoded.ids.begin() + encoded.blocks[block], encoded.ids.end()});
  };
  EXPECT_EQ(from(1), long_block + "A text.\n");
  EXPECT_EQ(from(2), "A text.\n");
}

/// A text may have no line ends, nor blanks, and be no less of a text.
TEST(Bpe, LearnsFromLinesOfAnyLength) {
  auto line = sample_text();
  std::ranges::replace(line, '\n', ' ');
  const auto model = train_bpe(line, 400);
  EXPECT_LT(encode(model, {line}, 1).ids.size(), line.size() / 3);
  std::string unbroken;
  for (const char c : line) unbroken += c == ' ' ? "\xC3\xA9" : std::string(1, c);
  EXPECT_LT(encode(train_bpe(unbroken, 400), {unbroken}, 1).ids.size(), unbroken.size() / 3);
}

TEST(Bpe, SaysWhenTheTextIsTooSmall) {
  EXPECT_THROW(train_bpe("too little text\n", 4096), UserError);
}

}  // namespace
}  // namespace rc
