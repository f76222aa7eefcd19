// Caches fewer floats of each key and measures what the loss makes of it: low_rank.json.
#include <algorithm>

#include "kernels/torch.h"
#include "model/foreign/audited_model.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "stages/low_rank/low_rank_report.h"
#include "stages/low_rank/settings.h"
#include "stages/low_rank/subject.h"

namespace {

bool is_asked_for(const rc::Context& c) {
  const auto arms = c.settings().words("lowrank.arms");
  return std::find(arms.begin(), arms.end(), c.arm()) != arms.end();
}

nlohmann::json measure(rc::Context& c) {
  auto [model, calibration, validation, some] = rc::subject_of(c);
  const auto& config = model->saved().config;
  rc::Progress progress("low-rank " + c.label(),
                        rc::low_rank_evaluations(validation.ids.size(0), some));
  const auto measured = rc::measure_low_rank(*model, std::move(calibration), validation, some,
                                             [&](long done) { progress.update(done); });
  c.facts["device"] = model->device().str();
  auto report = rc::low_rank_report(measured, config);
  auto numbers = rc::low_rank_numbers(measured, config);
  if (rc::is_audited(c))  // how many were chosen; else a setting says it
    numbers["sequences.lowrank"] = {
        static_cast<double>(validation.ids.size(0)), "sequences", 1, {}};
  report["numbers"] = rc::to_json(numbers);
  return report;
}

void low_rank(rc::Context& c) {
  const int threads = rc::prepare_cpu(c.settings().integer("threads"));
  c.facts = {{"threads", threads}, {"libtorch", rc::torch_version()}};
  const auto nothing = nlohmann::json{{"numbers", nlohmann::json::object()}};
  c.write("low_rank.json", is_asked_for(c) ? measure(c) : nothing);
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "low-rank",
      .summary = "cache keys of lower rank, measure the loss",
      .writes = "low_rank.json",
      .scope = rc::Scope::kRun,
      .settings = {rc::kModelSettings, rc::kLabelSettings, rc::kLowRankSettings,
                   rc::kDeviceSettings, rc::kThreadSettings},
      .needs = {{"tokenize", ".safetensors"},
                {"train", ".safetensors"},
                {"audit-model", rc::kAuditedModel},
                {"audit-model", "tokens.safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, low_rank);
}
