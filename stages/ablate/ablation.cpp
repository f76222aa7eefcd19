#include "stages/ablate/ablation.h"

#include <algorithm>

#include "pipeline/stage/progress.h"

namespace rc {

Ablation::Ablation(const Context& context)
    : context_(context),
      copies_(context.settings().text("train.labels") == "same"),
      tokens_(load_tokens(context.output_of("tokenize", "tokens.safetensors"))),
      device_(device_named(context.settings().text("device"))),
      model_(load_model(context.outputs_of({"train", ".safetensors"}).back(),
                        ModelConfig::from(context.settings(), tokens_.vocabulary))) {
  orders_asked_for(context.settings().words("ablate.orders"));  // before anything takes time
  const auto arms = context.settings().words("ablate.full_arms");
  full_ = std::find(arms.begin(), arms.end(), context.arm()) != arms.end();
  model_.weights = model_.weights.to(device_);
  calibration_ =
      calibrate(transformer(model_), windows(tokens_.train, "ablate.calibration_sequences").ids);
}

Transformer Ablation::transformer(const SavedModel& saved) const {
  const auto precision = Precision::kFloat32;
  const auto& operations = context_.settings().text("model.operations");
  return {saved.config, saved.weights, device_, precision,
          operations_named(operations, device_, precision)};
}

Batch Ablation::windows(const Text& text, const char* count) const {
  return fixed_batch(text, setting(count), model_.config.context, copies_, count);
}

ExperimentOptions Ablation::options() const {
  const auto orders = full_ ? orders_asked_for(context_.settings().words("ablate.orders"))
                            : std::vector<std::string>{kOriginalOrder};
  return {.percents = percent_grid(setting("ablate.step_percent")),
          .orders = orders_that_apply(orders, model_.weights),
          .draws = setting("ablate.random_draws"),
          .curve_sequences = setting("ablate.curve_sequences")};
}

Experiment Ablation::orders() const {
  const auto batch = windows(tokens_.validation, "ablate.sequences");
  Progress progress("ablate " + context_.label(), evaluation_count(options(), batch.ids.size(0)));
  Evaluator evaluate(key_model(transformer(model_)), batch,
                     [&](long done) { progress.update(done); });
  return run_experiment(evaluate, trained(), options());
}

std::vector<ThirdExperiment> Ablation::thirds(const Experiment& all_layers) const {
  const auto batch = windows(tokens_.validation, "ablate.sequences");
  Progress progress("thirds " + context_.label(),
                    third_evaluation_count(options(), model_.config.layers, batch.ids.size(0)));
  Evaluator evaluate(key_model(transformer(model_)), batch,
                     [&](long done) { progress.update(done); });
  return run_thirds(evaluate, trained(), options(), all_layers.yardstick());
}

Deletions Ablation::deletions() const {
  const auto batch = windows(tokens_.validation, "ablate.sequences");
  Progress progress("delete " + context_.label(), kDeletionCount);
  long done = 0;
  return run_deletions(trained(), [&](const SavedModel& saved) {
    Evaluator evaluate(key_model(transformer(saved)), batch, [](long) {});
    auto losses = sequences_of(evaluate.losses(saved.weights, evaluate.all_rows()));
    progress.update(++done);
    return losses;
  });
}

Induction Ablation::induction() const {
  const auto batch = repeated_batch(model_.config, setting("ablate.sequences"), copies_, seed());
  Progress progress("induction " + context_.label(), 4 * batch.ids.size(0));
  Evaluator evaluate(key_model(transformer(model_)), batch,
                     [&](long done) { progress.update(done); });
  return run_induction(evaluate, trained(), options());
}

}  // namespace rc
