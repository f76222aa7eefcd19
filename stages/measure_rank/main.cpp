// Snapshots in, rank.json out: participation ratios, spectra and entropy, each beside its null.
#include "kernels/torch.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "stages/measure_rank/measurement.h"
#include "stages/measure_rank/rank_report.h"
#include "stages/measure_rank/settings.h"

namespace {

void measure_rank(rc::Context& c) {
  c.facts["threads"] = rc::prepare_cpu(c.settings().integer("threads"));
  c.facts["libtorch"] = rc::torch_version();

  auto files = c.outputs_of({"snapshot", ".safetensors"});
  if (files.empty()) files = {c.output_of("audit-model", "step-000000.safetensors")};
  rc::Progress progress("measure-rank " + c.label(), static_cast<long>(files.size()));
  const auto run = rc::measure_run(files, c.settings().integer("rank.null_draws"), c.seed(),
                                   [&](long done) { progress.update(done, "snapshots"); });
  auto json = rc::rank_report(run);
  progress.finish();

  c.write("rank.json", std::move(json));
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "measure-rank",
      .summary = "participation ratios, spectra and entropy, each beside its null",
      .writes = "rank.json",
      .scope = rc::Scope::kRun,
      .settings = {rc::kRankSettings, rc::kThreadSettings},
      .needs = {{"snapshot", ".safetensors"}, {"audit-model", "step-000000.safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, measure_rank);
}
