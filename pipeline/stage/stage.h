// What a stage is, and how one runs: options, content key, cache, manifest.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pipeline/files/hash.h"
#include "pipeline/settings/profile.h"

namespace rc {

/// Once a profile (runs/<profile>/) or once a seed and arm (runs/<profile>/seed-<s>/<arm>/).
enum class Scope { kProfile, kRun };

/// The outputs of stage `stage` whose path ends in `suffix` are read. A stage of profile scope that
/// needs one of run scope reads it from every seed and arm.
struct Need {
  std::string stage;
  std::string suffix;
};

struct StageSpec;

/// Where one execution of a stage stands.
class Context {
 public:
  Context(const StageSpec& spec, Profile profile, std::filesystem::path runs, long seed,
          std::string arm);

  const StageSpec& spec() const { return *spec_; }
  /// Only the settings the stage declares.
  const Profile& settings() const { return settings_; }
  /// Those settings by name, as the content key and the manifest hold them.
  std::map<std::string, std::string> spec_settings() const;
  const std::string& profile_name() const { return profile_.name(); }
  long seed() const { return seed_; }
  const std::string& arm() const { return arm_; }
  std::vector<long> seeds() const { return profile_.integers("seeds"); }
  std::vector<std::string> arms() const { return profile_.words("arms"); }
  /// "seed 0, learned" or "" for a stage of profile scope.
  std::string label() const;

  std::filesystem::path profile_dir() const;  // runs/<profile>
  std::filesystem::path run_dir() const;      // runs/<profile>/seed-<s>/<arm>
  std::filesystem::path run_dir(long seed, const std::string& arm) const;
  std::filesystem::path dir() const;            // the one of the stage's scope
  std::filesystem::path manifest_path() const;  // dir()/manifest/<stage>.json

  /// Outputs of an upstream stage, sorted, from its manifest(s). UserError names a stage that has
  /// not run yet and the command that runs it; std::logic_error names a need the stage does not
  /// declare.
  std::vector<std::filesystem::path> outputs_of(const Need& need) const;

  /// The one output of `stage` that ends in `suffix`.
  std::filesystem::path output_of(const std::string& stage, const std::string& suffix) const;

  /// Records that the stage made this file (path under dir()). Call after it was written.
  void made(const std::filesystem::path& output) { made_.push_back(output); }
  const std::vector<std::filesystem::path>& outputs() const { return made_; }

  /// Facts for the manifest that the stage alone knows: device, threads, library versions.
  nlohmann::json facts = nlohmann::json::object();

 private:
  const StageSpec* spec_;
  Profile profile_;
  Profile settings_;
  std::filesystem::path runs_;
  long seed_;
  std::string arm_;
  std::vector<std::filesystem::path> made_;
};

/// Design goal: a stage says here all that its result depends on, so that "cached" can be trusted.
/// Non-goal: running stages on several machines.
struct StageSpec {
  std::string name;     // "measure-rank"; also the program's name
  std::string summary;  // one line for --help and the plan
  std::string writes;   // what it makes, for --help, as seen from its folder
  Scope scope = Scope::kProfile;
  std::vector<std::string> settings;  // names, or prefixes ending in '.'
  std::vector<Need> needs;            // upstream artifacts
  /// Files from outside the pipeline (corpus, templates); may be empty.
  std::function<std::vector<std::filesystem::path>(const Context&)> files;
  std::string extra_help;  // options the program takes before stage_main sees them; may be empty
};

/// Why a stage would run, or that it need not.
struct Assessment {
  bool cached = false;
  std::string key;
  std::string reason;  // "never run", "setting train.steps: 320 -> 500", "damaged: k.json", ...
};

/// Compares the manifest with settings, inputs, the program at `program` and the outputs on disk.
/// Throws UserError where an upstream stage has not run. Launches nothing and changes nothing.
Assessment assess(const Context& context, const std::filesystem::path& program);

/// What speaks for a run whatever the upstream stages will make; nothing if only they can tell.
std::optional<std::string> reason_of_its_own(const Context& context,
                                             const std::filesystem::path& program);

/// The main of a stage program: parses the options (--profile, --set, --runs, --seed, --arm,
/// --force, --help), returns early when cached, runs `body`, writes the manifest last and removes
/// outputs of an earlier run that this one no longer made. Ctrl-C leaves no half-written file.
int stage_main(const StageSpec& spec, int argc, char** argv,
               const std::function<void(Context&)>& body);

}  // namespace rc
