// What has to lie in a run folder before Make looks at it: each stage's own settings, and no
// manifest whose outputs are gone.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pipeline/stage/description.h"

namespace rc {

/// A run as the command line asks for it.
struct RunRequest {
  std::string profile;
  std::filesystem::path profiles = "profiles";
  std::filesystem::path folder;        // runs/<profile>
  std::vector<std::string> overrides;  // name=value, in place of the profile's
  std::vector<std::string> seeds, arms;
  std::vector<std::string> also = {};   // arms that those read, and that are none of the run's
  std::vector<std::string> taken = {};  // runs made elsewhere, "seed-0/learned": listed, left alone
};

/// The rows of all stages.
SettingsTables tables_of(const std::map<std::string, Description>& stages);

/// The settings of an arm, "" for those all arms share: the tables' defaults, then the profile's
/// file, the overrides, and last what makes the arm an arm. UserError names an unknown setting, arm
/// or profile and the nearest there is; seeds and arms are no settings.
Settings resolve(const RunRequest& request, const SettingsTables& tables, const std::string& arm);

/// Writes <folder>/settings/runs.list, the folder of every seed and arm, a line each: who reads
/// them all has other inputs when one comes or goes, which Make cannot see by time.
void list_runs(const RunRequest& request);

/// Writes <folder>/settings/<stage>.conf and <folder>/seed-<s>/<arm>/settings/<stage>.conf, each
/// with the stage's own settings alone, where they changed.
void write_settings(const RunRequest& request, const std::map<std::string, Description>& stages);

/// UserError if the folder holds the audit of a checkpoint that lies elsewhere: two of one name
/// would write over each other.
void refuse_other_checkpoint(const RunRequest& request, const std::filesystem::path& checkpoint);

/// Writes <folder>/settings/machine.stamps: size and time of the libraries that machine.list names
/// (model/environment_main.cpp leaves it) and of GPUs' device files, and the device asked for.
/// While it stays the same, so do the facts of the machine; to ask LibTorch costs a second.
void stamp_machine(const RunRequest& request);

/// For each setting whose unit is "path", and that names one: writes
/// <folder>/settings/<setting>.list, the files behind it (one file, or every regular file of a
/// folder in the order of their names), a line each; its time is made young where one of them
/// changed in size or time. Of a "checkpoint" they are the JSON, safetensors and SentencePiece
/// files directly in its folder. UserError for a folder without files.
void list_files(const RunRequest& request, const std::map<std::string, Description>& stages);

/// Removes every manifest under `folder` one of whose outputs is missing or of another size, and
/// returns a line about each: Make then sees that its stage has to run.
std::vector<std::string> drop_broken_manifests(const std::filesystem::path& folder);

}  // namespace rc
