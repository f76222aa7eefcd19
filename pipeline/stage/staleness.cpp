#include <fmt/format.h>

#include "pipeline/error.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/manifest.h"
#include "pipeline/stage/stage.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using Texts = std::map<std::string, std::string>;

std::string program_hash(const fs::path& program) {
  if (!fs::exists(program))
    throw UserError(program.string() + " is not built; build it with: make");
  return digest_file(program).sha256;
}

/// SHA-256 over all that a stage's result depends on.
std::string content_key(const Context& context, const std::string& program,
                        const std::vector<Input>& inputs) {
  ContentKey key;
  key.add(context.spec().name).add(program);
  if (context.spec().scope == Scope::kRun)
    key.add(std::to_string(context.seed())).add(context.arm());
  for (const auto& [name, value] : context.spec_settings()) key.add(name).add(value);
  key.add("inputs");
  for (const Input& input : inputs) key.add(input.name).add(input.digest.sha256);
  return key.hex();
}

std::optional<std::string> program_change(const Manifest& then, const std::string& program) {
  if (then.program != program) return "program changed";
  return std::nullopt;
}

std::optional<std::string> setting_change(const Texts& then, const Texts& now) {
  for (const auto& [name, value] : now) {
    const auto old = then.find(name);
    if (old == then.end()) return "new setting " + name;
    if (old->second != value) return fmt::format("setting {}: {} -> {}", name, old->second, value);
  }
  return std::nullopt;
}

std::optional<std::string> input_change(const Texts& then, const std::vector<Input>& now) {
  Texts gone = then;
  for (const Input& input : now) {
    const auto old = then.find(input.name);
    if (old == then.end()) return "new input: " + input.name;
    if (old->second != input.digest.sha256) return "input changed: " + input.name;
    gone.erase(input.name);
  }
  if (!gone.empty()) return "input gone: " + gone.begin()->first;
  return std::nullopt;
}

std::optional<std::string> output_change(const Manifest& then, const fs::path& folder) {
  const auto files = expected_outputs(then, folder);
  const Expected* damaged = first_damaged(files);
  if (!damaged) return std::nullopt;
  const std::string name = damaged->file.lexically_relative(folder).generic_string();
  return (fs::exists(damaged->file) ? "damaged: " : "missing: ") + name;
}

/// The manifest of the last run, or why there is none to compare with.
struct LastRun {
  std::optional<Manifest> manifest;
  std::string reason;
};

LastRun last_run(const Context& context) {
  try {
    return {read_manifest(context.manifest_path()), "never run"};
  } catch (const UserError&) {
    return {std::nullopt, "manifest damaged"};
  }
}

}  // namespace

Assessment assess(const Context& context, const fs::path& program) {
  const std::string hash = program_hash(program);
  const auto inputs = inputs_of(context);
  Assessment result;
  result.key = content_key(context, hash, inputs);
  const auto [last, reason] = last_run(context);
  std::optional<std::string> change = reason;
  if (last) {
    change = program_change(*last, hash);
    if (!change) change = setting_change(last->settings, context.spec_settings());
    if (!change) change = input_change(last->inputs, inputs);
    if (!change && last->key != result.key) change = "content key changed";
    if (!change) change = output_change(*last, context.dir());
  }
  result.cached = !change;
  result.reason = change.value_or("");
  return result;
}

std::optional<std::string> reason_of_its_own(const Context& context, const fs::path& program) {
  const auto [last, reason] = last_run(context);
  if (!last) return reason;
  auto change = program_change(*last, program_hash(program));
  if (!change) change = setting_change(last->settings, context.spec_settings());
  if (!change) change = output_change(*last, context.dir());
  return change;
}

}  // namespace rc
