#include "model/evaluate.h"

#include "model/microbatches.h"

namespace rc {

torch::Tensor evaluate_tokens(const Transformer& model, const Batch& batch, long chunk,
                              const SequencesDone& done) {
  const auto rows = batch.ids.size(0);
  const auto device = model.device();
  const auto microbatches = device.is_cpu() ? rows : (rows + chunk - 1) / chunk;
  auto losses = torch::empty(batch.ids.sizes(), torch::kFloat32);
  long sequences = 0;
  for_microbatches(
      rows, microbatches, device, [&](std::int64_t, std::int64_t first, std::int64_t count) {
        const torch::NoGradGuard no_grad;
        const auto piece = [&](const torch::Tensor& x) { return x.narrow(0, first, count); };
        piece(losses).copy_(
            model.token_losses(piece(batch.ids).to(device), piece(batch.labels).to(device)));
        if (!done) return;
#pragma omp critical(rc_sequences_done)
        done(sequences += count);
      });
  return losses;
}

std::vector<double> evaluate_sequences(const Transformer& model, const Batch& batch, long chunk,
                                       const SequencesDone& done) {
  const auto means = evaluate_tokens(model, batch, chunk, done).to(torch::kFloat64).mean(1);
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

Taps tap_sequences(const Transformer& model, const torch::Tensor& ids) {
  const auto device = model.device();
  std::vector<Taps> pieces(device.is_cpu() ? static_cast<std::size_t>(ids.size(0)) : 1);
  for_microbatches(ids.size(0), static_cast<std::int64_t>(pieces.size()), device,
                   [&](std::int64_t s, std::int64_t first, std::int64_t count) {
                     const torch::NoGradGuard no_grad;
                     model.hidden(ids.narrow(0, first, count).to(device),
                                  &pieces[static_cast<std::size_t>(s)]);
                   });
  const auto joined = [&](std::vector<torch::Tensor> Taps::*which, std::size_t layer) {
    std::vector<torch::Tensor> parts;
    for (const auto& piece : pieces) parts.push_back((piece.*which)[layer]);
    return torch::cat(parts);
  };
  Taps all;
  for (std::size_t l = 0; l < model.weights.layers.size(); ++l) {
    all.q.push_back(joined(&Taps::q, l));
    all.k.push_back(joined(&Taps::k, l));
    all.stream.push_back(joined(&Taps::stream, l));
  }
  return all;
}

}  // namespace rc
