#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/stage.h"

namespace rc {

namespace fs = std::filesystem;

Context::Context(const StageSpec& spec, Profile profile, fs::path runs, long seed, std::string arm)
    : spec_(&spec),
      profile_(std::move(profile)),
      settings_(profile_.restricted(spec.settings)),
      runs_(std::move(runs)),
      seed_(seed),
      arm_(std::move(arm)) {}

std::map<std::string, std::string> Context::spec_settings() const {
  return profile_.select(spec_->settings);
}

std::string Context::label() const {
  return spec_->scope == Scope::kRun ? fmt::format("seed {}, {}", seed_, arm_) : "";
}

fs::path Context::profile_dir() const { return runs_ / profile_.name(); }

fs::path Context::run_dir(long seed, const std::string& arm) const {
  return profile_dir() / fmt::format("seed-{}", seed) / arm;
}

fs::path Context::run_dir() const { return run_dir(seed_, arm_); }

fs::path Context::dir() const { return spec_->scope == Scope::kRun ? run_dir() : profile_dir(); }

fs::path Context::manifest_path() const { return dir() / "manifest" / (spec_->name + ".json"); }

std::vector<fs::path> Context::outputs_of(const Need& need) const {
  const bool declared =
      std::any_of(spec_->needs.begin(), spec_->needs.end(), [&](const Need& known) {
        return known.stage == need.stage && need.suffix.ends_with(known.suffix);
      });
  if (!declared)
    throw std::logic_error(fmt::format("{} does not declare that it reads *{} of {}", spec_->name,
                                       need.suffix, need.stage));
  std::vector<fs::path> paths;
  for (const Input& input : upstream_outputs(*this, need)) paths.push_back(input.path);
  return paths;
}

fs::path Context::output_of(const std::string& stage, const std::string& suffix) const {
  const auto paths = outputs_of({stage, suffix});
  if (paths.size() != 1)
    throw UserError(fmt::format("{} outputs of {} end in {}, one is expected; run {} again",
                                paths.size(), stage, suffix, stage));
  return paths.front();
}

}  // namespace rc
