#include "paper/collect/provenance.h"

#include <algorithm>
#include <set>

namespace rc {
namespace {

using nlohmann::json;

/// The manifests it was given, by stage in the order of the command line.
std::vector<std::pair<std::string, std::vector<json>>> by_stage(const Context& context) {
  std::vector<std::pair<std::string, std::vector<json>>> stages;
  for (const auto& input : context.manifests()) {
    const auto& name = input.manifest.stage;
    auto known = std::ranges::find(stages, name, [](const auto& entry) { return entry.first; });
    if (known == stages.end()) known = stages.insert(stages.end(), {name, {}});
    known->second.push_back(input.manifest.circumstances);
  }
  return stages;
}

/// "a", or "a, b" where runs differ.
void join_distinct(json& joined, const std::string& field, const json& manifest) {
  if (!manifest.contains(field) || !manifest[field].is_string()) return;
  const auto value = manifest[field].get<std::string>();
  std::string& text = joined[field].get_ref<std::string&>();
  if (text.empty())
    text = value;
  else if ((", " + text + ", ").find(", " + value + ", ") == std::string::npos)
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

/// Settings by section of what is trained here: of somebody's checkpoint they say nothing.
bool is_about_training(const std::string& setting) {
  constexpr const char* kSections[] = {"model.", "train.", "device"};
  return std::ranges::any_of(kSections, [&](const char* s) { return setting.starts_with(s); });
}

}  // namespace

json provenance(const Context& context) {
  json out = {{"git_revision", ""},
              {"compiler", ""},
              {"cpu", ""},
              {"stages", json::array()},
              {"settings", json::object()}};
  for (const auto& [stage, manifests] : by_stage(context)) {
    out["stages"].push_back(stage_row(stage, manifests));
    for (const auto& manifest : manifests)
      for (const auto* field : {"git_revision", "compiler", "cpu"})
        join_distinct(out, field, manifest);
    out["settings"].update(manifests.front().value("settings", json::object()));
  }
  const auto is_audit = [](const json& row) { return row.at("stage") == kAuditModel; };
  if (std::ranges::any_of(out["stages"], is_audit)) {
    json settings = json::object();
    for (const auto& [name, value] : out["settings"].items())
      if (!is_about_training(name)) settings[name] = value;
    out["settings"] = settings;
  }
  return out;
}

json made_by(const std::vector<StageResult>& results) {
  std::map<std::string, std::set<std::string>> names;
  json out = json::object();
  for (const auto& result : results) {
    const auto stage = result.data.at("stage").get<std::string>();
    out[stage]["once"] = result.once;
    for (const auto& [name, number] : result.numbers) names[stage].insert(name);
  }
  for (auto& [stage, entry] : out.items()) entry["numbers"] = names[stage];
  return out;
}

}  // namespace rc
