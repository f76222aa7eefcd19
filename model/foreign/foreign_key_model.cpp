#include "model/foreign/foreign_key_model.h"

#include <fmt/format.h>

#include <cmath>

#include "pipeline/error.h"

namespace rc {
namespace {

using torch::Tensor;

/// Of gains [heads, d_k] or [d_k], one a dimension.
Tensor over_heads(const Tensor& gains) {
  return gains.dim() == 1 ? gains : gains.square().mean(0).sqrt();
}

/// Root mean square of each dimension of x [B, heads, T, d_k].
Tensor energies(const Tensor& x) {
  return x.square().mean(std::vector<std::int64_t>{0, 1, 2}).sqrt();
}

void check_windows(const ForeignConfig& c, long context) {
  for (std::size_t l = 0; l < c.layers.size(); ++l)
    if (const long window = c.layers[l].window; window != 0 && window < context)
      throw UserError(fmt::format(
          "sequences of {} tokens are longer than the window of {} that layer {} attends to; take "
          "{} or fewer",
          context, window, l, window));
}

class TrainedElsewhere : public KeyModel {
 public:
  TrainedElsewhere(std::shared_ptr<const ForeignModel> model, const Tensor& ids, long context)
      : model_(std::move(model)) {
    check_windows(model_->config(), context);
    saved_.config = key_shape(model_->config(), context);
    const bool by_gain = key_sizes(*model_) == KeySizes::kGains;
    const auto sample = by_gain ? Calibration{} : calibrate(ids);
    for (long l = 0; l < model_->layers(); ++l) {
      const auto& layer = model_->layer(l);
      LayerWeights weights;
      weights.gain_q = by_gain ? over_heads(layer.gain_q) : energies(sample.q[l]);
      weights.gain_k = by_gain ? over_heads(layer.gain_k) : energies(sample.k[l]);
      weights.rotary_pairs = torch::arange(saved_.config.d_k / 2, torch::kInt64);
      saved_.weights.layers.push_back(std::move(weights));
    }
  }

  const SavedModel& saved() const override { return saved_; }
  torch::Device device() const override { return torch::kCPU; }

  /// Queries hold what makes q k^T / sqrt(d_k) of any model its logits.
  Calibration calibrate(const Tensor& ids) const override {
    const torch::NoGradGuard no_grad;
    const auto& c = model_->config();
    Taps taps;
    model_->through(0, model_->layers(), model_->embed(ids), {}, &taps);
    Calibration calibration;
    calibration.query_factor = c.logit_scale * std::sqrt(static_cast<double>(c.d_k));
    for (std::size_t l = 0; l < taps.q.size(); ++l) {
      calibration.q.push_back(taps.q[l].transpose(1, 2).contiguous() * calibration.query_factor);
      calibration.k.push_back(taps.k[l].transpose(1, 2).contiguous());
      calibration.ropes.push_back(foreign_rope(c.layers[l].rotary, c.d_k, ids.size(1)));
      taps.q[l].reset(), taps.k[l].reset();  // of all layers they take half a gigabyte
    }
    return calibration;
  }

  Tensor token_losses(const Weights& weights, const Tensor& ids,
                      const Tensor& labels) const override {
    return token_losses_above(weights, 0, model_->embed(ids), labels);
  }
  Tensor stream_below(std::size_t depth, const Tensor& ids) const override {
    return model_->through(0, static_cast<long>(depth), model_->embed(ids));
  }
  Tensor token_losses_above(const Weights& weights, std::size_t depth, const Tensor& stream,
                            const Tensor& labels) const override {
    const auto x =
        model_->through(static_cast<long>(depth), model_->layers(), stream, changes_of(weights));
    return model_->token_losses(x, labels);
  }

 private:
  /// What became of the gains, as a factor on each dimension, and maps and offsets as they are.
  KeyChanges changes_of(const Weights& weights) const {
    KeyChanges changes;
    for (std::size_t l = 0; l < weights.layers.size(); ++l) {
      const auto& now = weights.layers[l];
      const auto& whole = saved_.weights.layers[l].gain_k;
      KeyChange change{.map = now.key_map, .offset = now.key_offset};
      if (!now.gain_k.is_same(whole))
        change.mask = torch::where(whole == 0, torch::zeros_like(whole), now.gain_k / whole);
      if (change.mask.defined() || now.operates_on_keys())
        changes[static_cast<long>(l)] = std::move(change);
    }
    return changes;
  }

  std::shared_ptr<const ForeignModel> model_;
  SavedModel saved_;
};

}  // namespace

ModelConfig key_shape(const ForeignConfig& c, long context) {
  ModelConfig shape;
  shape.layers = static_cast<long>(c.layers.size());
  shape.d_model = c.d_model, shape.d_ff = c.d_ff;
  shape.heads = c.heads, shape.kv_heads = c.kv_heads;
  shape.d_k = shape.d_v = c.d_k;
  shape.context = context, shape.vocabulary = c.vocabulary;
  shape.frequencies = {c.d_k, c.layers.front().rotary.base};
  shape.qk_norm = c.block.qk_norm != QkNorm::kNone;
  return shape;
}

KeySizes key_sizes(const ForeignModel& model) {
  if (model.config().block.qk_norm == QkNorm::kNone) return KeySizes::kEnergies;
  for (long l = 0; l < model.layers(); ++l) {
    const auto sizes = over_heads(model.layer(l).gain_k).abs();
    if (sizes.min().equal(sizes.max())) return KeySizes::kEnergiesAsGainsTie;
  }
  return KeySizes::kGains;
}

KeyModelPtr key_model(std::shared_ptr<const ForeignModel> model, const Tensor& ids, long context) {
  return std::make_shared<TrainedElsewhere>(std::move(model), ids, context);
}

}  // namespace rc
