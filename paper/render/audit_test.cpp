// The audit of a run with every arm, and of one with the main arm alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <sstream>

#include "paper/render/audit_lists.h"
#include "paper/render/pages.h"
#include "paper/testing/golden_collection.h"
#include "paper/text/number_text.h"
#include "paper/verdict/verdict.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

using nlohmann::json;
using Pages = std::map<std::string, std::string>;

Pages pages_of(const json& collected) { return render_pages("paper/templates", collected); }

const std::string& full_audit() {
  static const Pages pages = pages_of(golden_collection(all_arms()));
  return pages.at("audit");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A number of the run with every arm, as pages write it.
std::string text_of(const std::string& name, const std::string& format) {
  static const Numbers numbers = numbers_from_json(golden_collection(all_arms()).at("numbers"));
  return format_number(numbers.at(name), format);
}

/// The main arm's row in the table of losses.
std::string learned_row(const std::string& cached) {
  const std::string about = golden_collection().at("about_arms").at("learned");
  return "| learned | " + markdown_escape(about) + " | 1 | " + text_of("loss.learned", "f3") +
         " | \u2013 | \u2013 | " + cached + " |";
}

/// Table rows of a page whose first cell is `first`, cells parted by one bar.
std::vector<std::string> rows_of(const std::string& page, const std::string& first) {
  std::vector<std::string> rows;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("| " + first + " |")) rows.push_back(line);
  return rows;
}

/// With one seed no claim has; with three all that were measured have, but the ratio of clocks.
TEST(Audit, TellsThePOfEveryClaimThatHasOne) {
  EXPECT_FALSE(has(full_audit(), "How sure?"));
  json collected = golden_collection({"learned", "copy"}, {0, 1, 2});
  json& b5 = collected["verdicts"]["B5"];
  b5["p"] = 0.003, b5["p_holm"] = 0.02;
  const auto audit = pages_of(collected).at("audit");
  int with_p = 0;
  for (const auto& [id, verdict] : collected.at("verdicts").items()) {
    with_p += !verdict.at("p").is_null();
    EXPECT_EQ(rows_of(audit, id).size(), verdict.at("p").is_null() ? 1u : 2u) << id;
  }
  EXPECT_TRUE(has(audit, "corrects all " + std::to_string(with_p) + " for each other"));
  EXPECT_EQ(rows_of(audit, "B5").back(),
            "| B5 | a sink index stays a sink | more than 4 of 8 shared | 0.003 | 0.02 |");
}

/// In two tables: of measures, and of losses.
TEST(Audit, TellsTheMeasuresAndTheLossOfEveryArm) {
  for (const auto& arm : all_arms())
    EXPECT_EQ(rows_of(full_audit(), markdown_escape(arm)).size(), 2u) << arm;
  const auto measured = rows_of(full_audit(), "frozen").front();
  EXPECT_TRUE(has(
      measured, "| frozen | 1 | " + text_of("rank.frozen.coordinate_pr.final.deep", "f1") + " | "))
      << measured;
  EXPECT_TRUE(has(measured, " | " + text_of("loss_difference.frozen", "s3") + " |")) << measured;
  const auto alone = pages_of(golden_collection()).at("audit");
  EXPECT_EQ(rows_of(alone, "learned").back(), learned_row(text_of("train.kv_floats", "f0")));
  EXPECT_TRUE(rows_of(alone, "thin16").empty());
  const auto thin = rows_of(full_audit(), "thin16").back();
  EXPECT_TRUE(has(thin, "| " + text_of("loss_difference.thin16", "s3") + " (")) << thin;
  EXPECT_TRUE(
      has(thin, "| 95\u00a0% t over sequences | " + text_of("train.thin16.kv_floats", "f0") + " |"))
      << thin;
}

TEST(Documents, TellEveryOrderDeletionAndPlace) {
  const json collected = golden_collection(all_arms());
  const auto deep_dive = pages_of(collected).at("rank_collapse_deep_dive");
  ASSERT_GE(collected.at("orders").size(), 11u);
  ASSERT_GE(collected.at("percents").size(), 5u);
  for (const auto& order : collected.at("orders")) {
    const auto title = markdown_escape(order.at("title").get<std::string>());
    std::string row = "| " + title + " |";
    for (const auto& percent : collected.at("percents"))
      row += fmt::format(
          " {} |", text_of(fmt::format("ablate.{}.{}.share", order.at("name").get<std::string>(),
                                       percent.dump()),
                           "pct1"));
    EXPECT_EQ(rows_of(deep_dive, title), std::vector{row}) << title;
  }
  std::string header = "| rise as a share of the uniform benefit |";
  for (const auto& percent : collected.at("percents")) {
    header += fmt::format(" {} % cut |", percent.dump());
    EXPECT_EQ(rows_of(full_audit(), percent.dump() + " %").size(), 1u) << percent;
  }
  EXPECT_TRUE(has(deep_dive, header + "\n")) << header;
  EXPECT_EQ(rows_of(full_audit(), "last 32 tokens of a sequence").size(), 1u);
}

