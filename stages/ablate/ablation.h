// Everything the operations on one trained model need, as the run's settings say.
#pragma once

#include "model/batches.h"
#include "pipeline/stage/stage.h"
#include "stages/ablate/budget.h"
#include "stages/ablate/deletion.h"
#include "stages/ablate/induction.h"
#include "stages/ablate/recall.h"
#include "stages/ablate/thirds.h"

namespace rc {

class Ablation {
 public:
  /// Loads the model as it was at the last step, on the settings' device; or where stage
  /// audit-model is among the inputs the checkpoint it read. UserError for an order that does not
  /// exist.
  explicit Ablation(Context& context);

  TrainedModel trained() const { return {model_->saved(), calibration_, seed()}; }
  std::string device() const { return model_->device().str(); }
  bool audited() const { return audited_; }
  long sequences() const { return plan_.sequences; }
  /// Every control, or the original's surgery alone (setting ablate.full_arms, or the plan).
  bool is_full() const { return plan_.controls; }
  /// Pairs of smallest gain can be taken out for good: not where gains tie, nor of a model trained
  /// elsewhere, which has one shape.
  bool can_delete() const { return !audited_ && !gains_tie(model_->saved().weights); }

  Experiment orders();
  std::vector<ThirdExperiment> thirds(const Experiment& all_layers);
  Deletions deletions();
  Induction induction();

 private:
  void load_trained();
  void load_audited();
  long setting(const char* name) const { return context_.settings().integer(name); }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(context_.seed()); }
  Transformer transformer(const SavedModel& saved) const;
  Batch windows(const Text& text, long count, const char* setting) const;
  Batch validation() const;
  AblationPlan plan_of_settings() const;
  Evaluator evaluator(KeyModelPtr model, const Batch& batch, std::function<void(long)> tick);

  const Context& context_;
  bool audited_;  // a checkpoint trained elsewhere
  bool copies_;   // labels are the inputs
  Tokens tokens_;
  KeyModelPtr model_;
  Calibration calibration_;
  AblationPlan plan_;
  Recall recall_;
};

}  // namespace rc
