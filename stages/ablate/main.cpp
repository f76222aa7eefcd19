// Cuts key dimensions out of the trained model, or of a checkpoint somebody else trained, and
// measures what breaks: ablation.json, and the model with its rotary pairs of smallest gain
// deleted.
#include <fmt/format.h>

#include "kernels/torch.h"
#include "model/foreign/audited_model.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "pipeline/stage/interruption.h"
#include "pipeline/stage/stage.h"
#include "stages/ablate/ablation.h"
#include "stages/ablate/ablation_report.h"
#include "stages/ablate/settings.h"

namespace {

/// The numbers of an arm that undergoes every control, and the curves of its thirds.
void add_controls(rc::Ablation& ablation, const rc::Experiment& e, rc::Numbers& numbers,
                  nlohmann::json& report) {
  const auto thirds = ablation.thirds(e);
  numbers.merge(rc::third_numbers(thirds, e.yardstick()));
  report["thirds"] = rc::third_curves(thirds, e.yardstick());
  if (ablation.can_delete()) numbers.merge(rc::deletion_numbers(ablation.deletions(), e));
  numbers.merge(rc::position_numbers(e));
  numbers.merge(rc::induction_numbers(ablation.induction()));
}

/// Which tokens are hard is another seed's business: collect compares (claim A9).
void keep_token_losses(rc::Context& c, const rc::Experiment& e) {
  const auto losses = rc::difficulty_losses(e);
  if (losses.empty()) return;
  const auto file = c.dir() / "difficulty.safetensors";
  rc::save_tensors(file, losses,
                   {{"arm", c.arm()}, {"percent", std::to_string(rc::kDifficultyPercent)}});
  c.made(file);
}

/// The model at the percentage where the claims look, narrower for good: that of delete.pairs.
void keep_compacted(rc::Context& c, const rc::TrainedModel& trained) {
  const auto cut = rc::order_named("pair").cut(trained, rc::kPositionPercent, 0);
  const auto file = c.dir() / fmt::format("compacted-{}.safetensors", rc::kPositionPercent);
  rc::save_model(file, rc::delete_pairs(trained, cut),
                 {{"arm", c.arm()}, {"percent", std::to_string(rc::kPositionPercent)}});
  c.made(file);
}

void ablate(rc::Context& c) {
  rc::note_interruptions();
  const int threads = rc::prepare_cpu(c.settings().integer("threads"));
  rc::Ablation ablation(c);
  c.facts = {
      {"device", ablation.device()}, {"threads", threads}, {"libtorch", rc::torch_version()}};
  const auto experiment = ablation.orders();
  auto numbers = rc::ablation_numbers(experiment);
  if (ablation.audited())  // how many were chosen; else a setting says it
    numbers["sequences.ablate"] = {static_cast<double>(ablation.sequences()), "sequences", 1, {}};
  auto report = rc::ablation_curves(experiment);
  if (rc::gains_tie(ablation.trained().model.weights))
    report["gains_tie"] = true;  // why there is no order by gain
  if (ablation.is_full()) add_controls(ablation, experiment, numbers, report);
  report["numbers"] = rc::to_json(numbers);
  c.write("ablation.json", std::move(report));
  keep_token_losses(c, experiment);
  if (ablation.can_delete()) keep_compacted(c, ablation.trained());
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "ablate",
      .summary = "cut key dimensions out of the trained model, measure the loss",
      .writes = "ablation.json, difficulty.safetensors, and compacted-<percent>.safetensors",
      .scope = rc::Scope::kRun,
      .settings = {rc::kModelSettings, rc::kLabelSettings, rc::kAblateSettings, rc::kDeviceSettings,
                   rc::kThreadSettings},
      .needs = {{"tokenize", ".safetensors"},
                {"train", ".safetensors"},
                {"audit-model", rc::kAuditedModel},
                {"audit-model", "tokens.safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, ablate);
}
