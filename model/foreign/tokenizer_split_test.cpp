#include "model/foreign/tokenizer_split.h"

#include <gtest/gtest.h>

#include "model/foreign/tokenizer_testing.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

/// "ab--c-" cut at each dash.
Texts cut(Behavior behavior, bool invert = false) {
  const std::string text = "ab--c-";
  Texts pieces;
  for (const Span span : split_at({{2, 3}, {3, 4}, {5, 6}}, text.size(), behavior, invert))
    pieces.push_back(text.substr(span.begin, span.end - span.begin));
  return pieces;
}

TEST(SplitAt, TreatsMatchesAsItsBehaviorSays) {
  EXPECT_EQ(cut(Behavior::kRemoved), (Texts{"ab", "c"}));
  EXPECT_EQ(cut(Behavior::kIsolated), (Texts{"ab", "-", "-", "c", "-"}));
  EXPECT_EQ(cut(Behavior::kContiguous), (Texts{"ab", "--", "c", "-"}));
  EXPECT_EQ(cut(Behavior::kMergedWithPrevious), (Texts{"ab-", "-", "c-"}));
  EXPECT_EQ(cut(Behavior::kMergedWithNext), (Texts{"ab", "-", "-c", "-"}));
}

TEST(SplitAt, TakesWhatLiesBetweenMatchesForThemWhereInverted) {
  EXPECT_EQ(cut(Behavior::kRemoved, true), (Texts{"-", "-", "-"}));
  EXPECT_EQ(cut(Behavior::kMergedWithPrevious, true), (Texts{"ab", "-", "-c", "-"}));
  EXPECT_EQ(cut(Behavior::kMergedWithNext, true), (Texts{"ab-", "-", "c-"}));
}

TEST(SplitAt, KeepsATextWithoutMatches) {
  EXPECT_EQ(split_at({}, 3, Behavior::kRemoved, false), (std::vector<Span>{{0, 3}}));
  EXPECT_TRUE(split_at({}, 3, Behavior::kRemoved, true).empty());
  EXPECT_TRUE(split_at({}, 0, Behavior::kIsolated, false).empty());
}

TEST(Splitter, CutsEachWordAndDropsEmptyPieces) {
  Words words{.text = "abcb", .spans = {{0, 2}, {2, 4}}};
  Splitter::of(component(R"({"pattern": {"Regex": "b|x*"}, "behavior": "Isolated"})")).cut(words);
  EXPECT_EQ(words.spans, (std::vector<Span>{{0, 1}, {1, 2}, {2, 3}, {3, 4}}));
}

TEST(Splitter, ReadsBehaviorsInAnyCase) {
  const auto behavior = [](const std::string& name) {
    return Splitter::of(component(R"({"pattern": {"String": "b"}, "behavior": ")" + name + "\"}"))
        .behavior;
  };
  EXPECT_EQ(behavior("MergedWithPrevious"), Behavior::kMergedWithPrevious);
  EXPECT_EQ(behavior("removed"), Behavior::kRemoved);
  EXPECT_EQ(user_error([&] { behavior("Doubled"); }),
            "t.json: behavior \"Doubled\" is not read here");
}

}  // namespace
}  // namespace rc::tokenizer
