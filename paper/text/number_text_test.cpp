#include "paper/text/number_text.h"

#include <gtest/gtest.h>

#include "pipeline/error.h"

namespace rc {
namespace {

const Number kPlain{11.4321, "dimensions", 1, {}};
const Number kSure{0.8217, "share", 3, Interval{0.8049, 0.8385, 0.95, "t over seeds"}};

TEST(NumberText, WritesEachFormat) {
  EXPECT_EQ(format_number(kPlain, "f0"), "11");
  EXPECT_EQ(format_number(kPlain, "f2"), "11.43");
  EXPECT_EQ(format_number(kPlain, "g3"), "11.4");
  EXPECT_EQ(format_number(kSure, "pct1"), "82.2\u00a0%");
  EXPECT_EQ(format_number({125, "s", 1, {}}, "time"), "2 min 05 s");
  EXPECT_EQ(format_number(kSure, "n"), "3");
  EXPECT_EQ(format_number(kSure, "unit"), "share");
  EXPECT_EQ(format_number(kSure, "how"), "95\u00a0% t over seeds");
}

TEST(NumberText, SignsAreTypographic) {
  EXPECT_EQ(format_number({-0.25, "", 1, {}}, "f2"), "\u22120.25");
  EXPECT_EQ(format_number({0.25, "", 1, {}}, "s2"), "+0.25");
  EXPECT_EQ(format_number({-0.25, "", 1, {}}, "s2"), "\u22120.25");
  EXPECT_EQ(format_number({-0.001, "", 1, {}}, "f2"), "0.00") << "a rounded zero has no sign";
  EXPECT_EQ(format_number({0.001, "", 1, {}}, "s2"), "0.00");
}

TEST(NumberText, GroupsThousands) {
  EXPECT_EQ(format_number({999, "", 1, {}}, "k0"), "999");
  EXPECT_EQ(format_number({5242880, "", 1, {}}, "k0"), "5,242,880");
  EXPECT_EQ(format_number({-1000, "", 1, {}}, "k0"), "\u22121,000");
  EXPECT_EQ(format_number({5242880, "", 1, {}}, "g4"), "5,242,880");
}

TEST(NumberText, SignificantDigitsAvoidExponents) {
  EXPECT_EQ(format_number({0.00007, "", 1, {}}, "g4"), "0.00007");
  EXPECT_EQ(format_number({0.000012345, "", 1, {}}, "g2"), "0.000012");
  EXPECT_EQ(format_number({0, "", 1, {}}, "g4"), "0");
  EXPECT_EQ(format_number({2.5e-9, "", 1, {}}, "g2"), "2.5e-09");
}

/// Rounding decides how many digits there are.
TEST(NumberText, SignificantDigitsAtABoundary) {
  const auto g = [](double value, const char* format) {
    return format_number({value, "", 1, {}}, format);
  };
  EXPECT_EQ(g(9999.4, "g4"), "9999");
  EXPECT_EQ(g(9999.5, "g4"), "10,000");
  EXPECT_EQ(g(9999.6, "g4"), "10,000");
  EXPECT_EQ(g(-9999.6, "g4"), "\u221210,000");
  EXPECT_EQ(g(10000, "g4"), "10,000");
  EXPECT_EQ(g(99.96, "g3"), "100");
  EXPECT_EQ(g(999.6, "g3"), "1,000");
  EXPECT_EQ(g(9.6, "g1"), "10");
  EXPECT_EQ(g(0.000099996, "g4"), "0.0001");
  EXPECT_EQ(g(0.00009999, "g4"), "0.00009999");
  EXPECT_EQ(g(0.000000996, "g2"), "0.000001");
  EXPECT_EQ(g(0.000000994, "g2"), "9.9e-07");
}

TEST(NumberText, WritesProbabilities) {
  EXPECT_EQ(p_text(0.00324), "0.0032");
  EXPECT_EQ(p_text(0.0001), "0.0001");
  EXPECT_EQ(p_text(0.000099), "< 0.0001");
  EXPECT_EQ(p_text(0), "< 0.0001");
  EXPECT_EQ(p_text(0.999), "1");
}

TEST(NumberText, IntervalsFollowWhereThereAreAny) {
  EXPECT_EQ(format_number(kSure, "cif2"), "0.80 to 0.84");
  EXPECT_EQ(format_number(kSure, "withpct0"), "82\u00a0% (80\u00a0% to 84\u00a0%)");
  EXPECT_EQ(format_number(kPlain, "withf1"), "11.4");
  EXPECT_THROW(format_number(kPlain, "cif1"), UserError);
  EXPECT_THROW(format_number(kPlain, "how"), UserError);
}

TEST(NumberText, KnowsItsFormats) {
  for (const auto* word : {"f1", "s3", "pct0", "g4", "k0", "cif1", "withs3", "n", "unit", "how"})
    EXPECT_TRUE(is_format(word)) << word;
  for (const auto* word : {"", "f", "60", "share", "with", "withn", "ci", "fx", "layer_1"})
    EXPECT_FALSE(is_format(word)) << word;
}

TEST(NumberText, FillsSentences) {
  const Numbers numbers{{"rank.deep", kPlain}, {"ablate.low_gain.60", kSure}};
  EXPECT_EQ(fill("from {rank.deep.f1} to {ablate.low_gain.60.pct0}.", numbers),
            "from 11.4 to 82\u00a0%.");
  EXPECT_EQ(fill("nothing to fill", numbers), "nothing to fill");
  EXPECT_EQ(names_in("{rank.deep.f1} and {ablate.low_gain.60.n}"),
            (std::vector<std::string>{"rank.deep", "ablate.low_gain.60"}));
}

std::string message_of(const std::string& reference, const Numbers& numbers) {
  try {
    return number_text(numbers, reference);
  } catch (const UserError& error) {
    return error.what();
  }
}

TEST(NumberText, NamesTheNearestOfAnUnknownName) {
  const Numbers numbers{{"rank.deep", kPlain}, {"loss.learned", kPlain}};
  EXPECT_EQ(message_of("rank.depe.f1", numbers),
            "rank.depe.f1: no number rank.depe; the nearest is rank.deep");
  EXPECT_EQ(message_of("rank.deep", numbers),
            "rank.deep does not end in a format such as .f1 or .pct0");
}

TEST(NumberText, EscapesMarkup) {
  EXPECT_EQ(markdown_escape("a_b *c* 50 % of $d | [x](y) <z> #1 `q` \\"),
            "a\\_b \\*c\\* 50 % of \\$d \\| \\[x\\](y) \\<z\\> \\#1 \\`q\\` \\\\");
  EXPECT_EQ(markdown_escape("11.4 (11.2 to 11.6)"), "11.4 (11.2 to 11.6)");
  EXPECT_EQ(entity_escape("a_b <c> \"d\" | \u2212 1"),
            "a&#95;b &#60;c&#62; &#34;d&#34; &#124; \u2212 1");
}

}  // namespace
}  // namespace rc
