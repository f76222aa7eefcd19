#include "stages/measure_rank/rank.h"

#include <algorithm>

#include "kernels/fused/rows.h"

namespace rc {
namespace {

/// Keeps 0 / 0 at 0 without touching any sum that is not zero.
constexpr double kTiny = 1e-300;

/// Rounding leaves about 1e-16 of the trace where an eigenvalue is zero.
constexpr double kZeroShareOfTrace = 1e-13;

torch::Tensor entropy_rank(const torch::Tensor& share) {
  return torch::exp(-torch::xlogy(share, share).sum(-1));
}

/// `share` [..., d], largest first. The slack lets 0.9 reached exactly count as reached.
torch::Tensor rank_90(const torch::Tensor& share) {
  return (share.cumsum(-1) < 0.9 - 1e-12).sum(-1).to(share.scalar_type()) + 1;
}

torch::Tensor participation(const torch::Tensor& x) {
  return x.sum(-1).square() / x.square().sum(-1).clamp_min(kTiny);
}

/// Mean over the sequences' axis 1 of x [heads, sequences, ...], weighted -> [weightings, heads,
/// ...].
torch::Tensor pool(const torch::Tensor& x, const torch::Tensor& weights) {
  return torch::tensordot(weights, x, {1}, {1});
}

RC_CLONES double participation_of(const double* x, std::int64_t d) {
  double second = 0, fourth = 0;
#pragma omp simd reduction(+ : second, fourth)
  for (std::int64_t i = 0; i < d; ++i) {
    const double square = x[i] * x[i];
    second += square;
    fourth += square * square;
  }
  return second * second / std::max(fourth, kTiny);
}

}  // namespace

torch::Tensor coordinate_participation(const torch::Tensor& x) { return participation(x.square()); }

torch::Tensor spectral_measures(const torch::Tensor& eigenvalues) {
  const auto sorted = std::get<0>(eigenvalues.sort(-1, /*descending=*/true));
  const auto total = sorted.sum(-1, /*keepdim=*/true);
  const auto share = sorted / total.clamp_min(kTiny);
  const auto stable = total.squeeze(-1) / sorted.select(-1, 0).clamp_min(kTiny);
  const auto all = torch::stack({participation(sorted), participation(sorted.sqrt()),
                                 entropy_rank(share), rank_90(share), stable},
                                -1);
  return torch::where(total > 0, all, torch::zeros_like(all));
}

/// One pass over the keys: composed of tensor operations it took half the time of the stage.
torch::Tensor mean_participation(const torch::Tensor& keys) {
  const auto x = keys.contiguous();
  const auto rows = x.size(0) * x.size(1), tokens = x.size(2), d = x.size(3);
  auto mean = torch::empty({x.size(0), x.size(1)}, x.options());
  const auto* key = x.data_ptr<double>();
  for (std::int64_t row = 0; row < rows; ++row) {
    double sum = 0;
    for (std::int64_t t = 0; t < tokens; ++t, key += d) sum += participation_of(key, d);
    mean.data_ptr<double>()[row] = sum / static_cast<double>(tokens);
  }
  return mean;
}

Moments moments(const torch::Tensor& keys) {
  return {.participation = mean_participation(keys),
          .first = keys.mean(-2),
          .second = keys.transpose(-1, -2).matmul(keys) / static_cast<double>(keys.size(-2))};
}

torch::Tensor turned_keys(const torch::Tensor& keys, const Rope& rope) {
  const auto tokens = keys.size(2), d = keys.size(3), rows = keys.numel() / d;
  const auto table = [&](const torch::Tensor& x) {
    return x.narrow(0, 0, tokens).to(torch::kFloat64).contiguous();
  };
  const auto cos = table(rope.cos), sin = table(rope.sin), x = keys.contiguous();
  auto turned = torch::empty(x.sizes(), x.options());
  const auto* from = x.data_ptr<double>();
  auto* to = turned.data_ptr<double>();
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto angle = r % tokens * d / 2;
    fused::rotate_row(to + r * d, from + r * d, cos.data_ptr<double>() + angle,
                      sin.data_ptr<double>() + angle, 1.0, d);
  }
  return turned;
}

KeyMoments key_moments(const torch::Tensor& keys, const Rope& rope) {
  return {moments(keys), moments(turned_keys(keys, rope))};
}

torch::Tensor pooled_spectra(const Moments& moments, const torch::Tensor& weights,
                             Centring centring) {
  const auto second = pool(moments.second, weights);  // [weightings, heads, d, d]
  const auto first = pool(moments.first, weights);    // [weightings, heads, d]
  const auto matrix = centring == Centring::kUncentred
                          ? second
                          : second - first.unsqueeze(-1) * first.unsqueeze(-2);
  const auto values = at::linalg_eigvalsh(matrix).flip({-1});
  const auto trace = second.diagonal(0, -2, -1).sum(-1, /*keepdim=*/true);
  return torch::where(values > kZeroShareOfTrace * trace, values, torch::zeros_like(values));
}

torch::Tensor spectral_scores(const KeyMoments& moments, const torch::Tensor& weights) {
  const auto measures = [&](const Moments& of, Centring centring) {
    return spectral_measures(pooled_spectra(of, weights, centring)).mean(-2);
  };
  const auto centred = measures(moments.before_rope, Centring::kCentred);
  const auto uncentred = measures(moments.before_rope, Centring::kUncentred);
  const auto after_rope = measures(moments.after_rope, Centring::kCentred);
  std::vector<torch::Tensor> columns;
  for (const auto& score : kSpectralScores) {
    const auto& all = score.after_rope                         ? after_rope
                      : score.centring == Centring::kUncentred ? uncentred
                                                               : centred;
    columns.push_back(all.select(-1, score.measure));
  }
  return torch::stack(columns, -1);
}

torch::Tensor centred_pr_eigen(const Moments& moments, const torch::Tensor& weights) {
  return participation(pooled_spectra(moments, weights, Centring::kCentred)).mean(-1);
}

torch::Tensor equal_weights(long sequences) {
  return torch::full({1, sequences}, 1.0 / static_cast<double>(sequences), torch::kFloat64);
}

}  // namespace rc
