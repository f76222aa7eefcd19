// What a stage leaves beside its outputs: from what, with what and by what they were made.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "pipeline/files/hash.h"

namespace rc {

/// File manifest/<stage>.json:
/// {"stage", "key", "program": SHA-256, "settings": {name: value},
///  "inputs": [{"path", "sha256"}], "outputs": [{"path", "sha256", "xxh3", "bytes"}],
///  and the circumstances: "seed", "arm" (stages of run scope), "git_revision", "compiler", "cpu",
///  "facts", "wall_seconds", "finished"}
/// Paths of inputs are relative to runs/<profile>, those of outputs to the stage's folder.
struct Manifest {
  std::string stage;
  std::string key;
  std::string program;
  std::map<std::string, std::string> settings;
  std::map<std::string, std::string> inputs;  // path to SHA-256
  std::map<std::string, Digest> outputs;
  nlohmann::json circumstances = nlohmann::json::object();  // for people; decides nothing
};

nlohmann::json to_json(const Manifest& manifest);

/// Nothing if the file is absent; UserError if it is damaged.
std::optional<Manifest> read_manifest(const std::filesystem::path& file);

/// The outputs as files under `folder`.
std::vector<Expected> expected_outputs(const Manifest& manifest,
                                       const std::filesystem::path& folder);

}  // namespace rc
