#include "model/foreign/audited_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

/// To take energies from where a model has no norm on its keys.
constexpr long kEnergySequences = 4;

}  // namespace

long sequences_within(const ModelConfig& shape, double bytes, long more) {
  const auto floats = static_cast<double>(shape.layers * shape.context * shape.d_k) *
                      static_cast<double>(shape.heads + shape.kv_heads + more);
  return std::max(1L, static_cast<long>(bytes / (4 * floats)));
}

torch::Tensor calibration_ids(const Tokens& tokens, const ModelConfig& shape, long wanted) {
  const long there = static_cast<long>(tokens.train.blocks.size());
  const long count = std::min({wanted, there, sequences_within(shape, 5e8)});
  return fixed_batch(tokens.train, count, shape.context, /*copy=*/false, "calibration").ids;
}

KeyModelPtr audited_key_model(std::shared_ptr<const ForeignModel> model, const Tokens& tokens,
                              long context) {
  const auto ids = calibration_ids(tokens, key_shape(model->config(), context), kEnergySequences);
  return key_model(std::move(model), ids, context);
}

AuditedModel open_audited_model(const std::filesystem::path& model_json,
                                const std::filesystem::path& tokens, const std::string& stage) {
  const auto json = read_json(model_json);
  try {
    AuditedModel audited{
        .tokens = load_tokens(tokens),
        .model = nullptr,
        .allowance = {json.at("evaluations").at(stage), json.at("seconds_per_sequence")}};
    audited.model = audited_key_model(std::make_shared<const ForeignModel>(
                                          ForeignModel::open(json.at("folder").get<std::string>())),
                                      audited.tokens, json.at("context"));
    return audited;
  } catch (const nlohmann::json::exception& error) {
    throw UserError(fmt::format("{} lacks a field ({}); run audit-model again", model_json.string(),
                                error.what()));
  }
}

std::string over_budget_text(const std::string& stage, long evaluations,
                             const Allowance& allowance) {
  if (evaluations <= allowance.evaluations) return "";
  return fmt::format("{}: the least there is; BUDGET has only {} runs for it\n", stage,
                     allowance.evaluations);
}

}  // namespace rc
