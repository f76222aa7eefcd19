// Everything the operations on one trained model need, as the run's settings say.
#pragma once

#include "model/batches.h"
#include "pipeline/stage/stage.h"
#include "stages/ablate/deletion.h"
#include "stages/ablate/induction.h"
#include "stages/ablate/thirds.h"

namespace rc {

class Ablation {
 public:
  /// Loads the model as it was at the last step, on the settings' device. UserError for an order
  /// that does not exist.
  explicit Ablation(const Context& context);

  TrainedModel trained() const { return {model_, calibration_, seed()}; }
  std::string device() const { return device_.str(); }
  /// Every order and control, or the original's surgery alone (setting ablate.full_arms).
  bool is_full() const { return full_; }
  /// No pairs of smallest gain then, to delete.
  bool gains_tie() const { return rc::gains_tie(model_.weights); }

  Experiment orders() const;
  std::vector<ThirdExperiment> thirds(const Experiment& all_layers) const;
  Deletions deletions() const;
  Induction induction() const;

 private:
  long setting(const char* name) const { return context_.settings().integer(name); }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(context_.seed()); }
  Transformer transformer(const SavedModel& saved) const;
  Batch windows(const Text& text, const char* count) const;
  ExperimentOptions options() const;

  const Context& context_;
  bool copies_;  // labels are the inputs
  Tokens tokens_;
  torch::Device device_;
  bool full_ = false;
  SavedModel model_;
  Calibration calibration_;
};

}  // namespace rc
