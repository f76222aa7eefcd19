#include "pipeline/stage/golden_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/files/artifact.h"
#include "pipeline/settings/settings.h"
#include "pipeline/stage/manifest.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kGolden = "tests/golden";

/// "seed-7/learned/rank.json" to the file of seed 0 where there is no seed 7.
fs::path committed(const std::string& name) {
  const fs::path file = fs::path(kGolden) / name;
  const auto slash = name.find('/');
  if (fs::exists(file) || !name.starts_with("seed-") || slash == name.npos) return file;
  return fs::path(kGolden) / ("seed-0" + name.substr(slash));
}

/// The JSON files that `stage` wrote into `place` (a seed and arm, or "" for the profile's).
std::vector<std::string> outputs_of(const std::string& stage, const std::string& place) {
  std::vector<std::string> names;
  const fs::path folder = committed(place + "settings").parent_path();
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto name = entry.path().lexically_relative(folder).generic_string();
    const bool of_a_run = place.empty() && name.starts_with("seed-");
    if (entry.path().extension() == ".json" && !of_a_run &&
        read_json(entry.path()).at("stage") == stage)
      names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

/// Of a machine whose names have what documents must escape.
json circumstances() {
  return {{"git_revision", "0000000"},         {"compiler", "GCC"},
          {"cpu", "Some (R) CPU_1 & 50 % #2"}, {"host", "localhost"},
          {"facts", {{"device", "cpu"}}},      {"wall_seconds", 130.0},
          {"finished", "2026-02-28T12:00:00Z"}};
}

}  // namespace

json GoldenRun::read(const std::string& name) { return read_json(fs::path(kGolden) / name); }

std::vector<std::string> GoldenRun::arms(long seed) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(kGolden) / fmt::format("seed-{}", seed)))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

fs::path GoldenRun::file(const std::string& name) {
  const fs::path copy = folder() / name;
  if (fs::exists(copy)) return copy;
  json value = read_json(committed(name));
  if (value.contains("seed")) value["seed"] = std::stol(name.substr(std::string("seed-").size()));
  write_json(copy, value);
  return copy;
}

void GoldenRun::change(const std::string& name, const std::function<void(json&)>& how) {
  json value = read_json(file(name));
  how(value);
  write_json(file(name), value);
}

fs::path GoldenRun::write_manifest(const std::string& stage, const std::string& place, long seed,
                                   const std::string& arm) {
  Manifest manifest{.stage = stage,
                    .key = std::string(64, '0'),
                    .program = std::string(64, '0'),
                    .seed = seed,
                    .arm = arm,
                    .circumstances = circumstances()};
  for (const auto& [name, value] :
       read_settings_text(committed(place + "settings/" + stage + ".conf")))
    manifest.settings.emplace(name, value);
  for (const auto& name : outputs_of(stage, place))
    manifest.outputs.emplace(name, digest_file(file(place + name)));
  const auto written = folder() / place / "manifest" / (stage + ".json");
  write_json(written, to_json(manifest));
  return written;
}

std::vector<fs::path> GoldenRun::inputs(const std::vector<std::string>& stages,
                                        const std::vector<long>& seeds,
                                        const std::vector<std::string>& arms) {
  std::vector<fs::path> manifests;
  for (const auto& stage : stages) {
    if (fs::exists(committed("settings/" + stage + ".conf"))) {
      manifests.push_back(write_manifest(stage, "", 0, ""));
      continue;
    }
    for (const long seed : seeds)
      for (const auto& arm : arms)
        if (const auto place = fmt::format("seed-{}/{}/", seed, arm);
            fs::exists(committed(place + "settings/" + stage + ".conf")))
          manifests.push_back(write_manifest(stage, place, seed, arm));
  }
  return manifests;
}

}  // namespace rc
