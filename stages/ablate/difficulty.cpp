#include "stages/ablate/difficulty.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr std::size_t kDeciles = 10;

std::span<const double> flat(const torch::Tensor& x) {
  return {x.data_ptr<double>(), static_cast<std::size_t>(x.numel())};
}

/// Sum of the rises and number of the tokens of one decile in each sequence.
struct Shares {
  std::vector<double> sum;
  std::vector<double> count;

  double mean(std::span<const std::size_t> sequences) const {
    double all = 0, tokens = 0;
    for (const auto s : sequences) all += sum[s], tokens += count[s];
    return tokens > 0 ? all / tokens : 0;
  }
};

Shares shares_of(const std::vector<std::size_t>& tokens, std::span<const double> before,
                 std::span<const double> after, std::size_t sequences) {
  const auto length = before.size() / sequences;
  Shares shares{std::vector<double>(sequences), std::vector<double>(sequences)};
  for (const auto token : tokens) {
    shares.sum[token / length] += after[token] - before[token];
    shares.count[token / length] += 1;
  }
  return shares;
}

}  // namespace

Deciles deciles_of(const torch::Tensor& baseline) {
  const auto loss = flat(baseline);
  std::vector<std::size_t> order(loss.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](auto i) { return loss[i]; });
  Deciles deciles;
  for (std::size_t d = 0; d < kDeciles; ++d) {
    const auto from = order.begin() + static_cast<std::ptrdiff_t>(d * order.size() / kDeciles);
    const auto to = order.begin() + static_cast<std::ptrdiff_t>((d + 1) * order.size() / kDeciles);
    auto& tokens = deciles.tokens.emplace_back(from, to);
    double sum = 0;
    for (const auto i : tokens) sum += loss[i];
    deciles.loss.push_back(sum / static_cast<double>(tokens.size()));
  }
  return deciles;
}

DecileRises rises_by_decile(const Deciles& deciles, const torch::Tensor& baseline,
                            const torch::Tensor& cut, int draws) {
  const auto sequences = static_cast<std::size_t>(baseline.size(0));
  std::vector<std::size_t> all(sequences);
  std::iota(all.begin(), all.end(), std::size_t{0});
  DecileRises rises;
  for (const auto& tokens : deciles.tokens) {
    const auto shares = shares_of(tokens, flat(baseline), flat(cut), sequences);
    const auto interval =
        bootstrap(sequences, draws, 0, [&](auto index) { return shares.mean(index); });
    rises.rise.push_back(shares.mean(all));
    rises.lo.push_back(interval.lo);
    rises.hi.push_back(interval.hi);
  }
  return rises;
}

Trend trend_of(const std::vector<double>& rises, int permutations, std::uint64_t seed) {
  std::vector<double> decile(rises.size());
  std::iota(decile.begin(), decile.end(), 1.0);
  const double observed = spearman(decile, rises);
  auto random = generator(seed, "difficulty trend");
  auto shuffled = rises;
  std::vector<double> null;
  for (int i = 0; i < permutations; ++i) {
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    null.push_back(spearman(decile, shuffled));
  }
  return {observed, permutation_p(observed, null)};
}

}  // namespace rc
