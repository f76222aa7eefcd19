#include "stages/low_rank/subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/foreign/audited_model.h"
#include "model/tensors.h"
#include "pipeline/stage/progress.h"
#include "stages/low_rank/low_rank.h"

namespace rc {
namespace {

/// The model as it was at the last step.
KeyModelPtr trained_model(const Context& c, long vocabulary) {
  const auto device = device_named(c.settings().text("device"));
  const auto saved = load_model(c.outputs_of({"train", ".safetensors"}).back(),
                                ModelConfig::from(c.settings(), vocabulary));
  const auto precision = Precision::kFloat32;
  const auto operations =
      operations_named(c.settings().text("model.operations"), device, precision);
  return key_model({saved.config, saved.weights, device, precision, operations});
}

Subject trained_here(const Context& c) {
  const auto tokens = load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto model = trained_model(c, tokens.vocabulary);
  const auto windows = [&](const Text& text, const char* count) {
    return fixed_batch(text, c.settings().integer(count), model->saved().config.context,
                       c.settings().text("train.labels") == "same", count);
  };
  return {model, model->calibrate(windows(tokens.train, "lowrank.calibration_sequences").ids),
          windows(tokens.validation, "lowrank.sequences"),
          c.settings().integer("lowrank.curve_sequences")};
}

/// As many sequences as fit into `evaluations`, two at least.
long sequences_within_budget(long evaluations, long most, long curve_sequences) {
  long count = std::min(2L, most);
  while (count < most && low_rank_evaluations(count + 1, curve_sequences) <= evaluations) ++count;
  return count;
}

/// As many sequences as the audit's time allows.
Subject trained_elsewhere(const Context& c) {
  const auto audited =
      open_audited_model(c.output_of("audit-model", kAuditedModel),
                         c.output_of("audit-model", "tokens.safetensors"), c.spec().name);
  const auto& shape = audited.model->saved().config;
  const auto there = static_cast<long>(audited.tokens.validation.blocks.size());
  const auto& allowance = audited.allowance;
  const long most = std::min(there, c.settings().integer("lowrank.sequences"));
  const long some = c.settings().integer("lowrank.curve_sequences");
  const long count = sequences_within_budget(allowance.evaluations, most, some);
  const long runs = low_rank_evaluations(count, some);
  fmt::print("low-rank: {} sequences, {} runs of a sequence, about {}\n{}", count, runs,
             duration_text(static_cast<double>(runs) * allowance.seconds_per_sequence),
             over_budget_text(c.spec().name, runs, allowance));
  std::fflush(stdout);
  const auto ids =
      calibration_ids(audited.tokens, shape, c.settings().integer("lowrank.calibration_sequences"));
  return {audited.model, audited.model->calibrate(ids),
          fixed_batch(audited.tokens.validation, count, shape.context, /*copy=*/false,
                      "lowrank.sequences"),
          some};
}

}  // namespace

bool is_audited(const Context& c) { return !c.outputs_of({"audit-model", kAuditedModel}).empty(); }

Subject subject_of(const Context& c) {
  return is_audited(c) ? trained_elsewhere(c) : trained_here(c);
}

}  // namespace rc
