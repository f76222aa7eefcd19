#include "paper/render/verdict_table.h"

#include <fmt/format.h>

#include <map>

#include "paper/render/pages.h"
#include "paper/text/number_text.h"
#include "paper/verdict/verdict.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

/// `text` in exactly `width` columns.
std::string left(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, columns(text)), ' ');
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ') + text;
}

std::string row(const std::string& id, const std::string& title, const std::string& ours,
                const std::string& control, const std::string& verdict) {
  return fmt::format("{}  {}  {}  {}  {}\n", left(id, 3), left(title, 30), right(ours, 8),
                     right(control, 8), verdict);
}

std::string value_of(const json& verdict, const std::string& field, const Numbers& numbers) {
  const auto name = verdict.at(field).get<std::string>();
  return name.empty()
             ? "-"
             : number_text(numbers, name + "." + verdict.at(field + "_format").get<std::string>());
}

std::string counts(const std::map<std::string, int>& by_word) {
  std::string text;
  for (const Verdict verdict : kVerdicts) {
    const auto found = by_word.find(std::string(verdict_word(verdict)));
    if (found != by_word.end())
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", found->second, found->first);
  }
  return text;
}

}  // namespace

std::string verdict_table(const json& collected) {
  const Numbers numbers = numbers_from_json(collected.at("numbers"));
  std::string out = row("", "claim", "ours", "control", "verdict");
  std::map<std::string, int> by_word;
  bool starred = false;
  for (const auto& [id, verdict] : collected.at("verdicts").items()) {
    const bool few_seeds = verdict.at("few_seeds");
    starred = starred || few_seeds;
    ++by_word[verdict.at("verdict")];
    out += row(id, verdict.at("title"), value_of(verdict, "ours", numbers),
               value_of(verdict, "control", numbers),
               fmt::format("{}{}", verdict.at("verdict").get<std::string>(), few_seeds ? "*" : ""));
  }
  out += fmt::format("\n{}\n", wrap("", counts(by_word), 0));
  return starred ? out + fmt::format("* fewer than {} seeds\n", kEnoughSeeds) : out;
}

std::string document_list(const std::filesystem::path& report) {
  std::string out;
  const auto first = report / fmt::format("{}.html", kScreenPage);
  if (std::filesystem::exists(first)) out += fmt::format("look first at {}\n", first.string());
  bool without_pdf = false;
  for (const auto& [name, printed, about] : kDocuments) {
    const auto is_there = [&, name = name](const char* form) {
      return std::filesystem::exists(report / fmt::format("{}.{}", name, form));
    };
    if (!is_there("md")) continue;
    const bool pdf = is_there("pdf");
    without_pdf = without_pdf || (printed && !pdf);
    out += fmt::format("{}.{}\n", (report / name).string(),
                       !printed ? "md"
                       : pdf    ? "{md,html,pdf,tex}"
                                : "{md,html,tex}");
  }
  if (without_pdf) out += "no PDF: LaTeX was not installed; make deps installs it\n";
  return out;
}

}  // namespace rc
