#include "pipeline/stage/stage_runner.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/environment.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/lock.h"
#include "pipeline/stage/manifest.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage_text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kWorthATime(2);  // shorter runs leave one line, not two

void say(const Context& context, const std::string& status) {
  fmt::print("{}\n", stage_line(context.spec(), context.label(), status));
  std::fflush(stdout);
}

/// Path under the stage's folder, as the manifest writes it.
std::string name_of_output(const Context& context, const fs::path& output) {
  const std::string name = output.lexically_relative(context.dir()).generic_string();
  if (name.empty() || name.starts_with(".."))
    throw std::logic_error(output.string() + " lies outside " + context.dir().string());
  return name;
}

nlohmann::json circumstances(const Context& context, Clock::duration wall) {
  nlohmann::json value = {{"git_revision", git_revision()},
                          {"compiler", compiler_name()},
                          {"cpu", cpu_model()},
                          {"facts", context.facts},
                          {"wall_seconds", std::chrono::duration<double>(wall).count()},
                          {"finished", utc_now()}};
  if (context.spec().scope == Scope::kRun) {
    value["seed"] = context.seed();
    value["arm"] = context.arm();
  }
  return value;
}

Manifest make_manifest(const Context& context, const std::string& key, const fs::path& program,
                       const std::vector<Input>& inputs) {
  Manifest manifest{.stage = context.spec().name,
                    .key = key,
                    .program = digest_file(program).sha256,
                    .settings = context.spec_settings()};
  for (const Input& input : inputs) manifest.inputs.emplace(input.name, input.digest.sha256);
  for (const fs::path& output : context.outputs())
    manifest.outputs.emplace(name_of_output(context, output), digest_file(output));
  return manifest;
}

/// A damaged manifest says nothing about what lies there: then nothing is removed.
std::map<std::string, Digest> outputs_of_last_run(const Context& context) {
  try {
    const auto last = read_manifest(context.manifest_path());
    return last ? last->outputs : std::map<std::string, Digest>{};
  } catch (const UserError&) {
    return {};
  }
}

void remove_abandoned(const Context& context, const Manifest& now) {
  std::error_code ignored;
  for (const auto& [name, digest] : outputs_of_last_run(context))
    if (!now.outputs.contains(name)) fs::remove(context.dir() / name, ignored);
}

}  // namespace

void run_stage(Context& context, const fs::path& program, bool force,
               const std::function<void(Context&)>& body) {
  const Lock lock(context);
  remove_stale_temporaries(context.dir());
  const Assessment assessment = assess(context, program);
  if (assessment.cached && !force) return say(context, "cached");
  const auto inputs = inputs_of(context);
  verify_inputs(context, inputs);
  say(context, "run: " + (assessment.cached ? "forced" : assessment.reason));
  const auto start = Clock::now();
  body(context);
  const auto wall = Clock::now() - start;
  Manifest manifest = make_manifest(context, assessment.key, program, inputs);
  manifest.circumstances = circumstances(context, wall);
  remove_abandoned(context, manifest);
  write_json(context.manifest_path(), to_json(manifest));
  if (wall >= kWorthATime)
    say(context, "done in " + duration_text(std::chrono::duration<double>(wall).count()));
}

}  // namespace rc
