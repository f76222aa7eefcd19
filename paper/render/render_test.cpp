#include <gtest/gtest.h>

#include <filesystem>

#include "paper/render/document.h"
#include "paper/render/page_names.h"
#include "paper/render/pages.h"
#include "paper/render/template_text.h"
#include "paper/render/verdict_table.h"
#include "paper/testing/golden_collection.h"
#include "paper/text/number_text.h"
#include "paper/verdict/verdict.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

/// Templates of the documents, of which the audit says `text`, rendered.
std::string audit_of(const std::string& text, const json& collected,
                     const std::string& part = "part") {
  const TemporaryFolder folder;
  write_text(folder.path() / "dimensional_collapse.md", "");
  write_text(folder.path() / "rank_collapse_deep_dive.md", "");
  write_text(folder.path() / "numbers.md", "");
  write_text(folder.path() / "audit.md", text);
  write_text(folder.path() / "_part.md", part);
  write_json(folder.path() / "groups.json",
             {{{"title", "All"}, {"prefixes", {"a", "rank", "loss"}}}});
  write_json(folder.path() / "measures.json",
             {{{"title", "PR"}, {"name", "a.x"}, {"format", "f1"}}});
  return render_pages(folder.path(), collected).at("audit");
}

/// Two numbers, and one claim that was not measured.
json small() {
  return {{"profile", "smoke"},
          {"seeds", {0}},
          {"arms", {"learned"}},
          {"numbers",
           to_json(Numbers{{"a.x", {1.25, "share", 1, Interval{1, 1.5, 0.95, "t over seeds"}}},
                           {"a.y", {2, "share", 1, {}}}})},
          {"sources", json::object()},
          {"verdicts", {{"B1", golden_collection()["verdicts"]["B7"]}}},
          {"provenance",
           {{"cpu", "CPU_1 | 50 % #2"},
            {"settings", {{"train.steps", "320"}}},
            {"stages", json::array()}}}};
}

constexpr const char* kAll = "{{#groups}}{{#rows}}{{/rows}}{{/groups}}";

/// `text` with everything shown besides, so that nothing is unused.
std::string rendered(const std::string& text) { return audit_of(text + kAll, small()); }

TEST(Render, ResolvesNumbersAndTexts) {
  EXPECT_EQ(rendered("{{a.x.withf1}} {{setting.train.steps}} {{profile}}"),
            "1.2 (1.0 to 1.5) 320 smoke");
  EXPECT_EQ(rendered("{{#has.a.x}}yes{{/has.a.x}}{{^has.loss_difference.thin16}}no"
                     "{{/has.loss_difference.thin16}}"),
            "yesno");
  EXPECT_EQ(rendered("{{#more.a.y.than.a.x}}more{{/more.a.y.than.a.x}}"
                     "{{#more.a.x.than.a.y}}less{{/more.a.x.than.a.y}}"),
            "more");
  EXPECT_EQ(rendered("{{#verdict.B1.not_measured}}open{{/verdict.B1.not_measured}}"
                     "{{#verdict.B1.reproduced}}closed{{/verdict.B1.reproduced}}"),
            "open");
  EXPECT_EQ(rendered("{{#claim.B1}}{{id}} {{n}}{{/claim.B1}}"), "B1 \u2013");
}

TEST(Render, AsksForNumbersThatARunMayLack) {
  EXPECT_EQ(rendered("{{#has.a.z}}{{a.z.f1}}{{/has.a.z}}{{^has.a.z}}none{{/has.a.z}}"), "none");
  EXPECT_EQ(error_of([] { rendered("{{#has.a.zz}}{{a.z.f1}}{{/has.a.zz}}"); }),
            "audit.md:1: neither a number nor a claim is about a.zz; the nearest is a.z");
}

TEST(Render, EmptySectionsLeaveOneBlankLine) {
  EXPECT_EQ(rendered("a\n\n{{#one_seed}}\n{{/one_seed}}\n\n\n\nb"), "a\n\nb");
}

TEST(Render, EscapesTextsAndNotRawOnes) {
  EXPECT_EQ(rendered("{{provenance.cpu}}"), "CPU\\_1 \\| 50 % \\#2");
  EXPECT_EQ(rendered("{{{provenance.cpu}}}"), "CPU_1 | 50 % #2");
}

