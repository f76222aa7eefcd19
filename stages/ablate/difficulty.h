// Do hard tokens need wider keys than easy ones (claim A9)?
#pragma once

#include <vector>

#include "kernels/torch.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

/// Tokens by tenths of their loss before surgery, easiest first.
struct Deciles {
  std::vector<std::vector<std::size_t>> tokens;  // of each decile, indices into sequences * T
  std::vector<double> loss;                      // mean loss before surgery, nats
};

/// `baseline` [sequences, T] float64. Equal losses go by index.
Deciles deciles_of(const torch::Tensor& baseline);

/// Mean rise of the loss in each decile, with a bootstrap interval over sequences.
struct DecileRises {
  std::vector<double> rise, lo, hi;  // nats/token
};
DecileRises rises_by_decile(const Deciles& deciles, const torch::Tensor& baseline,
                            const torch::Tensor& cut, int draws);

/// Spearman correlation of the rise with the decile, and its one-sided p among random orders of the
/// rises: "trend" and "p".
struct Trend {
  double spearman = 0;
  double p = 1;
};
Trend trend_of(const std::vector<double>& rises, int permutations, std::uint64_t seed);

}  // namespace rc
