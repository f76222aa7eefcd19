#include "bench/amdahl.h"

namespace rc {
namespace {

/// Elements of W_q, W_k, W_v and W_o of one layer.
double projection_weights(const ModelConfig& m) {
  const long o_columns = m.heads * m.d_v;
  return static_cast<double>(m.d_model * (m.q_rows() + m.k_rows() + m.v_rows() + o_columns));
}

double feed_forward_weights(const ModelConfig& m) {
  return static_cast<double>(m.feed_forward_weights());
}

double output_weights(const ModelConfig& m) {
  return static_cast<double>(m.d_model * m.vocabulary);
}

}  // namespace

Cost flops(const ModelConfig& m, const Workload& work) {
  const bool prefill = work.phase == Phase::kPrefill;
  const auto context = static_cast<double>(work.context);
  const double seen = prefill ? (context + 1) / 2 : context;
  const double tokens = static_cast<double>(work.batch) * (prefill ? context : 1);
  const double per_weight = 2 * tokens * static_cast<double>(m.layers);
  const double per_width = per_weight * seen * static_cast<double>(m.heads);
  return {.projections = per_weight * projection_weights(m),
          .keys = per_width * static_cast<double>(m.d_k),
          .values = per_width * static_cast<double>(m.d_v),
          .feed_forward = per_weight * feed_forward_weights(m),
          .output = 2 * static_cast<double>(work.batch) * output_weights(m)};
}

Cost bytes(const ModelConfig& m, const Workload& work) {
  const double per_weight = sizeof(float) * static_cast<double>(m.layers);
  const double per_width = per_weight * static_cast<double>(work.batch * work.context * m.kv_heads);
  return {.projections = per_weight * projection_weights(m),
          .keys = per_width * static_cast<double>(m.d_k),
          .values = per_width * static_cast<double>(m.d_v),
          .feed_forward = per_weight * feed_forward_weights(m),
          .output = sizeof(float) * output_weights(m)};
}

ModelConfig with_thin_keys(ModelConfig model, long percent) {
  model.d_k = kept_width(model.d_k, percent);
  return model;
}

double modelled_speedup(const Cost& full, const Cost& thin) { return full.total() / thin.total(); }

}  // namespace rc
