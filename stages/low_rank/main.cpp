// Caches fewer floats of each key and measures what the loss makes of it: low_rank.json.
#include <algorithm>

#include "kernels/torch.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "stages/low_rank/low_rank_report.h"
#include "stages/low_rank/settings.h"

namespace {

bool is_asked_for(const rc::Context& c) {
  const auto arms = c.settings().words("lowrank.arms");
  return std::find(arms.begin(), arms.end(), c.arm()) != arms.end();
}

/// The model as it was at the last step.
rc::KeyModelPtr trained_model(const rc::Context& c, long vocabulary) {
  const auto device = rc::device_named(c.settings().text("device"));
  const auto saved = rc::load_model(c.outputs_of({"train", ".safetensors"}).back(),
                                    rc::ModelConfig::from(c.settings(), vocabulary));
  const auto precision = rc::Precision::kFloat32;
  const auto operations =
      rc::operations_named(c.settings().text("model.operations"), device, precision);
  return rc::key_model({saved.config, saved.weights, device, precision, operations});
}

nlohmann::json measure(const rc::Context& c) {
  const auto tokens = rc::load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto model = trained_model(c, tokens.vocabulary);
  const auto& config = model->saved().config;
  const auto windows = [&](const rc::Text& text, const char* count) {
    return rc::fixed_batch(text, c.settings().integer(count), config.context,
                           c.settings().text("train.labels") == "same", count);
  };
  const auto validation = windows(tokens.validation, "lowrank.sequences");
  const auto calibration =
      model->calibrate(windows(tokens.train, "lowrank.calibration_sequences").ids);
  rc::Progress progress("low-rank " + c.label(), rc::low_rank_evaluations());
  const auto measured = rc::measure_low_rank(*model, calibration, validation,
                                             [&](long done) { progress.update(done); });
  auto report = rc::low_rank_report(measured, config);
  report["numbers"] = rc::to_json(rc::low_rank_numbers(measured, config));
  return report;
}

void low_rank(rc::Context& c) {
  const int threads = rc::prepare_cpu(c.settings().integer("threads"));
  const auto device = rc::device_named(c.settings().text("device")).str();
  c.facts = {{"device", device}, {"threads", threads}, {"libtorch", rc::torch_version()}};
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
      .needs = {{"tokenize", ".safetensors"}, {"train", ".safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, low_rank);
}
