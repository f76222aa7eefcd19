#include "model/evaluate.h"

namespace rc {

torch::Tensor evaluate_tokens(const Transformer& model, const Batch& batch, long chunk) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> losses;
  for (std::int64_t i = 0; i < batch.ids.size(0); i += chunk) {
    const auto count = std::min<std::int64_t>(chunk, batch.ids.size(0) - i);
    const auto ids = batch.ids.narrow(0, i, count).to(model.device());
    const auto labels = batch.labels.narrow(0, i, count).to(model.device());
    losses.push_back(model.token_losses(ids, labels).to(torch::kCPU));
  }
  return torch::cat(losses);
}

std::vector<double> evaluate_sequences(const Transformer& model, const Batch& batch, long chunk) {
  const auto means = evaluate_tokens(model, batch, chunk).to(torch::kFloat64).mean(1);
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

}  // namespace rc
