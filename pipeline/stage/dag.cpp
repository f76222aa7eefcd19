#include "pipeline/stage/dag.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "pipeline/text.h"

namespace rc {
namespace {

bool draws(const std::string& stage) { return stage.starts_with("figure-"); }

std::string node(const std::string& stage) { return draws(stage) ? "figures" : stage; }

/// The stages whose results "*" stands for in what `reader` reads.
std::set<std::string> measuring(const std::map<std::string, Description>& stages,
                                const std::string& reader) {
  std::set<std::string> names;
  for (const auto& [name, description] : stages) {
    bool reads_reader = name == reader;
    for (const Need& need : description.spec.needs) reads_reader |= need.stage == reader;
    if (!reads_reader && !draws(name)) names.insert(name);
  }
  return names;
}

}  // namespace

std::string dag_text(const std::map<std::string, Description>& stages) {
  std::string text = "stage                            reads\n";
  for (const auto& [name, description] : stages) {
    const StageSpec& spec = description.spec;
    std::set<std::string> sources;
    for (const Need& need : spec.needs)
      sources.insert(need.stage == "*" ? "every stage it is given" : need.stage);
    if (!spec.files.empty()) sources.insert(spec.files);
    const auto lead = fmt::format("{:<30} {} ", name, spec.scope == Scope::kRun ? "*" : " ");
    text +=
        wrap(lead, sources.empty() ? "nothing" : fmt::format("{}", fmt::join(sources, "; ")), 33);
    text += "\n";
  }
  return text + "* once for every seed and arm; the others once a profile\n";
}

std::string dag_dot(const std::map<std::string, Description>& stages) {
  std::set<std::string> lines;  // the figures share theirs
  for (const auto& [name, description] : stages) {
    const StageSpec& spec = description.spec;
    lines.insert(
        fmt::format("  \"{}\" [peripheries={}]", node(name), spec.scope == Scope::kRun ? 2 : 1));
    std::set<std::string> sources;
    for (const Need& need : spec.needs) {
      if (need.stage == "*")
        sources.merge(measuring(stages, name));
      else if (need.stage != name)
        sources.insert(need.stage);
    }
    for (const auto& source : sources)
      lines.insert(fmt::format("  \"{}\" -> \"{}\"{}", node(source), node(name),
                               source == "audit-model" ? " [style=dashed]" : ""));
  }
  return fmt::format(
      "digraph stages {{\n  rankdir=LR\n  node [shape=box, fontname=\"DejaVu Sans\"]\n"
      "  label=\"double frame: once for every seed and arm; dashed: of somebody else's "
      "checkpoint\"\n"
      "  fontname=\"DejaVu Sans\"\n{}\n}}\n",
      fmt::join(lines, "\n"));
}

}  // namespace rc
