#include "model/evaluate.h"

#include "model/microbatches.h"

namespace rc {

torch::Tensor evaluate_tokens(const Transformer& model, const Batch& batch, long chunk) {
  const auto rows = batch.ids.size(0);
  const auto device = model.device();
  // A CPU's threads take single sequences, whose activations stay in the cache.
  const bool one_by_one = device.is_cpu() && busy_all_threads(rows);
  const auto microbatches = one_by_one ? rows : (rows + chunk - 1) / chunk;
  auto losses = torch::empty(batch.ids.sizes(), torch::kFloat32);
  for_microbatches(
      rows, microbatches, device, [&](std::int64_t, std::int64_t first, std::int64_t count) {
        const torch::NoGradGuard no_grad;
        const auto piece = [&](const torch::Tensor& x) { return x.narrow(0, first, count); };
        piece(losses).copy_(
            model.token_losses(piece(batch.ids).to(device), piece(batch.labels).to(device)));
      });
  return losses;
}

std::vector<double> evaluate_sequences(const Transformer& model, const Batch& batch, long chunk) {
  const auto means = evaluate_tokens(model, batch, chunk).to(torch::kFloat64).mean(1);
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

}  // namespace rc
