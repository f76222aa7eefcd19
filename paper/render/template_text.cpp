#include "paper/render/template_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

/// Walks a template tag by tag and writes each with its place.
class Placer {
 public:
  Placer(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  std::string run() {
    for (auto open = rest_.find("{{"); open != rest_.npos; open = rest_.find("{{")) {
      copy(open);
      tag();
    }
    copy(rest_.size());
    if (!sections_.empty()) fail("section " + sections_.back() + " has no end");
    return std::move(out_);
  }

 private:
  std::string place() const { return fmt::format("{}:{}", file_, line_); }
  [[noreturn]] void fail(const std::string& what) const {
    throw UserError(fmt::format("{}: {}", place(), what));
  }

  void copy(std::size_t count) {
    const auto piece = rest_.substr(0, count);
    line_ += std::count(piece.begin(), piece.end(), '\n');
    out_ += piece;
    rest_.remove_prefix(count);
  }

  void tag() {
    const bool raw = rest_.starts_with("{{{");
    const std::string_view end = raw ? "}}}" : "}}";
    const auto close = rest_.find(end);
    if (close == rest_.npos) fail("tag without end");
    const auto content = trim(rest_.substr(end.size(), close - end.size()));
    if (raw)
      out_ += fmt::format("{{{{{{{}@{}}}}}}}", content, place());
    else
      plain_tag(content);
    const auto whole = rest_.substr(0, close + end.size());
    line_ += std::count(whole.begin(), whole.end(), '\n');
    rest_.remove_prefix(whole.size());
  }

  void plain_tag(std::string_view content) {
    if (content.empty() || content.front() == '=' || content.front() == '&')
      fail(fmt::format("tag {{{{{}}}}} is not used here", content));
    if (content.front() == '!') return;
    if (content.front() == '/') return end_section(std::string(trim(content.substr(1))));
    const auto placed = fmt::format("{}@{}", content, place());
    if (content.front() == '#' || content.front() == '^') sections_.push_back(placed.substr(1));
    out_ += fmt::format("{{{{{}}}}}", placed);
  }

  void end_section(const std::string& name) {
    if (sections_.empty() || split_place(sections_.back()).name != name)
      fail(fmt::format("{{{{/{}}}}} ends no section; open is: {}", name,
                       sections_.empty() ? "none" : sections_.back()));
    out_ += fmt::format("{{{{/{}}}}}", sections_.back());
    sections_.pop_back();
  }

  std::string_view rest_;
  std::string file_;
  std::string out_;
  std::ptrdiff_t line_ = 1;
  std::vector<std::string> sections_;
};

}  // namespace

std::string with_places(std::string_view text, const std::string& file) {
  return Placer(text, file).run();
}

PlacedName split_place(std::string_view tag) {
  const auto at = tag.find('@');
  if (at == tag.npos) return {std::string(tag), ""};
  return {std::string(tag.substr(0, at)), std::string(tag.substr(at + 1))};
}

std::map<std::string, std::string> load_templates(const fs::path& folder) {
  std::map<std::string, std::string> templates;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".md")
      templates[entry.path().stem()] =
          with_places(read_text(entry.path()), entry.path().filename());
  return templates;
}

}  // namespace rc
