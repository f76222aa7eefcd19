#include "pipeline/stage/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/dag.h"
#include "pipeline/error.h"
#include "pipeline/stage/manifest.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::string remake_command(const Context& context, const std::string& stage) {
  return fmt::format("make {} PROFILE={}", stage, context.profile_name());
}

/// The folders in which the needed stage left its manifests: one, or one for every seed and arm.
std::vector<fs::path> upstream_folders(const Context& context, const StageSpec& upstream) {
  if (upstream.scope == Scope::kProfile) return {context.profile_dir()};
  if (context.spec().scope == Scope::kRun) return {context.run_dir()};
  std::vector<fs::path> folders;
  for (const long seed : context.seeds())
    for (const std::string& arm : context.arms()) folders.push_back(context.run_dir(seed, arm));
  return folders;
}

Manifest upstream_manifest(const Context& context, const StageSpec& upstream,
                           const fs::path& folder) {
  const fs::path file = folder / "manifest" / (upstream.name + ".json");
  if (auto manifest = read_manifest(file)) return *manifest;
  throw UserError(fmt::format("{} needs {}, which has not run ({} is absent); run: {}",
                              context.spec().name, upstream.name, file.string(),
                              remake_command(context, upstream.name)));
}

void add_outputs(std::vector<Input>& inputs, const Context& context, const Manifest& manifest,
                 const fs::path& folder, const std::string& suffix) {
  for (const auto& [path, digest] : manifest.outputs) {
    const fs::path file = folder / path;
    if (path.ends_with(suffix))
      inputs.push_back({file, file.lexically_relative(context.profile_dir()).generic_string(),
                        digest, manifest.stage});
  }
}

void sort_by_name(std::vector<Input>& inputs) {
  std::sort(inputs.begin(), inputs.end(),
            [](const Input& a, const Input& b) { return a.name < b.name; });
}

}  // namespace

std::vector<Input> upstream_outputs(const Context& context, const Need& need) {
  const StageSpec& upstream = stage(need.stage);
  std::vector<Input> inputs;
  for (const fs::path& folder : upstream_folders(context, upstream))
    add_outputs(inputs, context, upstream_manifest(context, upstream, folder), folder, need.suffix);
  sort_by_name(inputs);
  return inputs;
}

std::vector<Input> inputs_of(const Context& context) {
  std::vector<Input> inputs;
  for (const Need& need : context.spec().needs)
    for (Input& input : upstream_outputs(context, need)) inputs.push_back(std::move(input));
  if (context.spec().files)
    for (const fs::path& file : context.spec().files(context))
      inputs.push_back({file, file.generic_string(), digest_file(file), ""});
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
                              remake_command(context, input.stage)));
}

}  // namespace rc
