// A checkpoint that stage audit-model has read, as the stages behind it take it up.
#pragma once

#include <filesystem>
#include <string>

#include "model/batches.h"
#include "model/foreign/foreign_key_model.h"

namespace rc {

/// File of the stage that says where the checkpoint lies and what of it there is to be known.
inline constexpr const char* kAuditedModel = "model.json";

/// What a stage may take of the audit's time.
struct Allowance {
  long evaluations = 0;  // sequences through the model
  double seconds_per_sequence = 0;
};

struct AuditedModel {
  Tokens tokens;  // of training text, to calibrate on, and of text to measure on
  KeyModelPtr model;
  Allowance allowance;  // of the stage that asks
};

/// `model_json` as stage audit-model leaves it, `tokens` as load_tokens reads it; `stage` is who
/// asks. UserError as ForeignModel::open, and for a file that lacks a field.
AuditedModel open_audited_model(const std::filesystem::path& model_json,
                                const std::filesystem::path& tokens, const std::string& stage);

/// A line that says so where the least a stage can do is more than it is allowed; else nothing.
std::string over_budget_text(const std::string& stage, long evaluations,
                             const Allowance& allowance);

/// The model as surgery sees it; energies, where a family has no norm on its keys, are those of
/// training text.
KeyModelPtr audited_key_model(std::shared_ptr<const ForeignModel> model, const Tokens& tokens,
                              long context);

/// The first `wanted` sequences of the training text, or as many as may be kept with queries and
/// keys of all layers in half a gigabyte; at least one. Ids [B, context].
torch::Tensor calibration_ids(const Tokens& tokens, const ModelConfig& shape, long wanted);

/// How many sequences of queries, keys and `more` further keys take at most `bytes` in float32; at
/// least one.
long sequences_within(const ModelConfig& shape, double bytes, long more = 0);

}  // namespace rc
