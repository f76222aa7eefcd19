#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/environment.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/stage.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

constexpr Setting kEveryStage[] = {
    {"profile", Kind::kText, "defaults", "name", 0, 0, "profile that the run follows", false}};
constexpr Setting kEveryRun[] = {
    {"seed", Kind::kInteger, "0", "number", 0, 1e9, "of weights, data order and all that is drawn"},
    {"arm", Kind::kText, "learned", "name", 0, 0, "variant of the model (profiles/arms)"}};

/// Written, it would be null, which says that a stage knows the value to be undefined.
void refuse_not_finite(const nlohmann::json& value, const fs::path& file) {
  const auto fields = value.flatten();
  for (const auto& [where, field] : fields.items())
    if (field.is_number_float() && !std::isfinite(field.get<double>()))
      throw UserError(fmt::format(
          "{} was not written: {} would be {}, which is no number; look for what is not finite in "
          "what the stage reads, and report it with the run's settings if there is nothing",
          file.string(), where, field.get<double>()));
}

std::string stages_read(const StageSpec& spec) {
  std::set<std::string> names;
  for (const Need& need : spec.needs) names.insert(need.stage);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

SettingsTables all_tables(const StageSpec& spec) {
  SettingsTables tables = {kEveryStage};
  if (spec.scope == Scope::kRun) tables.push_back(kEveryRun);
  tables.insert(tables.end(), spec.settings.begin(), spec.settings.end());
  return tables;
}

Context::Context(const StageSpec& spec, Settings settings, fs::path folder,
                 const std::vector<fs::path>& inputs)
    : spec_(&spec), settings_(std::move(settings)), folder_(std::move(folder)) {
  for (const fs::path& word : inputs) {
    if (!names_manifest(word)) {
      for (fs::path& file : files_named(word)) files_.push_back(std::move(file));
      continue;
    }
    auto input = read_input(word, spec.name, profile());
    if (std::none_of(spec.needs.begin(), spec.needs.end(),
                     [&](const Need& need) { return is_named(input.manifest.stage, need.stage); }))
      throw UserError(fmt::format("{} is of stage {}; {} reads: {}", word.string(),
                                  input.manifest.stage, spec.name, stages_read(spec)));
    manifests_.push_back(std::move(input));
  }
  if (spec.environment) environment_ = resolved(spec.environment(settings_), settings_);
}

std::string Context::label() const {
  if (profile() == kCheckpointProfile && spec_->scope == Scope::kRun) return "checkpoint";
  return spec_->scope == Scope::kRun ? fmt::format("seed {}, {}", seed(), arm()) : "";
}

void Context::begin(const std::string& key) {
  unfinished_.emplace(folder_ / "unfinished" / spec_->name, key);
}

Unfinished& Context::unfinished() {
  if (!unfinished_) throw std::logic_error("the stage " + spec_->name + " has not begun");
  return *unfinished_;
}

fs::path Context::manifest_path() const { return folder_ / "manifest" / (spec_->name + ".json"); }

std::vector<fs::path> Context::outputs_of(const Need& need) const {
  const bool declared =
      std::any_of(spec_->needs.begin(), spec_->needs.end(), [&](const Need& known) {
        return is_named(need.stage, known.stage) && need.suffix.ends_with(known.suffix);
      });
  if (!declared)
    throw std::logic_error(fmt::format("{} does not declare that it reads *{} of {}", spec_->name,
                                       need.suffix, need.stage));
  std::vector<fs::path> paths;
  for (const Input& input : upstream_outputs(manifests_, need.stage, need.suffix))
    paths.push_back(input.path);
  return paths;
}

fs::path Context::output_of(const std::string& stage, const std::string& suffix) const {
  const auto paths = outputs_of({stage, suffix});
  if (paths.size() != 1)
    throw UserError(
        fmt::format("{} was given {} outputs of {} that end in {}, one is expected; "
                    "run: {}",
                    spec_->name, paths.size(), stage, suffix, remake_command(stage, profile())));
  return paths.front();
}

void Context::write(const std::string& name, nlohmann::json value) {
  value["stage"] = spec_->name;
  if (spec_->scope == Scope::kRun) {
    value["seed"] = seed();
    value["arm"] = arm();
  }
  refuse_not_finite(value, folder_ / name);
  write_json(folder_ / name, value);
  made(folder_ / name);
}

}  // namespace rc
