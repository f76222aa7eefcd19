#include "pipeline/stage/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage.h"
#include "pipeline/text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// The folder of its outputs as seen from runs/<profile>/, with a slash behind it.
std::string place_of(const Manifest& manifest) {
  return manifest.arm.empty() ? "" : fmt::format("seed-{}/{}/", manifest.seed, manifest.arm);
}

void sort_by_name(std::vector<Input>& inputs) {
  std::sort(inputs.begin(), inputs.end(),
            [](const Input& a, const Input& b) { return a.name < b.name; });
}

}  // namespace

std::string remake_command(const std::string& stage, const std::string& profile) {
  if (profile == kCheckpointProfile)
    return fmt::format("make {}, with the MODEL and the TEXT or IDS of before", stage);
  return fmt::format("make {} PROFILE={}", stage, profile);
}

bool names_manifest(const fs::path& word) {
  return word.parent_path().filename() == "manifest" && word.extension() == ".json";
}

InputManifest read_input(const fs::path& file, const std::string& reader,
                         const std::string& profile) {
  if (auto manifest = read_manifest(file))
    return {file, file.parent_path().parent_path(), std::move(*manifest)};
  const auto stage = file.stem().string();
  throw UserError(fmt::format("{} needs {}, which has not run ({} is absent); run: {}", reader,
                              stage, file.string(), remake_command(stage, profile)));
}

std::vector<fs::path> files_named(const fs::path& word) {
  const std::string text = word.string();
  if (!text.starts_with('@')) return {word};
  std::vector<fs::path> files;
  std::istringstream lines(read_text(text.substr(1)));
  for (std::string line; std::getline(lines, line);) files.emplace_back(line);
  return files;
}

bool is_named(const std::string& stage, const std::string& pattern) {
  return pattern.ends_with('*') ? stage.starts_with(pattern.substr(0, pattern.size() - 1))
                                : stage == pattern;
}

std::vector<Input> upstream_outputs(const std::vector<InputManifest>& manifests,
                                    const std::string& stage, const std::string& suffix) {
  std::vector<Input> inputs;
  for (const auto& [file, folder, manifest] : manifests) {
    if (!is_named(manifest.stage, stage)) continue;
    for (const auto& [path, digest] : manifest.outputs)
      if (path.ends_with(suffix))
        inputs.push_back({folder / path, place_of(manifest) + path, digest, manifest.stage});
  }
  sort_by_name(inputs);
  return inputs;
}

std::vector<Input> inputs_of(const Context& context) {
  std::vector<Input> inputs;
  for (const Need& need : context.spec().needs)
    for (Input& input : upstream_outputs(context.manifests(), need.stage, need.suffix))
      inputs.push_back(std::move(input));
  for (const fs::path& file : context.files())
    inputs.push_back({file, printable(file.generic_string()), digest_file(file), ""});
  sort_by_name(inputs);
  return inputs;
}

void verify_inputs(const Context& context, const std::vector<Input>& inputs) {
  std::vector<Expected> files;
  for (const Input& input : inputs)
    if (!input.stage.empty()) files.push_back({input.path, input.digest});
  const Expected* damaged = first_damaged(files);
  if (!damaged) return;
  const auto& input = *std::find_if(inputs.begin(), inputs.end(), [&](const Input& candidate) {
    return candidate.path == damaged->file;
  });
  throw UserError(fmt::format("{} is {}; remake it with: {}", input.path.string(),
                              fs::exists(input.path)
                                  ? "damaged (its bytes are not those " + input.stage + " wrote)"
                                  : "missing",
                              remake_command(input.stage, context.profile())));
}

}  // namespace rc
