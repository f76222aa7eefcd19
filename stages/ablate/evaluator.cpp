#include "stages/ablate/evaluator.h"

#include <numeric>

#include "model/microbatches.h"

namespace rc {
namespace {

using torch::Tensor;

/// Enough that packing the weights costs little beside multiplying them; few, as the logits of a
/// long context are gigabytes and threads share pieces out.
constexpr long kRowsAtOnce = 4;

}  // namespace

Evaluator::Evaluator(KeyModelPtr model, const Batch& batch, std::function<void(long)> tick,
                     Memory memory)
    : model_(std::move(model)),
      ids_(batch.ids.to(model_->device())),
      labels_(batch.labels.to(model_->device())),
      tick_(std::move(tick)),
      memory_(std::move(memory)) {}

Rows Evaluator::all_rows() const {
  Rows rows(static_cast<std::size_t>(sequences()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

void Evaluator::share_below(std::size_t depth) {
  depth_ = depth;
  stream_ = torch::empty({ids_.size(0), ids_.size(1), model_->saved().config.d_model},
                         torch::TensorOptions(torch::kFloat32).device(model_->device()));
  for_pieces(ids_.size(0), model_->device(), [&](std::int64_t row) {
    const torch::NoGradGuard no_grad;
    stream_.narrow(0, row, 1).copy_(model_->stream_below(depth, ids_.narrow(0, row, 1)));
  });
}

TokenLosses Evaluator::losses(const Weights& weights, const Rows& rows) {
  return in_pieces(rows, kRowsAtOnce, [&](long) { return weights; });
}

TokenLosses Evaluator::losses(const std::function<Weights(long)>& weights_of, const Rows& rows) {
  return in_pieces(rows, 1, weights_of);
}

TokenLosses Evaluator::in_pieces(const Rows& rows, long rows_a_piece,
                                 const std::function<Weights(long)>& weights_of) {
  const auto losses = memory_([&] { return compute(rows, rows_a_piece, weights_of); });
  tick_(done_ += static_cast<long>(rows.size()));
  return losses.to(torch::kFloat64);
}

Tensor Evaluator::compute(const Rows& rows, long rows_a_piece,
                          const std::function<Weights(long)>& weights_of) const {
  const auto device = model_->device();
  const auto count = static_cast<std::int64_t>(rows.size());
  const auto index = torch::tensor(rows, torch::kInt64).to(device);
  auto losses = torch::empty({count, ids_.size(1)}, torch::kFloat32);
  for_microbatches(count, (count + rows_a_piece - 1) / rows_a_piece, device,
                   [&](std::int64_t, std::int64_t first, std::int64_t many) {
                     const torch::NoGradGuard no_grad;
                     const auto piece = [&](const Tensor& x) {
                       return x.index_select(0, index.narrow(0, first, many));
                     };
                     const auto weights = weights_of(rows[static_cast<std::size_t>(first)]);
                     const auto labels = piece(labels_);
                     losses.narrow(0, first, many)
                         .copy_(depth_ == 0 ? model_->token_losses(weights, piece(ids_), labels)
                                            : model_->token_losses_above(weights, depth_,
                                                                         piece(stream_), labels));
                   });
  return losses;
}

std::vector<double> sequences_of(const TokenLosses& tokens) {
  const auto means = tokens.mean(1).contiguous();
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

}  // namespace rc
