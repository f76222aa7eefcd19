#include "pipeline/stage/staleness.h"

#include <fmt/format.h>

#include "pipeline/error.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/manifest.h"
#include "pipeline/text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using Texts = std::map<std::string, std::string>;

std::string program_hash(const fs::path& program) {
  if (!fs::exists(program))
    throw UserError(program.string() + " is not built; build it with: make build");
  return digest_file(program).sha256;
}

/// SHA-256 over all that a stage's result depends on.
std::string content_key(const Context& context, const std::string& program,
                        const std::vector<Input>& inputs) {
  ContentKey key;
  key.add(context.spec().name).add(program);
  for (const auto& [name, value] : context.settings().results_values()) key.add(name).add(value);
  key.add("environment");
  for (const auto& [name, value] : context.environment()) key.add(name).add(value);
  key.add("inputs");
  for (const Input& input : inputs) key.add(input.name).add(input.digest.sha256);
  return key.hex();
}

using Change = std::optional<std::string>;

Change program_change(const Manifest& then, const std::string& program) {
  return then.program == program ? Change() : "program changed";
}

Change text_change(const Texts& then, const auto& now, const std::string& what) {
  for (const auto& [name, value] : now) {
    const auto old = then.find(name);
    if (old == then.end()) return fmt::format("new {} {}", what, name);
    if (old->second != printable(value))
      return fmt::format("{} {}: {} -> {}", what, name, old->second, printable(value));
  }
  for (const auto& [name, value] : then)
    if (!now.contains(name)) return fmt::format("{} {} gone", what, name);
  return std::nullopt;
}

Change input_change(const Texts& then, const std::vector<Input>& now) {
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

Change output_change(const Manifest& then, const fs::path& folder, Look look) {
  const auto files = expected_outputs(then, folder);
  const Expected* damaged =
      look == Look::kBytes ? first_damaged(files) : first_of_other_size(files);
  if (!damaged) return std::nullopt;
  const std::string name = damaged->file.lexically_relative(folder).generic_string();
  return (fs::exists(damaged->file) ? "damaged: " : "missing: ") + name;
}

/// What needs no input to tell.
Change own_change(const Manifest& then, const Context& context, const std::string& program,
                  Look look) {
  auto change = program_change(then, program);
  if (!change) change = text_change(then.settings, context.settings().results_values(), "setting");
  if (!change) change = text_change(then.environment, context.environment(), "environment");
  if (!change) change = output_change(then, context.dir(), look);
  return change;
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

Staleness staleness(const Context& context, const fs::path& program, Look look) {
  const std::string hash = program_hash(program);
  const auto inputs = inputs_of(context);
  Staleness result;
  result.key = content_key(context, hash, inputs);
  const auto [last, reason] = last_run(context);
  Change change = reason;
  if (last) {
    change = own_change(*last, context, hash, look);
    if (!change) change = input_change(last->inputs, inputs);
    if (!change && last->key != result.key) change = "content key changed";
  }
  result.current = !change;
  result.reason = change.value_or("");
  return result;
}

Change reason_of_its_own(const Context& context, const fs::path& program) {
  const auto [last, reason] = last_run(context);
  if (!last) return reason;
  return own_change(*last, context, program_hash(program), Look::kSizes);
}

}  // namespace rc