/// Runs kept from before a table was measured still render.
TEST(Audit, LeavesOutTablesWithoutNumbers) {
  json collected = golden_collection();
  auto& numbers = collected["numbers"];
  for (auto entry = numbers.begin(); entry != numbers.end();) {
    const bool gone = entry.key().starts_with("delete.") || entry.key().starts_with("position.") ||
                      entry.key().starts_with("induction.") || entry.key() == "train.kv_floats";
    entry = gone ? numbers.erase(entry) : std::next(entry);
  }
  collected["verdicts"]["A7"] = verdicts(numbers_from_json(numbers)).at("A7");
  const auto audit = pages_of(collected).at("audit");
  EXPECT_FALSE(has(audit, "Deleting is not zeroing"));
  EXPECT_FALSE(has(audit, "Where attention earns its keep"));
  EXPECT_FALSE(has(audit, "How sure?"));
  EXPECT_TRUE(has(audit, learned_row("\u2013")));
}

TEST(Audit, EveryArmsDocumentsHoldForEveryVerdict) {
  json collected = golden_collection(all_arms());
  for (const Verdict verdict : kVerdicts) {
    for (auto& entry : collected["verdicts"]) entry["key"] = verdict_key(verdict);
    EXPECT_NO_THROW(pages_of(collected)) << verdict_word(verdict);
  }
}

TEST(Documents, TellTheShuffledFrequenciesWhereTheyWereRun) {
  const auto deep_dive = pages_of(golden_collection(all_arms())).at("rank_collapse_deep_dive");
  const std::string arm = "correlate.rope_shuffled.";
  EXPECT_TRUE(has(deep_dive, text_of(arm + "pair_level.mean", "f3") + " index by index"));
  EXPECT_TRUE(has(deep_dive, text_of(arm + "by_frequency.mean", "f3") + " once pairs stand"));
  const auto alone = pages_of(golden_collection()).at("rank_collapse_deep_dive");
  EXPECT_FALSE(has(alone, "rope_shuffled"));
}

/// A figure that no stage draws would fail only after an hour of training.
TEST(Audit, FiguresInDocumentsAreDrawnBySomeStage) {
  static const std::regex link(R"re(\.\./figures/([a-z_]+)\.svg\)\n\n\*Figure (\d+)\. )re");
  for (const auto& [name, page] : pages_of(golden_collection())) {
    if (name == "numbers") continue;  // it has none
    int number = 0;
    for (std::sregex_iterator match(page.begin(), page.end(), link), end; match != end; ++match) {
      EXPECT_TRUE(std::filesystem::exists("figures/" + (*match)[1].str() + ".cpp")) << (*match)[1];
      EXPECT_TRUE(has(page, "Drawn by figure-" + (*match)[1].str())) << (*match)[1];
      EXPECT_EQ((*match)[2], std::to_string(++number)) << name;
    }
    EXPECT_GE(number, 2) << name;
  }
}

/// numbers.json as of somebody's checkpoint; what the golden run was trained with stays in it.
json of_a_checkpoint(const std::string& ranked_by) {
  json collected = golden_collection();
  collected["model"] = {{"name", "Some-0.6B"},
                        {"summary", "qwen3: 28 layers"},
                        {"ranked_by", ranked_by},
                        {"norm", "of a head"},
                        {"checkpoint_sha256", "1f2e"}};
  collected["numbers"]["sequences.rank"] = {{"value", 8}, {"unit", "sequences"}, {"n", 1}};
  return collected;
}

TEST(ModelAudit, IsADocumentOfItsOwn) {
  const auto pages = pages_of(of_a_checkpoint("gains"));
  ASSERT_EQ(pages.size(), 2U);
  const auto& audit = pages.at("model_audit");
  EXPECT_TRUE(has(audit, "An audit of Some-0.6B") && has(audit, "qwen3: 28 layers"));
  EXPECT_TRUE(has(audit, "`1f2e`"));
  EXPECT_FALSE(has(audit, "no norm on its keys"));
  EXPECT_TRUE(has(pages.at("numbers"), "[the audit](model_audit.md)"));
  EXPECT_FALSE(pages_of(golden_collection()).contains("model_audit"));
}