TEST(Render, AnUnknownNameIsAnErrorWithItsLine) {
  EXPECT_EQ(error_of([] { rendered("one\ntwo {{a.z.f1}}"); }),
            "audit.md:2: a.z.f1: no number a.z; the nearest is a.x");
  EXPECT_EQ(error_of([] { rendered("\n\n{{a.x}}"); }),
            "audit.md:3: a.x does not end in a format such as .f1 or .pct0");
  EXPECT_EQ(error_of([] { rendered("{{#has.a.xx}}{{/has.a.xx}}"); }),
            "audit.md:1: neither a number nor a claim is about a.xx; the nearest is a.x");
  EXPECT_EQ(error_of([] { rendered("{{nonsense}}"); }), "audit.md:1: no name nonsense");
  EXPECT_EQ(error_of([] { rendered("{{>_nothing}}"); }),
            "audit.md:1: no template _nothing.md to include");
  for (const auto* bad :
       {"{{setting.train.stepz}}", "{{provenance.gpu}}", "{{a.y.cif1}}",
        "{{#verdict.Z9.partly}}{{/verdict.Z9.partly}}", "{{#verdict.B1.true}}{{/verdict.B1.true}}",
        "{{#more.a.x.than.a.z}}{{/more.a.x.than.a.z}}"})
    EXPECT_THROW(rendered(bad), UserError) << bad;
}

TEST(Render, AnErrorInAPartNamesThePart) {
  EXPECT_EQ(error_of([] { audit_of(std::string(kAll) + "{{>_part}}", small(), "x\n{{a.z.f1}}"); }),
            "_part.md:2: a.z.f1: no number a.z; the nearest is a.x");
}

TEST(Render, ANumberNobodyShowsIsAnError) {
  EXPECT_EQ(error_of([] { audit_of("{{a.x.f1}}", small()); }),
            "no page shows a.y (1 such number); add its prefix to paper/templates/groups.json");
  EXPECT_EQ(audit_of("{{a.x.f1}} {{a.y.f0}}", small()), "1.2 2");
}

TEST(Render, MalformedTemplatesAreRefused) {
  EXPECT_EQ(error_of([] { with_places("a\n{{#b}} {{/c}}", "t.md"); }),
            "t.md:2: {{/c}} ends no section; open is: b@t.md:2");
  EXPECT_EQ(error_of([] { with_places("{{#b}}\n", "t.md"); }),
            "t.md:2: section b@t.md:1 has no end");
  EXPECT_EQ(error_of([] { with_places("\n{{b", "t.md"); }), "t.md:2: tag without end");
  EXPECT_THROW(with_places("{{=<% %>=}}", "t.md"), UserError);
  EXPECT_EQ(with_places("{{! said aside }}{{{x}}}", "t.md"), "{{{x@t.md:1}}}");
}

/// The project's own templates, whatever the verdicts turn out to be.
TEST(Render, DocumentsHoldForEveryVerdict) {
  json collected = golden_collection();
  for (const Verdict verdict : kVerdicts) {
    for (auto& entry : collected["verdicts"]) {
      entry["key"] = verdict_key(verdict);
      entry["verdict"] = verdict_word(verdict);
    }
    EXPECT_EQ(error_of([&] { render_pages("paper/templates", collected); }), "no error")
        << verdict_word(verdict);
  }
}

TEST(Render, DocumentsHoldForManySeeds) {
  const json collected = golden_collection({"learned", "copy"}, {0, 1, 2});
  EXPECT_EQ(collected["numbers"]["gains.seeds_spearman"]["n"], 3);
  const auto pages = render_pages("paper/templates", collected);
  EXPECT_NE(pages.at("audit").find("seeds 0, 1 and 2"), std::string::npos);
}

TEST(Render, DocumentsLeaveNoTagBehind) {
  for (const auto& [name, page] : render_pages("paper/templates", golden_collection())) {
    EXPECT_EQ(page.find("{{"), std::string::npos) << name;
    EXPECT_EQ(page.find("}}"), std::string::npos) << name;
    EXPECT_EQ(page.find('@'), std::string::npos) << name;
  }
}

TEST(Render, TheAuditShowsEveryClaimAndAPageEveryNumber) {
  auto collected = golden_collection();
  collected["numbers"]["ablate.low_gain.100"] = collected["numbers"]["ablate.low_gain.80"];
  const auto pages = render_pages("paper/templates", collected);
  const auto &audit = pages.at("audit"), &all = pages.at("numbers");
  for (const Claim& claim : claims())
    EXPECT_NE(audit.find("| " + claim.id + " |"), std::string::npos) << claim.id;
  EXPECT_NE(all.find("`ablate.low_gain.60.share`"), std::string::npos);
  EXPECT_LT(all.find("`ablate.low_gain.80`"), all.find("`ablate.low_gain.100`"));
  const std::string name = "rank.pr_eigen.centred.before_rope.final";
  const auto numbers = numbers_from_json(collected.at("numbers"));
  const auto middle = format_number(numbers.at(name + ".middle"), "g3");
  EXPECT_NE(all.find("`" + name + "` | " + middle + " ("), std::string::npos);
}

TEST(Render, TheVerdictTableFitsATerminal) {
  std::istringstream lines(verdict_table(golden_collection()));
  int claims_seen = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(columns(line), 80u) << line;
    claims_seen += line.size() > 2 && line[1] >= '0' && line[1] <= '9' && line[0] >= 'A';
  }
  EXPECT_EQ(claims_seen, 24);
}

}  // namespace
}  // namespace rc
