#include "pipeline/stage/manifest.h"

#include <algorithm>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool stays_inside(const fs::path& path) {
  return !path.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

constexpr const char* kSeal = "sha256";

std::string seal_of(json value) {
  value.erase(kSeal);
  return sha256_hex(value.dump());
}

Manifest from_json(const json& value) {
  Manifest manifest;
  value.at("stage").get_to(manifest.stage);
  value.at("key").get_to(manifest.key);
  value.at("program").get_to(manifest.program);
  value.at("settings").get_to(manifest.settings);
  value.at("environment").get_to(manifest.environment);
  for (const json& input : value.at("inputs"))
    manifest.inputs.emplace(input.at("path"), input.at("sha256"));
  for (const json& output : value.at("outputs")) manifest.outputs.insert(digest_from_json(output));
  manifest.arm = value.value("arm", "");
  if (!manifest.arm.empty()) value.at("seed").get_to(manifest.seed);
  manifest.circumstances = value;
  return manifest;
}

}  // namespace

json digest_json(const std::string& path, const Digest& digest) {
  return {
      {"path", path}, {"sha256", digest.sha256}, {"xxh3", digest.xxh3}, {"bytes", digest.bytes}};
}

std::pair<std::string, Digest> digest_from_json(const json& value) {
  return {value.at("path"),
          Digest{value.at("sha256"), value.at("xxh3"), value.at("bytes").get<std::uint64_t>()}};
}

json to_json(const Manifest& manifest) {
  json value = manifest.circumstances;
  value["stage"] = manifest.stage;
  value["key"] = manifest.key;
  value["program"] = manifest.program;
  value["settings"] = manifest.settings;
  value["environment"] = manifest.environment;
  if (!manifest.arm.empty()) value.update({{"seed", manifest.seed}, {"arm", manifest.arm}});
  value["inputs"] = json::array();
  for (const auto& [path, sha256] : manifest.inputs)
    value["inputs"].push_back({{"path", path}, {"sha256", sha256}});
  value["outputs"] = json::array();
  for (const auto& [path, digest] : manifest.outputs)
    value["outputs"].push_back(digest_json(path, digest));
  return sealed(std::move(value));
}

json sealed(json manifest) {
  manifest[kSeal] = seal_of(manifest);
  return manifest;
}

std::optional<Manifest> read_manifest(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  const auto refuse = [&](const char* why) {
    throw UserError(file.string() + " is no manifest" + why +
                    "; remove it and run its stage again");
  };
  Manifest manifest;
  try {
    const auto value = read_json(file);
    manifest = from_json(value);
    if (value.value(kSeal, "") != seal_of(value))
      refuse(" (its bytes are not those that were written)");
  } catch (const json::exception&) {
    refuse("");
  }
  for (const auto& [path, digest] : manifest.outputs)
    if (!stays_inside(path)) refuse(" (an output lies outside its folder)");
  return manifest;
}

std::vector<Expected> expected_outputs(const Manifest& manifest, const fs::path& folder) {
  std::vector<Expected> files;
  for (const auto& [path, digest] : manifest.outputs) files.push_back({folder / path, digest});
  return files;
}

}  // namespace rc
