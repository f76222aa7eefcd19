#include "stages/low_rank/subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/foreign/audited_model.h"
#include "model/tensors.h"
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
          windows(tokens.validation, "lowrank.sequences")};
}

/// As many sequences as the audit's time allows, two at least.
Subject trained_elsewhere(const Context& c) {
  const auto audited =
      open_audited_model(c.output_of("audit-model", kAuditedModel),
                         c.output_of("audit-model", "tokens.safetensors"), c.spec().name);
  const auto& shape = audited.model->saved().config;
  const auto there = static_cast<long>(audited.tokens.validation.blocks.size());
  const long bought = audited.evaluations / low_rank_evaluations();
  const long count =
      std::min({std::max(2L, bought), there, c.settings().integer("lowrank.sequences")});
  fmt::print("low-rank takes {} sequences, {} runs of a sequence\n", count,
             count * low_rank_evaluations());
  const auto ids =
      calibration_ids(audited.tokens, shape, c.settings().integer("lowrank.calibration_sequences"));
  return {audited.model, audited.model->calibrate(ids),
          fixed_batch(audited.tokens.validation, count, shape.context, /*copy=*/false,
                      "lowrank.sequences")};
}

}  // namespace

bool is_audited(const Context& c) { return !c.outputs_of({"audit-model", kAuditedModel}).empty(); }

Subject subject_of(const Context& c) {
  return is_audited(c) ? trained_elsewhere(c) : trained_here(c);
}

}  // namespace rc
