// Cuts key dimensions out of the trained model and measures what breaks: ablation.json.
#include <fmt/format.h>

#include "model/torch_compat.h"
#include "pipeline/artifact.h"
#include "pipeline/dag.h"
#include "pipeline/progress.h"
#include "pipeline/stage.h"
#include "pipeline/statistics.h"
#include "stages/ablate/report.h"

namespace {

/// The model as it was at the last step.
rc::Transformer trained_model(const rc::Context& c, const rc::ModelConfig& config,
                              torch::Device device) {
  const auto checkpoints = c.outputs_of({"train", ".safetensors"});
  const auto precision = rc::Precision::kFloat32;
  return {config, rc::load_weights(checkpoints.back(), config), device, precision,
          rc::operations_named(c.settings().text("model.operations"), device, precision)};
}

rc::Experiment operate(const rc::Context& c, rc::Transformer& model, const rc::Batch& batch) {
  const auto& s = c.settings();
  const rc::ExperimentOptions options{rc::percent_grid(s.integer("ablate.step_percent")),
                                      static_cast<int>(s.integer("ablate.random_draws")),
                                      static_cast<std::uint64_t>(c.seed())};
  rc::Progress progress(fmt::format("ablate {}", c.label()), rc::evaluation_count(options));
  return rc::run_experiment(model, batch, options, [&](long done) { progress.update(done); });
}

void ablate(rc::Context& c) {
  const auto& s = c.settings();
  const int threads = rc::prepare_cpu(s.integer("threads"));
  const auto device = rc::device_named(s.text("device"));
  c.facts = {{"device", device.str()}, {"threads", threads}, {"libtorch", rc::torch_version()}};
  const auto arm = rc::arm_named(c.arm());
  const auto tokens = rc::load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto config = rc::ModelConfig::from(s, tokens.vocabulary, arm);
  const auto batch = rc::fixed_batch(tokens.validation, s.integer("ablate.sequences"),
                                     config.context, arm.copy_labels, "ablate.sequences");
  auto model = trained_model(c, config, device);
  const auto experiment = operate(c, model, batch);

  const int draws = static_cast<int>(s.integer("ablate.bootstrap"));
  std::vector<long> counts;
  for (const long p : experiment.percents) counts.push_back(rc::dimensions_cut(p, config.d_k));
  const auto file = c.dir() / "ablation.json";
  rc::write_json(file, {{"stage", "ablate"},
                        {"arm", c.arm()},
                        {"seed", c.seed()},
                        {"numbers", rc::to_json(rc::ablation_numbers(experiment, draws))},
                        {"percent", experiment.percents},
                        {"dimensions_cut", counts},
                        {"baseline", rc::mean(experiment.baseline)},
                        {"uniform_attention", rc::mean(experiment.floor)},
                        {"orders", rc::ablation_curves(experiment, draws)}});
  c.made(file);
}

}  // namespace

int main(int argc, char** argv) { return rc::stage_main(rc::stage("ablate"), argc, argv, ablate); }
