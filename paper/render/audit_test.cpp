// The audit of a run with every arm, and of one with the main arm alone.
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "paper/render/audit_lists.h"
#include "paper/render/pages.h"
#include "paper/testing/synthetic.h"
#include "paper/verdict/verdict.h"
#include "pipeline/dag.h"

namespace rc {
namespace {

using nlohmann::json;
using Pages = std::map<std::string, std::string>;

Pages pages_of(const json& collected) { return render_pages("paper/templates", collected); }

const std::string& full_audit() {
  static const Pages pages = pages_of(synthetic_collection(all_arms()));
  return pages.at("audit");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Table rows of a page whose first cell is `first`, cells parted by one bar.
std::vector<std::string> rows_of(const std::string& page, const std::string& first) {
  std::vector<std::string> rows;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("| " + first + " |")) rows.push_back(line);
  return rows;
}

TEST(Audit, TellsThePOfEveryClaimThatHasOne) {
  const json verdicts = synthetic_collection(all_arms()).at("verdicts");
  int with_p = 0;
  for (const auto& [id, verdict] : verdicts.items()) {
    const auto rows = rows_of(full_audit(), id);
    with_p += !verdict.at("p").is_null();
    EXPECT_EQ(rows.size(), verdict.at("p").is_null() ? 1u : 2u) << id;
  }
  EXPECT_TRUE(has(full_audit(), "corrects all " + std::to_string(with_p) + " for each\nother"));
  EXPECT_EQ(rows_of(full_audit(), "B4").back(),
            "| B4 | layers share one gain pattern | centred correlation above its null (of two "
            "conditions) | 0.001 | 0.008 |");
}

TEST(Audit, TellsTheLossOfEveryArm) {
  for (const auto& arm : all_arms()) {
    std::string escaped = arm;
    for (auto at = escaped.find('_'); at != escaped.npos; at = escaped.find('_', at + 2))
      escaped.insert(at, 1, '\\');
    EXPECT_EQ(rows_of(full_audit(), escaped).size(), 1u) << arm;
  }
  const auto alone = pages_of(synthetic_collection()).at("audit");
  EXPECT_EQ(rows_of(alone, "learned").front(), "| learned | 5.430 | \u2013 | \u2013 | 128 |");
  EXPECT_TRUE(rows_of(alone, "thin16").empty());
  const auto thin = rows_of(full_audit(), "thin16").front();
  EXPECT_TRUE(has(thin, "+0.060 (")) << thin;
  EXPECT_TRUE(has(thin, "| 95\u00a0% bootstrap over sequences | 80 |")) << thin;
}

TEST(Audit, TellsEveryOrderDeletionAndPlace) {
  EXPECT_EQ(rows_of(full_audit(), "random").front(),
            "| random | 14.5\u00a0% | 33.3\u00a0% | 43.5\u00a0% | 54.2\u00a0% | 76.5\u00a0% |");
  for (const auto* order : {"whole rotary pairs, by gain", "random, as many a layer as under",
                            "lowest key gain, logits rescaled"})
    EXPECT_TRUE(has(full_audit(), "| " + std::string(order))) << order;
  for (const auto* percent : {"20", "40", "50", "60", "80"})
    EXPECT_EQ(rows_of(full_audit(), std::string(percent) + " %").size(), 1u) << percent;
  EXPECT_EQ(rows_of(full_audit(), "last 32 tokens of a sequence").size(), 1u);
}

/// Runs kept from before a table was measured still render.
TEST(Audit, LeavesOutTablesWithoutNumbers) {
  json collected = synthetic_collection();
  auto& numbers = collected["numbers"];
  for (auto entry = numbers.begin(); entry != numbers.end();) {
    const bool gone = entry.key().starts_with("delete.") || entry.key().starts_with("position.") ||
                      entry.key().starts_with("induction.") || entry.key() == "train.kv_floats";
    entry = gone ? numbers.erase(entry) : std::next(entry);
  }
  for (auto& verdict : collected["verdicts"]) verdict.erase("p");
  collected["verdicts"]["A7"] = verdicts(numbers_from_json(numbers)).at("A7");
  const auto audit = pages_of(collected).at("audit");
  EXPECT_FALSE(has(audit, "Deleting is not zeroing"));
  EXPECT_FALSE(has(audit, "Where attention earns its keep"));
  EXPECT_FALSE(has(audit, "How sure?"));
  EXPECT_TRUE(has(audit, "| learned | 5.430 | \u2013 | \u2013 | \u2013 |"));
}

TEST(Audit, EveryArmsDocumentsHoldForEveryVerdict) {
  json collected = synthetic_collection(all_arms());
  for (const Verdict verdict : kVerdicts) {
    for (auto& entry : collected["verdicts"]) entry["key"] = verdict_key(verdict);
    EXPECT_NO_THROW(pages_of(collected)) << verdict_word(verdict);
  }
}

/// Three ways a pattern can relate to the rotary frequencies.
TEST(Audit, TheDeepDiveReadsTheShuffledFrequencies) {
  const auto deep_dive = [](double by_frequency, double by_index) {
    json collected = synthetic_collection(all_arms());
    const std::string arm = "correlate.rope_shuffled.";
    collected["numbers"][arm + "by_frequency.mean"]["value"] = by_frequency;
    collected["numbers"][arm + "by_frequency.null_99"]["value"] = 0.1;
    collected["numbers"][arm + "pair_level.mean"]["value"] = by_index;
    return pages_of(collected).at("rank_collapse_deep_dive");
  };
  EXPECT_TRUE(has(deep_dive(0.11, 0.05), "It is the second: pairs"));
  EXPECT_TRUE(has(deep_dive(0.11, 0.12), "It is not the second alone"));
  EXPECT_TRUE(has(deep_dive(0.09, 0.05), "It is not the second: by frequency"));
  const auto alone = pages_of(synthetic_collection()).at("rank_collapse_deep_dive");
  EXPECT_FALSE(has(alone, "rope_shuffled"));
}

/// A figure that no stage draws would fail only after an hour of training.
TEST(Audit, FiguresInDocumentsAreDrawnBySomeStage) {
  static const std::regex link(R"re(\.\./figures/([a-z_]+)\.svg\)\n\n\*Figure (\d+)\. )re");
  for (const auto& [name, page] : pages_of(synthetic_collection())) {
    int number = 0;
    for (std::sregex_iterator match(page.begin(), page.end(), link), end; match != end; ++match) {
      EXPECT_NO_THROW(stage("figure-" + (*match)[1].str())) << (*match)[1];
      EXPECT_TRUE(has(page, "drawn by figure-" + (*match)[1].str() + ".*")) << (*match)[1];
      EXPECT_EQ((*match)[2], std::to_string(++number)) << name;
    }
    EXPECT_GE(number, 2) << name;
  }
}

}  // namespace
}  // namespace rc
