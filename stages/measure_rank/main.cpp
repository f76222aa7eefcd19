// Snapshots in, rank.json out: participation ratios, spectra and entropy, each beside its null.
#include "model/tensors.h"
#include "model/torch_compat.h"
#include "pipeline/dag.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "stages/measure_rank/rank_numbers.h"
#include "stages/measure_rank/rank_report.h"

namespace {

void measure_rank(rc::Context& c) {
  c.facts["threads"] = rc::prepare_cpu(c.settings().integer("threads"));
  c.facts["libtorch"] = rc::torch_version();

  const auto files = c.outputs_of({"snapshot", ".safetensors"});
  rc::Progress progress("measure-rank " + c.label(), static_cast<long>(files.size()));
  const auto run = rc::measure_run(files, c.settings().integer("rank.null_draws"), c.seed(),
                                   [&](long done) { progress.update(done, "snapshots"); });
  const auto sequences = run.snapshots.back().participation.size(2);
  auto json = rc::rank_report(
      run, rc::bootstrap_weights(sequences, c.settings().integer("rank.bootstrap"), c.seed()));
  progress.finish();

  json["stage"] = c.spec().name;
  json["arm"] = c.arm();
  json["seed"] = c.seed();
  rc::write_json(c.dir() / "rank.json", json);
  c.made(c.dir() / "rank.json");
}

}  // namespace

int main(int argc, char** argv) {
  return rc::stage_main(rc::stage("measure-rank"), argc, argv, measure_rank);
}
