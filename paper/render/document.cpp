#include "paper/render/document.h"

#include <fmt/format.h>

#include <regex>
#include <span>

#include "paper/render/pages.h"
#include "paper/render/pandoc.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/file.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// LaTeX breaks no line inside a code span; a long name may break after its dots.
std::string breakable_names(const std::string& markdown) {
  static const std::regex name("`([a-z0-9_.]{24,})`");
  std::string out;
  auto rest = markdown.cbegin();
  for (std::sregex_iterator match(markdown.begin(), markdown.end(), name), end; match != end;
       ++match) {
    const auto escaped = replace_all(replace_all((*match)[1], "_", "\\_"), ".", ".\\allowbreak{}");
    out.append(rest, (*match)[0].first);
    out += fmt::format("`\\texttt{{{}}}`{{=latex}}", escaped);
    rest = (*match)[0].second;
  }
  return out.append(rest, markdown.cend());
}

/// A file another program writes to `scratch` and which then is put in its place in one step.
void take_over(const fs::path& scratch, const fs::path& target) {
  write_atomically(target, [&](const fs::path& temporary) {
    auto copy = File::create(temporary);  // says what it could not write; fs::copy_file does not
    for_each_piece(scratch, [&](std::span<const std::byte> piece) { copy.write(piece); });
  });
}

void make_latex(const std::string& name, const std::string& markdown, const fs::path& templates,
                const fs::path& report) {
  write_text(report / (name + ".tex"),
             pandoc(for_pandoc(markdown, Target::kLatex),
                    {"--to=latex", "--shift-heading-level-by=-1", "--variable=papersize:a4",
                     "--variable=geometry:margin=22mm", "--variable=fontsize:11pt",
                     "--variable=colorlinks:true", "--variable=linkcolor:NavyBlue",
                     "--variable=filecolor:NavyBlue", "--variable=urlcolor:NavyBlue"},
                    read_text(templates / "header.tex"), report));
}

void make_pdf(const std::string& name, const fs::path& report) {
  const TemporaryFolder scratch;
  const auto result =
      run_command({.program = "latexmk",
                   .arguments = {"-pdf", "-norc", "-interaction=nonstopmode", "-halt-on-error",
                                 "-outdir=" + scratch.path().string(), name + ".tex"},
                   .folder = report});
  if (result.status != 0) {
    const auto log = scratch.path() / (name + ".log");
    const auto error = latex_error(fs::exists(log) ? read_text(log) : result.text());
    throw UserError(fmt::format("LaTeX refused {}: {}", (report / (name + ".tex")).string(),
                                error.empty() ? result.silence() : error));
  }
  take_over(scratch.path() / (name + ".pdf"), report / (name + ".pdf"));
}

void make_html(const std::string& name, const std::string& markdown, const fs::path& templates,
               const fs::path& report) {
  write_text(report / (name + ".html"),
             pandoc(for_pandoc(markdown, Target::kHtml),
                    {"--to=html5", "--self-contained", "--mathml", "--metadata=lang:en",
                     "--metadata=document-css:false",
                     "--metadata=pagetitle:" + markdown.substr(2, markdown.find('\n') - 2)},
                    "<style>\n" + read_text(templates / "style.css") + "</style>\n", report));
}

}  // namespace

std::string for_pandoc(const std::string& markdown, Target target) {
  const bool latex = target == Target::kLatex;
  static const std::regex figure(kFigurePattern);
  // LaTeX numbers figures itself. No line ends between a number and its percent sign.
  auto text = std::regex_replace(
      replace_all(markdown, " %", "\u00a0%"), figure,
      latex ? "![$4](../figures/$2.pdf)" : "![$3$4](../figures/$2.svg){alt=\"$1\"}");
  for (const auto& [name, printed, about] : kDocuments)
    text = replace_all(text, fmt::format("]({}.md", name),
                       printed ? fmt::format("]({}.{}", name, latex ? "pdf" : "html")
                               : fmt::format("]({}.html#{}", kScreenPage, name));
  return latex ? breakable_names(text) : text;
}

std::string latex_error(const std::string& log) {
  const auto line_at = [&](std::size_t at) { return log.substr(at, log.find('\n', at) - at); };
  const auto bang = log.find("\n! ");
  if (bang == log.npos) return "";
  const auto number = log.find("\nl.", bang);
  if (number == log.npos) return line_at(bang + 1);
  return fmt::format("{} {}", line_at(bang + 1), line_at(number + 1));
}

std::vector<fs::path> make_document(const Document& document, const std::string& markdown,
                                    const Press& press) {
  const std::string name = document.name;
  std::vector<const char*> forms = {".md"};
  write_text(press.report / (name + ".md"), markdown);
  if (document.printed) {
    make_html(name, markdown, press.templates, press.report);
    make_latex(name, markdown, press.templates, press.report);
    forms.insert(forms.end(), {".html", ".tex"});
  }
  if (document.printed && press.latex) {
    make_pdf(name, press.report);
    forms.push_back(".pdf");
  }
  std::vector<fs::path> files;
  for (const auto* form : forms) files.push_back(press.report / (name + form));
  return files;
}

}  // namespace rc
