#include "pipeline/stage/stage_runner.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"
#include "pipeline/files/program.h"
#include "pipeline/stage/board.h"
#include "pipeline/stage/environment.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/lock.h"
#include "pipeline/stage/manifest.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage_text.h"
#include "pipeline/stage/staleness.h"
#include "pipeline/text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kWorthATime(2);  // shorter runs leave one line, not two

void say(const Context& context, const std::string& status) {
  const auto line = stage_line(context.spec().name, context.label(), status);
  if (auto board = shares_terminal() ? Board::of_run() : std::nullopt) return board->say(line);
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

/// How the run stands with this job done; "" where Make has not said what it expects.
std::string standing(const Context& context, double seconds) {
  auto board = Board::of_run();
  return board ? board->ended(context.spec().name, seconds, jobs_side_by_side()) : "";
}

/// Path under the stage's folder, as the manifest writes it.
std::string name_of_output(const Context& context, const fs::path& output) {
  const std::string name = output.lexically_relative(context.dir()).generic_string();
  if (name.empty() || name.starts_with(".."))
    throw std::logic_error(output.string() + " lies outside " + context.dir().string());
  return name;
}

nlohmann::json circumstances(const Context& context, Clock::duration wall) {
  return {{"git_revision", git_revision()},
          {"compiler", compiler_name()},
          {"cpu", cpu_model()},
          {"host", host_name()},
          {"facts", context.facts},
          {"wall_seconds", std::chrono::duration<double>(wall).count()},
          {"peak_bytes", peak_bytes()},
          {"finished", utc_now()}};
}

Manifest make_manifest(const Context& context, const std::string& key, const fs::path& program,
                       const std::vector<Input>& inputs) {
  Manifest manifest{.stage = context.spec().name,
                    .key = key,
                    .program = digest_file(program).sha256,
                    .settings = {},
                    .environment = context.environment()};
  for (const auto& [name, value] : context.settings().results_values())
    manifest.settings.emplace(name, printable(value));
  if (context.spec().scope == Scope::kRun) {
    manifest.seed = context.seed();
    manifest.arm = context.arm();
  }
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

/// Others may write to a file from outside while it is read: then nobody can say what was read.
void refuse_changed_files(const Context& context, const std::vector<Input>& inputs) {
  std::vector<Expected> files;
  for (const Input& input : inputs)
    if (input.stage.empty()) files.push_back({input.path, input.digest});
  if (const Expected* changed = first_damaged(files))
    throw UserError(
        fmt::format("{} changed while {} read it; give the command again once nothing writes to it",
                    changed->file.string(), context.spec().name));
}

}  // namespace

void run_stage(Context& context, const fs::path& program, bool force,
               const std::function<void(Context&)>& body) {
  const Lock lock = stage_lock(context.dir(), context.spec().name);
  remove_stale_temporaries(context.dir());
  const auto state = staleness(context, program, Look::kBytes);
  if (state.current && !force) {
    touch(context.manifest_path());  // tells Make that it was looked at
    return say(context, "cached");
  }
  const auto inputs = inputs_of(context);
  verify_inputs(context, inputs);
  const auto shared = run_lock(context.spec().alone);
  say(context, "run: " + (state.current ? "forced" : state.reason));
  context.begin(state.key);
  const auto start = Clock::now();
  body(context);
  refuse_changed_files(context, inputs);
  const auto wall = Clock::now() - start;
  Manifest manifest = make_manifest(context, state.key, program, inputs);
  manifest.circumstances = circumstances(context, wall);
  remove_abandoned(context, manifest);
  if (!write_json(context.manifest_path(), to_json(manifest))) touch(context.manifest_path());
  context.unfinished().clear();
  const double seconds = std::chrono::duration<double>(wall).count();
  const auto stands = standing(context, seconds);
  if (wall >= kWorthATime)
    say(context, "done in " + duration_text(seconds) + (stands.empty() ? "" : "; " + stands));
}

}  // namespace rc
