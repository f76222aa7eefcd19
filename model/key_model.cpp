#include "model/key_model.h"

#include "model/microbatches.h"

namespace rc {
namespace {

using torch::Tensor;

class TrainedHere : public KeyModel {
 public:
  explicit TrainedHere(Transformer model)
      : model_(std::move(model)), saved_{model_.config(), model_.weights} {}

  const SavedModel& saved() const override { return saved_; }
  torch::Device device() const override { return model_.device(); }
  Calibration calibrate(const Tensor& ids) const override { return rc::calibrate(model_, ids); }

  Tensor token_losses(const Weights& weights, const Tensor& ids,
                      const Tensor& labels) const override {
    return with(weights).token_losses(ids, labels);
  }
  Tensor stream_below(std::size_t depth, const Tensor& ids) const override {
    return model_.stream_below(depth, ids);
  }
  Tensor token_losses_above(const Weights& weights, std::size_t depth, const Tensor& stream,
                            const Tensor& labels) const override {
    return with(weights).token_losses_above(depth, stream, labels);
  }

 private:
  /// Copies handles of tensors, not numbers.
  Transformer with(const Weights& weights) const {
    auto model = model_;
    model.weights = weights;
    return model;
  }

  Transformer model_;
  SavedModel saved_;
};

}  // namespace

std::vector<double> sequence_losses(const KeyModel& model, const Weights& weights,
                                    const Batch& batch) {
  const auto device = model.device();
  const auto rows = batch.ids.size(0);
  auto means = torch::empty({rows}, torch::kFloat64);
  for_microbatches(
      rows, device.is_cpu() ? rows : 1, device,
      [&](std::int64_t, std::int64_t first, std::int64_t count) {
        const torch::NoGradGuard no_grad;
        const auto piece = [&](const Tensor& x) { return x.narrow(0, first, count).to(device); };
        const auto losses = model.token_losses(weights, piece(batch.ids), piece(batch.labels));
        means.narrow(0, first, count).copy_(losses.to(torch::kFloat64).mean(1));
      });
  return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

KeyModelPtr key_model(Transformer model) { return std::make_shared<TrainedHere>(std::move(model)); }

}  // namespace rc
