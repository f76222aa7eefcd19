#include "stages/ablate/ablation.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/foreign/audited_model.h"
#include "model/tensors.h"
#include "pipeline/stage/progress.h"

namespace rc {

Ablation::Ablation(Context& context)
    : context_(context),
      audited_(!context.outputs_of({"audit-model", kAuditedModel}).empty()),
      copies_(!audited_ && context.settings().text("train.labels") == "same"),
      tokens_{.train = torch::Tensor(), .validation = torch::Tensor()},
      recall_(context) {
  orders_asked_for(context.settings().words("ablate.orders"));  // before anything takes time
  audited_ ? load_audited() : load_trained();
  plan_.options.orders = orders_that_apply(plan_.options.orders, model_->saved().weights);
}

void Ablation::load_trained() {
  tokens_ = load_tokens(context_.output_of("tokenize", "tokens.safetensors"));
  auto saved = load_model(context_.outputs_of({"train", ".safetensors"}).back(),
                          ModelConfig::from(context_.settings(), tokens_.vocabulary));
  saved.weights = saved.weights.to(device_named(context_.settings().text("device")));
  model_ = key_model(transformer(saved));
  plan_ = plan_of_settings();
  constexpr auto kCount = "ablate.calibration_sequences";
  calibration_ = model_->calibrate(windows(tokens_.train, setting(kCount), kCount).ids);
}

void Ablation::load_audited() {
  auto audited = open_audited_model(context_.output_of("audit-model", kAuditedModel),
                                    context_.output_of("audit-model", "tokens.safetensors"),
                                    context_.spec().name);
  tokens_ = std::move(audited.tokens);
  model_ = std::move(audited.model);
  const auto& shape = model_->saved().config;
  auto most = plan_of_settings();
  most.sequences = std::min(most.sequences, static_cast<long>(tokens_.validation.blocks.size()));
  plan_ = plan_within(audited.allowance.evaluations, most, shape.layers);
  fmt::print("{}", plan_text(plan_, audited.allowance, shape.layers));
  std::fflush(stdout);
  calibration_ =
      model_->calibrate(calibration_ids(tokens_, shape, setting("ablate.calibration_sequences")));
}

Transformer Ablation::transformer(const SavedModel& saved) const {
  const auto device = device_named(context_.settings().text("device"));
  const auto precision = Precision::kFloat32;
  const auto& operations = context_.settings().text("model.operations");
  return {saved.config, saved.weights, device, precision,
          operations_named(operations, device, precision)};
}

Batch Ablation::windows(const Text& text, long count, const char* setting) const {
  return fixed_batch(text, count, model_->saved().config.context, copies_, setting);
}

Batch Ablation::validation() const {
  return windows(tokens_.validation, plan_.sequences, "ablate.sequences");
}

AblationPlan Ablation::plan_of_settings() const {
  const auto& s = context_.settings();
  const auto arms = s.words("ablate.full_arms");
  const bool full = std::ranges::find(arms, context_.arm()) != arms.end();
  return {.sequences = setting("ablate.sequences"),
          // Flat whatever is cut: of a model that copies the shown points tell all there is.
          .options = {.percents = percent_grid(copies_ ? 100 : setting("ablate.step_percent")),
                      .orders = full ? orders_asked_for(s.words("ablate.orders"))
                                     : std::vector<std::string>{kOriginalOrder},
                      .draws = setting("ablate.random_draws"),
                      .curve_sequences = setting("ablate.curve_sequences")},
          .controls = full && !copies_};
}

Evaluator Ablation::evaluator(KeyModelPtr model, const Batch& batch,
                              std::function<void(long)> tick) {
  return {std::move(model), batch, std::move(tick),
          [this](const auto& compute) { return recall_.losses(compute); }};
}

Experiment Ablation::orders() {
  Progress progress("ablate " + context_.label(), evaluation_count(plan_.options, plan_.sequences));
  auto evaluate = evaluator(model_, validation(), [&](long done) { progress.update(done); });
  return run_experiment(evaluate, trained(), plan_.options);
}

std::vector<ThirdExperiment> Ablation::thirds(const Experiment& all_layers) {
  Progress progress(
      "thirds " + context_.label(),
      third_evaluation_count(plan_.options, model_->saved().config.layers, plan_.sequences));
  auto evaluate = evaluator(model_, validation(), [&](long done) { progress.update(done); });
  return run_thirds(evaluate, trained(), plan_.options, all_layers.yardstick());
}

Deletions Ablation::deletions() {
  const auto batch = validation();
  Progress progress("delete " + context_.label(), kDeletionCount);
  long done = 0;
  return run_deletions(trained(), [&](const SavedModel& saved) {
    auto evaluate = evaluator(key_model(transformer(saved)), batch, [](long) {});
    auto losses = sequences_of(evaluate.losses(saved.weights, evaluate.all_rows()));
    progress.update(++done);
    return losses;
  });
}

Induction Ablation::induction() {
  const auto batch = repeated_batch(model_->saved().config, plan_.sequences, copies_, seed());
  Progress progress("induction " + context_.label(), kInductionRuns * plan_.sequences);
  auto evaluate = evaluator(model_, batch, [&](long done) { progress.update(done); });
  return run_induction(evaluate, trained(), plan_.options);
}

}  // namespace rc
