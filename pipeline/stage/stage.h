// What a stage is, and how one runs: settings, inputs, content key, cache, manifest.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/settings/settings.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/unfinished.h"

namespace rc {

/// Once a profile (runs/<profile>/) or once a seed and arm (runs/<profile>/seed-<s>/<arm>/).
enum class Scope { kProfile, kRun };

/// Of stage `stage` the outputs whose path ends in `suffix` are read; "figure-*" means every stage
/// whose name begins so.
struct Need {
  std::string stage;
  std::string suffix;
};

/// What of the machine changes numbers: resolved device and precision, versions of libraries.
using Environment = std::map<std::string, std::string>;

/// Design goal: a stage says here all that its result depends on, so that "cached" can be trusted,
/// and nothing of any other stage. Which stages there are and who reads whom stands in the
/// Makefile.
struct StageSpec {
  std::string name;     // "measure-rank"; also the program's name
  std::string summary;  // one line for --help and the plan
  std::string writes;   // what it makes, for --help, as seen from its folder
  Scope scope = Scope::kProfile;
  SettingsTables settings = {};
  std::vector<Need> needs = {};
  std::string files = {};  // which files from outside the pipeline it reads, for --help; or none
  /// Facts of this machine under these settings (environment.h); none where nothing but code and
  /// inputs decides.
  std::function<Environment(const Settings&)> environment = {};
  bool alone = false;           // it times: no other stage may run on the machine meanwhile
  std::string extra_help = {};  // options the program takes before stage_main sees them
};

/// The tables of a stage: its own, and what all stages of its scope know ("profile"; "seed",
/// "arm").
SettingsTables all_tables(const StageSpec& spec);

/// Where one execution of a stage stands.
class Context {
 public:
  /// `inputs` as the command line names them (inputs.h). UserError for one that is absent or of a
  /// stage that this one does not read.
  Context(const StageSpec& spec, Settings settings, std::filesystem::path folder,
          const std::vector<std::filesystem::path>& inputs);

  const StageSpec& spec() const { return *spec_; }
  const Settings& settings() const { return settings_; }
  const std::string& profile() const { return settings_.text("profile"); }
  long seed() const { return settings_.integer("seed"); }
  const std::string& arm() const { return settings_.text("arm"); }
  /// "seed 0, learned" or "" for a stage of profile scope.
  std::string label() const;

  const std::filesystem::path& dir() const { return folder_; }  // where outputs go
  std::filesystem::path manifest_path() const;                  // dir()/manifest/<stage>.json

  /// All it was given, in the order of the command line.
  const std::vector<InputManifest>& manifests() const { return manifests_; }
  /// Files from outside, in the order of the command line.
  const std::vector<std::filesystem::path>& files() const { return files_; }

  /// Outputs of an upstream stage, sorted by name. std::logic_error for what the stage does not
  /// declare.
  std::vector<std::filesystem::path> outputs_of(const Need& need) const;
  /// The one output of `stage` that ends in `suffix`; UserError where there are more or none.
  std::filesystem::path output_of(const std::string& stage, const std::string& suffix) const;

  /// Records that the stage made this file (path under dir()). Call after it was written.
  void made(const std::filesystem::path& output) { made_.push_back(output); }
  const std::vector<std::filesystem::path>& outputs() const { return made_; }
  /// Writes `value` with "stage" and, for a stage of run scope, "seed" and "arm", as dir()/`name`.
  void write(const std::string& name, nlohmann::json value);

  const Environment& environment() const { return environment_; }

  /// What an earlier run with this content key left on its way. std::logic_error outside run_stage.
  Unfinished& unfinished();
  void begin(const std::string& key);  // run_stage calls it

  /// Facts for the manifest that the stage alone knows and that change nothing: threads.
  nlohmann::json facts = nlohmann::json::object();

 private:
  const StageSpec* spec_;
  Settings settings_;
  std::filesystem::path folder_;
  std::vector<InputManifest> manifests_;
  std::vector<std::filesystem::path> files_;
  std::vector<std::filesystem::path> made_;
  Environment environment_;
  std::optional<Unfinished> unfinished_;
};

/// The main of a stage program: parses the options (--settings, --out, inputs, --force, --describe,
/// --help), returns early when cached, runs `body`, writes the manifest last and removes outputs of
/// an earlier run that this one no longer made. Ctrl-C leaves no half-written file; a body that
/// throws Interrupted ends with its exit status.
int stage_main(const StageSpec& spec, int argc, char** argv,
               const std::function<void(Context&)>& body);

}  // namespace rc
