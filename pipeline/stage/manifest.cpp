#include "pipeline/stage/manifest.h"

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Manifest from_json(const json& value) {
  Manifest manifest;
  value.at("stage").get_to(manifest.stage);
  value.at("key").get_to(manifest.key);
  value.at("program").get_to(manifest.program);
  value.at("settings").get_to(manifest.settings);
  for (const json& input : value.at("inputs"))
    manifest.inputs.emplace(input.at("path"), input.at("sha256"));
  for (const json& output : value.at("outputs"))
    manifest.outputs.emplace(output.at("path"), Digest{output.at("sha256"), output.at("xxh3"),
                                                       output.at("bytes").get<std::uint64_t>()});
  return manifest;
}

}  // namespace

json to_json(const Manifest& manifest) {
  json value = manifest.circumstances;
  value["stage"] = manifest.stage;
  value["key"] = manifest.key;
  value["program"] = manifest.program;
  value["settings"] = manifest.settings;
  value["inputs"] = json::array();
  for (const auto& [path, sha256] : manifest.inputs)
    value["inputs"].push_back({{"path", path}, {"sha256", sha256}});
  value["outputs"] = json::array();
  for (const auto& [path, digest] : manifest.outputs)
    value["outputs"].push_back({{"path", path},
                                {"sha256", digest.sha256},
                                {"xxh3", digest.xxh3},
                                {"bytes", digest.bytes}});
  return value;
}

std::optional<Manifest> read_manifest(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  try {
    return from_json(read_json(file));
  } catch (const json::exception&) {
    throw UserError(file.string() + " is no manifest; remove it and run its stage again");
  }
}

std::vector<Expected> expected_outputs(const Manifest& manifest, const fs::path& folder) {
  std::vector<Expected> files;
  for (const auto& [path, digest] : manifest.outputs) files.push_back({folder / path, digest});
  return files;
}

}  // namespace rc
