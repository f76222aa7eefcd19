#include "paper/render/document.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "paper/text/number_text.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFigure =
    "![Keys](../figures/gamma_heatmap.svg)\n\n*Figure 2. Gains. All.*\n";

TEST(Document, CaptionsMoveIntoTheImage) {
  EXPECT_EQ(for_pandoc(kFigure, Target::kLatex), "![Gains. All.](../figures/gamma_heatmap.pdf)\n");
  EXPECT_EQ(for_pandoc(kFigure, Target::kHtml),
            "![Figure 2. Gains. All.](../figures/gamma_heatmap.svg){alt=\"Keys\"}\n");
}

TEST(Document, LinksFollowTheFormat) {
  EXPECT_EQ(for_pandoc("[a](audit.md) [b](other.md)", Target::kLatex),
            "[a](audit.pdf) [b](other.md)");
  EXPECT_EQ(for_pandoc("[a](audit.md)", Target::kHtml), "[a](audit.html)");
  for (const auto target : {Target::kLatex, Target::kHtml})
    EXPECT_EQ(for_pandoc("[a](numbers.md)", target), "[a](index.html#numbers)");
}

TEST(Document, LongNamesMayBreakInLatexOnly) {
  const std::string name = "`rank.pr_eigen.centred.final.deep`";
  EXPECT_EQ(for_pandoc(name, Target::kHtml), name);
  EXPECT_EQ(for_pandoc(name + " `loss.copy`", Target::kLatex),
            "`\\texttt{rank.\\allowbreak{}pr\\_eigen.\\allowbreak{}centred.\\allowbreak{}final."
            "\\allowbreak{}deep}`{=latex} `loss.copy`");
}

TEST(Document, FindsWhatLatexComplainsOf) {
  EXPECT_EQ(latex_error("junk\n! Undefined control sequence.\nmore\nl.12 \\foo\n"),
            "! Undefined control sequence. l.12 \\foo");
  EXPECT_EQ(latex_error("junk\n! Emergency stop.\n"), "! Emergency stop.");
  EXPECT_EQ(latex_error("all is well"), "");
}

/// A folder with a report and what it needs, and documents made in it. No other program may read
/// anything into its name.
class DocumentFiles : public ::testing::Test {
 protected:
  fs::path odd() const { return folder_.path() / "it's a \"Löß\", $HOME 100%20 #1 &"; }
  fs::path report() const { return odd() / "report"; }
  std::string make(const std::string& markdown, const std::string& header = "") {
    write_text(odd() / "templates" / "style.css", "body { color: black }");
    write_text(odd() / "templates" / "header.tex",
               header.empty() ? read_text("paper/templates/header.tex") : header);
    make_document({"page", true}, markdown, {odd() / "templates", report(), latex_});
    return read_text(report() / "page.tex");
  }
  bool latex_ = true;

 private:
  TemporaryFolder folder_;
};

TEST_F(DocumentFiles, TextValuesSurviveLatex) {
  const auto tex =
      make("# T\n\n" + markdown_escape("Intel(R) #1_x & 50 % ^ $~ {a} \\b <c>") + "\n");
  EXPECT_NE(tex.find("Intel(R) \\#1\\_x \\&"), std::string::npos) << tex;
  EXPECT_NE(tex.find("\\{a\\} \\textbackslash b"), std::string::npos);
  const auto html = read_text(report() / "page.html");
  EXPECT_NE(html.find("&lt;c&gt;"), std::string::npos);
  EXPECT_NE(html.find("<title>T</title>"), std::string::npos);
  EXPECT_NE(html.find("color: black"), std::string::npos) << "the style is inside the file";
}

TEST_F(DocumentFiles, AWiderNumberMovesNoOtherLine) {
  // 71 columns, one less than pandoc fills by itself.
  const std::string rest = " tokens per second, from an initial loss of six nats a token or so,";
  for (const auto* number : {"9.75", "10,750"}) {
    const auto tex = make("# T\n\n" + (number + rest) + "\nand no more.\n");
    EXPECT_NE(tex.find(rest + "\nand no more.\n"), std::string::npos) << tex;
    EXPECT_NE(read_text(report() / "page.html").find(rest + "\nand no more."), std::string::npos);
  }
}

TEST_F(DocumentFiles, EqualInputEqualBytes) {
  const std::string text = "# T\n\nSome $x^2$ text, \u22121.\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n";
  make(text);
  const auto pdf = read_text(report() / "page.pdf");
  fs::remove(report() / "page.pdf");
  make(text);
  EXPECT_EQ(read_text(report() / "page.pdf"), pdf);
  EXPECT_TRUE(pdf.starts_with("%PDF"));
  EXPECT_EQ(std::distance(fs::directory_iterator(report()), {}), 4) << "md, tex, pdf, html alone";
}

TEST_F(DocumentFiles, WithoutLatexThereIsAllButThePdf) {
  latex_ = false;
  make("# T\n\ntext\n");
  EXPECT_TRUE(fs::exists(report() / "page.md") && fs::exists(report() / "page.html"));
  EXPECT_FALSE(fs::exists(report() / "page.pdf"));
}

TEST_F(DocumentFiles, ALatexErrorIsToldInOneLine) {
  try {
    make("# T\n\ntext\n", "\\undefinedthing\n");
    FAIL() << "no error";
  } catch (const UserError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("! Undefined control sequence. l."), std::string::npos) << message;
    EXPECT_NE(message.find("page.tex"), std::string::npos) << message;
  }
}

/// While it lives, pandoc is this script.
class PandocStandIn {
 public:
  explicit PandocStandIn(const std::string& script) : before_(std::getenv("PATH")) {
    const auto file = folder_.path() / "pandoc";
    write_text(file, "#!/bin/sh\n" + script + "\n");
    fs::permissions(file, fs::perms::owner_all);
    ::setenv("PATH", (folder_.path().string() + ":" + before_).c_str(), 1);
  }
  ~PandocStandIn() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  TemporaryFolder folder_;
  std::string before_;
};

TEST_F(DocumentFiles, APandocThatFailsOrIsKilledIsAnError) {
  for (const auto* script : {"echo 'bad table' >&2\nexit 1", "kill -KILL $$"}) {
    const PandocStandIn pandoc(script);
    for (const auto children : {SIG_DFL, SIG_IGN}) {
      ::signal(SIGCHLD, children);
      EXPECT_THROW(make("# T\n"), UserError) << script;
      EXPECT_FALSE(fs::exists(report() / "page.tex"));
    }
    ::signal(SIGCHLD, SIG_DFL);
  }
}

}  // namespace
}  // namespace rc
