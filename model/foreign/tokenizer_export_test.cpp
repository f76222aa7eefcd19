#include "model/foreign/tokenizer_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "model/foreign/tokenizer.h"
#include "model/tokenizer.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

/// Words of few letters, so that merges are many and ambiguous; blanks in runs, several lines.
std::string text(std::size_t bytes, unsigned seed) {
  static const std::string letters = "aaabbc  \nd\u00e9";
  std::mt19937 random(seed);
  std::string made;
  while (made.size() < bytes) made += letters[random() % (letters.size() - 2)];
  return made;
}

class TokenizerExport : public testing::Test {
 protected:
  TokenizerExport() : model_(train_bpe(text(1 << 16, 1), 400)) {
    write_text(folder_ / "spm.model", model_);
  }
  TestFolder folder_;
  std::string model_;
};

TEST_F(TokenizerExport, GivesTheIdsThatSentencePieceGives) {
  write_json(folder_ / "tokenizer.json", tokenizer_json(folder_ / "spm.model"));
  const auto exported = load_foreign_tokenizer(folder_ / "tokenizer.json");
  EXPECT_EQ(exported->vocabulary(), 400);
  EXPECT_TRUE(exported->prefix().empty());
  for (const auto& probe : {text(5000, 2), std::string("x\u00e9\u4e00 z\n\n  q"), std::string(" ")})
    EXPECT_EQ(exported->encode(probe), encode(model_, {probe}, 1).ids);
}

TEST_F(TokenizerExport, RefusesWhatIsNoModel) {
  write_text(folder_ / "spm.model", "no model");
  EXPECT_THAT(user_error([&] { tokenizer_json(folder_ / "spm.model"); }),
              testing::HasSubstr("make tokenize"));
}

}  // namespace
}  // namespace rc
