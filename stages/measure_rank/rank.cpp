#include "stages/measure_rank/rank.h"

#include <algorithm>

#include "kernels/fused/rows.h"

namespace rc {
namespace {

/// Keeps 0 / 0 at 0 without touching any sum that is not zero.
constexpr double kTiny = 1e-300;

/// Rounding leaves about 1e-16 of the trace where an eigenvalue is zero.
constexpr double kZeroShareOfTrace = 1e-13;

/// Taking a mean off leaves about 1e-30 of a vector's squared length where nothing is left.
constexpr double kZeroShareOfLength = 1e-24;

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

/// Mean over the sequences' axis 2 of x [2, heads, sequences, ...], weighted -> [draws, 2, heads,
/// ...].
torch::Tensor pool(const torch::Tensor& x, const torch::Tensor& weights) {
  return torch::tensordot(weights, x, {1}, {2});
}

/// Keys [heads, sequences, T, d] -> [2, heads, sequences, T, d] contiguous.
torch::Tensor before_and_after_rope(const torch::Tensor& keys, const Rope& rope) {
  const auto tokens = keys.size(2), d = keys.size(3), rows = keys.numel() / d;
  const auto table = [&](const torch::Tensor& x) {
    return x.narrow(0, 0, tokens).to(torch::kFloat64).contiguous();
  };
  const auto cos = table(rope.cos), sin = table(rope.sin);
  auto both = torch::empty({2, keys.size(0), keys.size(1), tokens, d}, keys.options());
  both[0].copy_(keys);
  const auto* from = both.data_ptr<double>();
  auto* to = both.data_ptr<double>() + keys.numel();
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto angle = r % tokens * d / 2;
    fused::rotate_row(to + r * d, from + r * d, cos.data_ptr<double>() + angle,
                      sin.data_ptr<double>() + angle, 1.0, d);
  }
  return both;
}

/// Sums over a vector, and over the vector less `centre`.
struct Powers {
  double second = 0, fourth = 0, centred_second = 0, centred_fourth = 0;
};

RC_CLONES Powers powers(const double* x, const double* centre, std::int64_t d) {
  double second = 0, fourth = 0, centred_second = 0, centred_fourth = 0;
#pragma omp simd reduction(+ : second, fourth, centred_second, centred_fourth)
  for (std::int64_t i = 0; i < d; ++i) {
    const double square = x[i] * x[i], off = x[i] - centre[i], centred = off * off;
    second += square;
    fourth += square * square;
    centred_second += centred;
    centred_fourth += centred * centred;
  }
  return {second, fourth, centred_second, centred_fourth};
}

/// Of keys x [2, heads, sequences, T, d], contiguous, with means `first` [2, heads, sequences, d],
/// mean over tokens: [2, heads, sequences, 2 centrings]. One pass over the keys: composed of
/// tensor operations it took half the time of the stage.
torch::Tensor mean_participation(const torch::Tensor& x, const torch::Tensor& first) {
  const auto centres = first.mean(2).contiguous();  // sequences are of one length
  const auto heads = x.size(0) * x.size(1), sequences = x.size(2), tokens = x.size(3);
  const auto d = x.size(4);
  auto mean = torch::zeros({x.size(0), x.size(1), sequences, 2}, x.options());
  const auto* key = x.data_ptr<double>();
  auto* to = mean.data_ptr<double>();
  for (std::int64_t i = 0; i < heads * sequences; ++i, to += 2) {
    const auto* centre = centres.data_ptr<double>() + i / sequences * d;
    for (std::int64_t t = 0; t < tokens; ++t, key += d) {
      const auto p = powers(key, centre, d);
      to[0] += p.second * p.second / std::max(p.fourth, kTiny) / static_cast<double>(tokens);
      if (p.centred_second > kZeroShareOfLength * p.second)
        to[1] += p.centred_second * p.centred_second / std::max(p.centred_fourth, kTiny) /
                 static_cast<double>(tokens);
    }
  }
  return mean;
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

Moments moments(const torch::Tensor& keys, const Rope& rope) {
  const auto x = before_and_after_rope(keys, rope);
  const auto tokens = static_cast<double>(x.size(-2));
  const auto first = x.mean(-2);
  return {.participation = mean_participation(x, first),
          .first = first,
          .second = x.transpose(-1, -2).matmul(x) / tokens};
}

torch::Tensor pooled_spectra(const Moments& moments, const torch::Tensor& weights) {
  const auto second = pool(moments.second, weights);  // [draws, 2, heads, d, d]
  const auto first = pool(moments.first, weights);    // [draws, 2, heads, d]
  const auto covariance = second - first.unsqueeze(-1) * first.unsqueeze(-2);
  const auto values = at::linalg_eigvalsh(torch::stack({second, covariance}, 2)).flip({-1});
  const auto trace = second.diagonal(0, -2, -1).sum(-1).unsqueeze(2).unsqueeze(-1);
  return torch::where(values > kZeroShareOfTrace * trace, values, torch::zeros_like(values));
}

const std::vector<std::string>& score_names() {
  static const auto names = [] {
    std::vector<std::string> list;
    for (const std::string centring : {"", "centred."})
      for (const std::string rope : kRopes) list.push_back("coordinate_pr." + centring + rope);
    for (const std::string rope : kRopes)
      for (const std::string centring : kCentrings)
        for (const std::string measure : kSpectralMeasures)
          list.push_back(measure + "." + centring + "." + rope);
    return list;
  }();
  return names;
}

bool basis_free(const std::string& score_name) {
  return !score_name.starts_with("coordinate_pr") && score_name.ends_with(".before_rope");
}

torch::Tensor scores(const Moments& moments, const torch::Tensor& weights) {
  // [draws, ropes, heads, centrings] -> [draws, centrings, ropes]
  const auto coordinate = pool(moments.participation, weights).mean(2).transpose(1, 2);
  const auto spectral = spectral_measures(pooled_spectra(moments, weights)).mean(-2);
  return torch::cat({coordinate.flatten(1), spectral.flatten(1)}, 1);
}

torch::Tensor equal_weights(long sequences) {
  return torch::full({1, sequences}, 1.0 / static_cast<double>(sequences), torch::kFloat64);
}

}  // namespace rc
