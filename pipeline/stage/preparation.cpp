#include "pipeline/stage/preparation.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/profile.h"
#include "pipeline/settings/settings_value.h"
#include "pipeline/stage/manifest.h"
#include "pipeline/stage/whole.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

bool names_chain(std::string_view name) {
  return name == "seeds" || name == "arms" || name == "seed" || name == "arm";
}

/// Lines of a .conf file that are no setting: which seeds and arms there are, what an arm is about
/// and what the Makefile reads there.
bool is_for_the_chain(std::string_view name) {
  return names_chain(name) || name == "about" || name == "stages" || name == "reads" ||
         name == "audit";
}

void set_all(Settings& settings, const fs::path& conf) {
  for (const auto& [name, value] : read_conf(conf))
    if (!is_for_the_chain(name)) settings.set(name, value, conf.string());
}

void override_all(Settings& settings, const std::vector<std::string>& overrides) {
  for (const std::string& word : overrides) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (names_chain(name))
      throw UserError(fmt::format("SET: {} is no setting; say {}=\"{}\" beside SET", name,
                                  name.starts_with("seed") ? "SEEDS" : "ARMS",
                                  equals == word.npos ? "..." : word.substr(equals + 1)));
    if (equals == word.npos)
      throw UserError("SET: " + word + ": name=value is expected, as in train.steps=500");
    settings.set(name, word.substr(equals + 1), "SET");
  }
}

/// As seen from the profile's folder.
fs::path run_folder(const std::string& seed, const std::string& arm) {
  return fs::path("seed-" + seed) / arm;
}

/// The part of `settings` that the stage's tables hold, and what places it.
Values values_for(const StageSpec& spec, const Settings& settings, const Values& place) {
  Values values = place;
  for (const SettingsTable table : spec.settings)
    for (const Setting& setting : table)
      values.emplace(setting.name, settings.values().at(std::string(setting.name)));
  return values;
}

void write_for(const fs::path& folder, const std::map<std::string, Description>& stages,
               Scope scope, const Settings& settings, const Values& place) {
  for (const auto& [name, description] : stages)
    if (description.spec.scope == scope)
      write_text(folder / "settings" / (name + ".conf"),
                 settings_text(values_for(description.spec, settings, place)));
}

/// Size and time of a file, for a glance.
std::string stamp_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "absent";
  return fmt::format("{} {}.{:09}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::vector<fs::path> files_behind(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) throw UserError("folder " + path.string() + " holds no file");
  return files;
}

/// Copies in other formats and a clone's own files are none of its business.
std::vector<fs::path> files_of_checkpoint(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw UserError(folder.string() + " is no folder; a checkpoint's with config.json is expected");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    for (const char* ending : {".json", ".safetensors", ".model"})
      if (entry.is_regular_file() && entry.path().extension() == ending)
        files.push_back(entry.path());
  std::ranges::sort(files);
  if (files.empty())
    throw UserError("folder " + folder.string() + " holds no config.json and no safetensors file");
  return files;
}

void write_list(const fs::path& list, const std::vector<fs::path>& files) {
  std::string names, stamps;
  for (const fs::path& file : files) {
    names += file.string() + "\n";
    stamps += stamp_of(file) + "\n";
  }
  const bool other_names = write_text(list, names);
  const bool other_stamps = write_text(fs::path(list).replace_extension(".stamps"), stamps);
  if (other_stamps && !other_names) touch(list);
}

std::string what_is_wrong(const fs::path& manifest) {
  try {
    const auto files =
        expected_outputs(*read_manifest(manifest), manifest.parent_path().parent_path());
    const Expected* other = first_of_other_size(files);
    if (!other) return "";
    return other->file.string() + (fs::exists(other->file) ? " has another size" : " is missing");
  } catch (const UserError& error) {
    return error.what();
  }
}

}  // namespace

SettingsTables tables_of(const std::map<std::string, Description>& stages) {
  SettingsTables tables;
  for (const auto& [name, description] : stages)
    for (const SettingsTable table : description.spec.settings) tables.push_back(table);
  return tables;
}

Settings resolve(const RunRequest& request, const SettingsTables& tables, const std::string& arm) {
  Settings settings(tables);
  set_all(settings, conf_file(request.profiles, request.profile, "profile"));
  override_all(settings, request.overrides);
  if (!arm.empty()) set_all(settings, conf_file(request.profiles / "arms", arm, "arm"));
  return settings;
}

void write_settings(const RunRequest& request, const std::map<std::string, Description>& stages) {
  const auto tables = tables_of(stages);
  const Values profile = {{"profile", request.profile}};
  write_for(request.folder, stages, Scope::kProfile, resolve(request, tables, ""), profile);
  auto arms = request.arms;
  arms.insert(arms.end(), request.also.begin(), request.also.end());
  for (const std::string& arm : arms) {
    const Settings settings = resolve(request, tables, arm);
    for (const std::string& seed : request.seeds) {
      Values place = profile;
      place.insert({{"seed", seed}, {"arm", arm}});
      write_for(request.folder / run_folder(seed, arm), stages, Scope::kRun, settings, place);
    }
  }
}

void list_runs(const RunRequest& request) {
  std::string text;
  for (const std::string& run : request.taken) text += run + "\n";
  for (const std::string& seed : request.seeds)
    for (const std::string& arm : request.arms) text += run_folder(seed, arm).string() + "\n";
  write_text(request.folder / "settings/runs.list", text);
}

void refuse_other_checkpoint(const RunRequest& request, const fs::path& checkpoint) {
  for (const std::string& seed : request.seeds)
    for (const std::string& arm : request.arms) {
      const auto conf = request.folder / run_folder(seed, arm) / "settings/audit-model.conf";
      if (!fs::exists(conf)) continue;
      const auto values = read_conf(conf);
      const auto before = values.find("audit.model");
      if (before == values.end() ||
          fs::weakly_canonical(before->second) == fs::weakly_canonical(checkpoint))
        continue;
      throw UserError(fmt::format(
          "{} holds the audit of {}, another checkpoint of that name; move it, or give RUNS=FOLDER",
          request.folder.string(), before->second));
    }
}

void stamp_machine(const RunRequest& request) {
  const fs::path list = request.folder / "settings/machine.list";
  std::vector<fs::path> files;
  if (fs::exists(list)) files = files_named("@" + list.string());
  files.insert(files.end(), {"/dev/nvidia0", "/dev/nvidiactl"});
  std::string text;
  for (const fs::path& file : files) text += file.string() + " " + stamp_of(file) + "\n";
  for (const std::string& word : request.overrides)
    if (word.starts_with("device=")) text += word + "\n";
  write_text(request.folder / "settings/machine.stamps", text);
}

void list_files(const RunRequest& request, const std::map<std::string, Description>& stages) {
  const Settings settings = resolve(request, tables_of(stages), "");
  for (const auto& [name, value] : settings.values()) {
    const auto unit = find_setting(settings.tables(), name)->unit;
    if (value.empty() || (unit != "path" && unit != "checkpoint")) continue;
    write_list(request.folder / "settings" / (name + ".list"),
               unit == "path" ? files_behind(value) : files_of_checkpoint(value));
  }
}

std::vector<std::string> drop_broken_manifests(const fs::path& folder) {
  std::vector<std::string> dropped;
  std::error_code ignored;
  for (const fs::path& manifest : manifests_in(folder))
    if (const auto wrong = what_is_wrong(manifest); !wrong.empty()) {
      fs::remove(manifest, ignored);
      dropped.push_back(wrong);
    }
  return dropped;
}

}  // namespace rc
