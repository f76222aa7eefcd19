#include "stages/low_rank/moments.h"

namespace rc {
namespace {

using torch::Tensor;

/// Heads [B, heads, T, d_k] as the rows of `count` of them, float64: [count, ..., d_k].
Tensor rows_of(const Tensor& x, std::int64_t count) {
  const auto by_head = x.to(torch::kCPU, torch::kFloat64).transpose(0, 1);
  return by_head.reshape({count, -1, x.size(3)});
}

Tensor second_moment(const Tensor& rows) {
  return rows.t().matmul(rows) / static_cast<double>(rows.size(0));
}

/// Row t holds the distances 0, ..., t; mean over rows of 1/(t + 1): [tokens].
Tensor share_of_distances(long tokens) {
  const auto in_row = 1 / torch::arange(1, tokens + 1, torch::kFloat64);
  return in_row.flip({0}).cumsum(0).flip({0}) / static_cast<double>(tokens);
}

}  // namespace

Tensor turned_by_distance(const Tensor& second_moment, const Rope& rope, long tokens) {
  const auto d = second_moment.size(0);
  const auto columns = second_moment.unsqueeze(1).expand({d, tokens, d});
  const auto once = apply_rope(columns, rope);                  // [i, D, :]: R_D C[:, i]
  const auto both = apply_rope(once.permute({2, 1, 0}), rope);  // [j, D, :]: R_D C R_D^T [:, j]
  const auto mean = (both * share_of_distances(tokens).unsqueeze(1)).sum(1);
  return (mean + mean.t()) / 2;  // symmetric but for rounding
}

LayerMoments moments_of(const Calibration& calibration, std::size_t layer) {
  const auto heads = calibration.k[layer].size(1), tokens = calibration.k[layer].size(2);
  const auto keys = rows_of(calibration.k[layer], heads);
  const auto queries = rows_of(calibration.q[layer], heads);  // a group's lie together
  const Rope rope{calibration.ropes[layer].cos.to(torch::kCPU),
                  calibration.ropes[layer].sin.to(torch::kCPU)};
  LayerMoments all;
  for (std::int64_t h = 0; h < heads; ++h) {
    const auto mean = keys[h].mean(0), asked = second_moment(queries[h]);
    all.push_back({.mean = mean,
                   .covariance = second_moment(keys[h] - mean),
                   .queries = asked,
                   .turned = turned_by_distance(asked, rope, tokens)});
  }
  return all;
}

}  // namespace rc
