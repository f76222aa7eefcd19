// Snapshots in, correlation.json out: do the layers agree on which dimensions have large gains?
// With --gains FILE, the same of somebody else's model.
#include "pipeline/dag.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage.h"
#include "stages/correlate/correlation_report.h"
#include "stages/correlate/model_gains.h"

namespace {

void correlate(rc::Context& c) {
  const auto history = rc::read_history(c.outputs_of({"snapshot", ".safetensors"}));
  auto report = rc::run_report(history, {.draws = c.settings().integer("correlate.permutations"),
                                         .seed = static_cast<std::uint64_t>(c.seed())});
  report["stage"] = c.spec().name;
  report["arm"] = c.arm();
  report["seed"] = c.seed();
  rc::write_json(c.dir() / "correlation.json", report);
  c.made(c.dir() / "correlation.json");
}

}  // namespace

int main(int argc, char** argv) {
  if (rc::asks_for_model_gains(argc, argv))
    return rc::guarded_main("correlate", [&] {
      rc::correlate_model_gains(argc, argv);
      return 0;
    });
  return rc::stage_main(rc::stage("correlate"), argc, argv, correlate);
}
