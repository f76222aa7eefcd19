#include "paper/collect/provenance.h"

#include <algorithm>

#include "pipeline/dag.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The manifests a stage left for the seeds and arms of this run; absent ones are skipped.
std::vector<json> manifests_of(const Context& context, const StageSpec& spec) {
  std::vector<fs::path> folders;
  if (spec.scope == Scope::kProfile)
    folders.push_back(context.profile_dir());
  else
    for (const long seed : context.seeds())
      for (const auto& arm : context.arms()) folders.push_back(context.run_dir(seed, arm));
  std::vector<json> manifests;
  for (const auto& folder : folders) {
    const auto file = folder / "manifest" / (spec.name + ".json");
    if (fs::exists(file)) manifests.push_back(read_json(file));
  }
  return manifests;
}

/// "a", or "a, b" where runs differ.
void join_distinct(json& joined, const std::string& field, const json& manifest) {
  if (!manifest.contains(field) || !manifest[field].is_string()) return;
  const auto value = manifest[field].get<std::string>();
  std::string& text = joined[field].get_ref<std::string&>();
  if (text.empty())
    text = value;
  else if (("," + text + ",").find(value) == std::string::npos)
    text += ", " + value;
}

/// "device cpu, threads 2".
std::string facts_text(const json& manifest) {
  std::string text;
  const json facts = manifest.value("facts", json::object());
  for (const auto& [name, value] : facts.items())
    text += (text.empty() ? "" : ", ") + name + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  return text;
}

json stage_row(const std::string& stage, const std::vector<json>& manifests) {
  double seconds = 0;
  for (const auto& manifest : manifests) seconds += manifest.value("wall_seconds", 0.0);
  return {{"stage", stage},
          {"runs", manifests.size()},
          {"wall_seconds", seconds},
          {"facts", facts_text(manifests.front())}};
}

}  // namespace

json provenance(const Context& context) {
  json out = {{"git_revision", ""},
              {"compiler", ""},
              {"cpu", ""},
              {"stages", json::array()},
              {"settings", json::object()}};
  for (const StageSpec& spec : dag()) {
    if (spec.name == context.spec().name) break;
    const auto manifests = manifests_of(context, spec);
    if (manifests.empty()) continue;
    out["stages"].push_back(stage_row(spec.name, manifests));
    for (const auto& manifest : manifests)
      for (const auto* field : {"git_revision", "compiler", "cpu"})
        join_distinct(out, field, manifest);
    out["settings"].update(manifests.front().value("settings", json::object()));
  }
  return out;
}

}  // namespace rc
