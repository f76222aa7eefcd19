// What a stage leaves beside its outputs: from what, with what and by what they were made.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/files/hash.h"

namespace rc {

/// File manifest/<stage>.json:
/// {"stage", "key", "program": SHA-256, "settings": {name: value}, "environment": {name: value},
///  "inputs": [{"path", "sha256"}], "outputs": [{"path", "sha256", "xxh3", "bytes"}],
///  "seed", "arm" (stages of run scope), and circumstances that decide nothing: "git_revision",
///  "compiler", "cpu", "host", "facts", "wall_seconds", "peak_bytes" (of memory, mapped files
///  included), "finished"; and "sha256", of all the rest}
/// Paths of inputs are relative to runs/<profile>, those of outputs to the stage's folder.
struct Manifest {
  std::string stage;
  std::string key;
  std::string program;
  std::map<std::string, std::string> settings;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> inputs;  // path to SHA-256
  std::map<std::string, Digest> outputs;
  long seed = 0;
  std::string arm = {};  // "" for a stage of profile scope
  nlohmann::json circumstances = nlohmann::json::object();
};

nlohmann::json to_json(const Manifest& manifest);

/// With "sha256" of what it holds, by which read_manifest() knows that no byte was changed since.
nlohmann::json sealed(nlohmann::json manifest);

/// Nothing if the file is absent; UserError if it is damaged, or names an output that would lie
/// outside the stage's folder.
std::optional<Manifest> read_manifest(const std::filesystem::path& file);

/// A file and its digest, {"path", "sha256", "xxh3", "bytes"}, and back. json::exception for what is
/// none.
nlohmann::json digest_json(const std::string& path, const Digest& digest);
std::pair<std::string, Digest> digest_from_json(const nlohmann::json& value);

/// The outputs as files under `folder`.
std::vector<Expected> expected_outputs(const Manifest& manifest,
                                       const std::filesystem::path& folder);

}  // namespace rc
