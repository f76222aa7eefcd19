// Snapshots in, correlation.json out: do the layers agree on which dimensions have large gains?
// With --gains FILE, the same of somebody else's model.
#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/stage/stage.h"
#include "stages/correlate/correlation_report.h"
#include "stages/correlate/model_gains.h"
#include "stages/correlate/settings.h"

namespace {

/// A checkpoint of a family without a norm on its keys has energies in the place of gains.
bool has_gains(const std::filesystem::path& snapshot) {
  const auto file = rc::Safetensors::open(snapshot);
  const auto ranked_by = file.metadata().find("ranked_by");
  return ranked_by == file.metadata().end() || ranked_by->second == "gains";
}

void correlate(rc::Context& c) {
  auto snapshots = c.outputs_of({"snapshot", ".safetensors"});
  if (snapshots.empty()) snapshots = {c.output_of("audit-model", "step-000000.safetensors")};
  if (!has_gains(snapshots.back())) {
    c.write("correlation.json", {{"numbers", nlohmann::json::object()}});
    return;
  }
  const auto history = rc::read_history(snapshots);
  auto report = rc::run_report(history, {.draws = c.settings().integer("correlate.permutations"),
                                         .seed = static_cast<std::uint64_t>(c.seed())});
  c.write("correlation.json", std::move(report));
}

}  // namespace

int main(int argc, char** argv) {
  if (rc::asks_for_model_gains(argc, argv))
    return rc::guarded_main("correlate", [&] {
      rc::correlate_model_gains(argc, argv);
      return 0;
    });
  const rc::StageSpec spec{
      .name = "correlate",
      .summary = "compare the gain vectors of the layers",
      .writes = "correlation.json",
      .scope = rc::Scope::kRun,
      .settings = {rc::kCorrelateSettings},
      .needs = {{"snapshot", ".safetensors"}, {"audit-model", "step-000000.safetensors"}},
      .extra_help =
          "  --gains FILE       compare the layers of somebody else's model instead;\n"
          "                     --gains FILE --help tells more\n"};
  return rc::stage_main(spec, argc, argv, correlate);
}