/// A section that is left out on lines of its own leaves an empty one, which ends a table.
TEST(Audit, ProvenanceIsOneTableOfEitherKind) {
  EXPECT_TRUE(has(full_audit(), "|\n| corpus "));
  EXPECT_TRUE(has(pages_of(of_a_checkpoint("gains")).at("model_audit"), "|\n| SHA-256 over those"));
}

TEST(ModelAudit, TellsEveryClaimOnceMeasuredOrNot) {
  const json collected = of_a_checkpoint("gains");
  const auto audit = pages_of(collected).at("model_audit");
  for (const auto& [id, verdict] : collected.at("verdicts").items()) {
    const bool measured = verdict.at("key") != "not_measured";
    const auto rows = rows_of(audit, id);
    ASSERT_EQ(rows.size(), 1U) << id;
    auto reason = markdown_escape(verdict.at("reason").get<std::string>());
    if (!measured) reason = reason.substr(0, reason.find_first_of(";."));
    EXPECT_EQ(has(rows[0], reason), !measured) << id;
  }
}

TEST(ModelAudit, SaysWhereDimensionsAreRankedByEnergy) {
  const auto audit = pages_of(of_a_checkpoint("energies")).at("model_audit");
  EXPECT_TRUE(has(audit, "This family has no norm on its keys"));
  const auto tied = pages_of(of_a_checkpoint("energies, as gains tie")).at("model_audit");
  EXPECT_FALSE(has(tied, "This family has no norm on its keys"));
  EXPECT_TRUE(has(tied, "the gains of the norm on keys are all of one size"));
  EXPECT_TRUE(has(tied, "read\n*energy*"));
}

TEST(ModelAudit, TellsNoShareOfABenefitThatMayBeNone) {
  auto collected = of_a_checkpoint("gains");
  auto& benefit = collected["numbers"]["ablate.attention_benefit"];
  benefit = {
      {"value", 0.2}, {"unit", "nats/token"},          {"n", 1}, {"level", 0.95}, {"lo", 0.1},
      {"hi", 0.3},    {"interval", "t over sequences"}};
  const auto some = pages_of(collected).at("model_audit");
  EXPECT_TRUE(has(some, "removable for 1 % of the uniform benefit"));
  EXPECT_FALSE(has(some, "no share of it means anything:"));
  benefit["lo"] = -0.1;
  const auto none = pages_of(collected).at("model_audit");
  EXPECT_FALSE(has(none, "removable for 1 % of the uniform benefit"));
  EXPECT_TRUE(has(none, "are zeroed. On this text the uniform benefit is\nnot above zero"));
}

TEST(ModelAudit, SaysWhatAGainOfANormOverAllHeadsIs) {
  EXPECT_FALSE(has(pages_of(of_a_checkpoint("gains")).at("model_audit"), "root mean square over"));
  auto collected = of_a_checkpoint("gains");
  collected["model"]["norm"] = "over all heads";
  EXPECT_TRUE(has(pages_of(collected).at("model_audit"), "root mean square over heads"));
}

TEST(ModelAudit, HasAPageForTheScreen) {
  const auto collected = of_a_checkpoint("gains");
  const auto page = render_screen_page("paper/templates", collected, pages_of(collected));
  EXPECT_TRUE(
      has(page, "a checkpoint trained elsewhere. The argument is in [the audit](model_audit.md)"));
  EXPECT_TRUE(has(page, "(KQ-SVD)")) << "its own answer";
  EXPECT_FALSE(has(page, "## Arms"));
  EXPECT_TRUE(has(page, "data-figure=\"low_rank\""));
  EXPECT_FALSE(has(page, "data-figure=\"arm_losses\"")) << "no document about it shows that";
}

/// The first line in which two texts differ, of both; nothing if they are equal.
std::string difference(const std::string& one, const std::string& other) {
  std::istringstream ones(one), others(other);
  for (std::string a, b; !ones.eof() || !others.eof();) {
    if (!std::getline(ones, a)) a = "(end)";
    if (!std::getline(others, b)) b = "(end)";
    if (a != b) return a + "\n" + b;
  }
  return "";
}

/// A rule or a sentence that changed is in what lies in the repository too: make rejudge.
TEST(KeptResults, AreJudgedAndToldByThePresentRulesAndTemplates) {
  for (const auto& entry : std::filesystem::directory_iterator("paper/results")) {
    const auto kept = read_json(entry.path() / "numbers.json");
    EXPECT_EQ(kept.at("verdicts"), verdicts(numbers_from_json(kept.at("numbers")))) << entry.path();
    for (const auto& [name, page] : render_pages("paper/templates", kept))
      EXPECT_EQ(difference(read_text(entry.path() / "report" / (name + ".md")), page), "")
          << entry.path() << " " << name;
  }
}

}  // namespace
}  // namespace rc
