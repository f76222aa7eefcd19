#include "pipeline/stage/description.h"

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json to_json(const Setting& s) {
  return {{"name", s.name},        {"kind", static_cast<int>(s.kind)},
          {"default", s.fallback}, {"unit", s.unit},
          {"least", s.least},      {"most", s.most},
          {"help", s.help},        {"changes_results", s.changes_results}};
}

/// Its texts are those of `row`.
Setting setting_from(const json& row) {
  const auto text = [&](const char* field) -> std::string_view {
    return row.at(field).get_ref<const std::string&>();
  };
  return {text("name"),    Kind(row.at("kind").get<int>()),
          text("default"), text("unit"),
          row.at("least"), row.at("most"),
          text("help"),    row.at("changes_results")};
}

Description from_json(json value) {
  Description description;
  description.text = std::make_shared<const json>(std::move(value));
  const json& text = *description.text;
  auto rows = std::make_shared<std::vector<Setting>>();
  for (const json& row : text.at("settings")) rows->push_back(setting_from(row));
  description.rows = rows;
  StageSpec& spec = description.spec;
  text.at("name").get_to(spec.name);
  text.at("summary").get_to(spec.summary);
  text.at("writes").get_to(spec.writes);
  text.at("files").get_to(spec.files);
  text.at("alone").get_to(spec.alone);
  spec.scope = text.at("scope") == "run" ? Scope::kRun : Scope::kProfile;
  spec.settings = {*rows};
  for (const json& need : text.at("needs"))
    spec.needs.push_back({need.at("stage"), need.at("suffix")});
  description.depends_on_machine = text.at("environment");
  return description;
}

}  // namespace

json describe(const StageSpec& spec) {
  json value = {{"name", spec.name},
                {"summary", spec.summary},
                {"writes", spec.writes},
                {"scope", spec.scope == Scope::kRun ? "run" : "profile"},
                {"files", spec.files},
                {"alone", spec.alone},
                {"environment", static_cast<bool>(spec.environment)},
                {"needs", json::array()},
                {"settings", json::array()}};
  for (const Need& need : spec.needs)
    value["needs"].push_back({{"stage", need.stage}, {"suffix", need.suffix}});
  for (const SettingsTable table : spec.settings)
    for (const Setting& setting : table) value["settings"].push_back(to_json(setting));
  return value;
}

Description read_description(const fs::path& file) {
  try {
    return from_json(read_json(file));
  } catch (const json::exception& error) {
    throw UserError(file.string() + " describes no stage (" + error.what() +
                    "); build it again with: make build");
  }
}

std::map<std::string, Description> read_descriptions(const fs::path& folder) {
  std::map<std::string, Description> all;
  if (fs::is_directory(folder))
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".json") {
        auto description = read_description(entry.path());
        const auto name = description.spec.name;
        all.emplace(name, std::move(description));
      }
  if (all.empty())
    throw UserError("no stage is described in " + folder.string() + "; build with: make build");
  return all;
}

}  // namespace rc
