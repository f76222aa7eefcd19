#include "paper/collect/difficulty.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "paper/collect/merge.h"
#include "paper/verdict/p_value.h"
#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;
using Doubles = std::vector<double>;
using Tokens = std::vector<std::size_t>;

constexpr std::size_t kDeciles = 10;
constexpr int kPermutations = 20000;

Doubles deciles() {
  Doubles decile(kDeciles);
  std::iota(decile.begin(), decile.end(), 1.0);
  return decile;
}

/// Tenths of the tokens by `loss`, easiest first; equal losses go by index.
std::vector<Tokens> tenths(const std::vector<float>& loss) {
  Tokens order(loss.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](auto i) { return loss[i]; });
  std::vector<Tokens> tenths;
  for (std::size_t d = 0; d < kDeciles; ++d)
    tenths.emplace_back(
        order.begin() + static_cast<std::ptrdiff_t>(d * order.size() / kDeciles),
        order.begin() + static_cast<std::ptrdiff_t>((d + 1) * order.size() / kDeciles));
  return tenths;
}

/// Mean rise of some tokens as one value a sequence whose mean it is: sequences hold unequally many
/// of them, so the ratio of sums is linearised (delta method).
Doubles rise_by_sequence(const Tokens& tokens, const std::vector<float>& cut,
                         const TokenLosses& losses) {
  const auto length = losses.whole.size() / losses.sequences;
  Doubles sum(losses.sequences), count(losses.sequences);
  for (const auto token : tokens) {
    sum[token / length] += static_cast<double>(cut[token]) - losses.whole[token];
    count[token / length] += 1;
  }
  const double all = mean(sum) / mean(count);
  Doubles linearised;
  for (std::size_t s = 0; s < sum.size(); ++s)
    linearised.push_back(all + (sum[s] - all * count[s]) / mean(count));
  return linearised;
}

/// Rises of one order, [seed][decile][sequence].
using Rises = std::vector<std::vector<Doubles>>;

/// [decile] of one seed.
Doubles means(const std::vector<Doubles>& by_decile) {
  Doubles rise;
  for (const auto& sequences : by_decile) rise.push_back(mean(sequences));
  return rise;
}

double slope(const Doubles& rise) {
  const auto decile = deciles();
  const double centre = mean(decile);
  double products = 0, squares = 0;
  for (std::size_t d = 0; d < kDeciles; ++d) {
    products += (decile[d] - centre) * rise[d];
    squares += (decile[d] - centre) * (decile[d] - centre);
  }
  return products / squares;
}

/// One-sided p of the mean trend: every draw shuffles the deciles of every seed.
double p_of_trend(const Rises& rises) {
  const auto decile = deciles();
  std::vector<Doubles> shuffled;
  for (const auto& seed : rises) shuffled.push_back(means(seed));
  const auto mean_trend = [&] {
    double sum = 0;
    for (const auto& rise : shuffled) sum += spearman(decile, rise);
    return sum / static_cast<double>(shuffled.size());
  };
  const double observed = mean_trend();
  auto random = generator(0, "difficulty trend");
  Doubles null;
  for (int i = 0; i < kPermutations; ++i) {
    for (auto& rise : shuffled) std::ranges::shuffle(rise, random);
    null.push_back(mean_trend());
  }
  return permutation_p(observed, null);
}

/// Mean over seeds and its interval: over seeds, or with too few of them over sequences.
Number mean_rise(const Rises& rises, std::size_t decile) {
  Doubles by_seed, by_sequence(rises.front()[decile].size());
  for (const auto& seed : rises) {
    by_seed.push_back(mean(seed[decile]));
    for (std::size_t s = 0; s < by_sequence.size(); ++s)
      by_sequence[s] += seed[decile][s] / static_cast<double>(rises.size());
  }
  const bool enough = by_seed.size() >= kEnoughSeeds;
  auto interval = t_interval(enough ? by_seed : by_sequence);
  if (!enough) interval.method = kOverSequences;
  return {mean(by_seed), "nats/token", static_cast<int>(by_seed.size()), interval};
}

json table_of(const Rises& rises) {
  json rise, lo, hi;
  for (std::size_t d = 0; d < kDeciles; ++d) {
    const auto number = mean_rise(rises, d);
    rise.push_back(number.value);
    lo.push_back(number.interval->lo);
    hi.push_back(number.interval->hi);
  }
  return {{"rise", rise}, {"lo", lo}, {"hi", hi}};
}

void add_numbers(Numbers& numbers, const std::string& order, const Rises& rises,
                 const std::vector<TokenLosses>& seeds) {
  std::map<long, double> trends, slopes;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    trends[seeds[i].seed] = spearman(deciles(), means(rises[i]));
    slopes[seeds[i].seed] = slope(means(rises[i]));
  }
  numbers["difficulty." + order + ".trend"] = over_seeds(trends, "correlation");
  numbers["difficulty." + order + ".slope"] = over_seeds(slopes, "nats/token/decile");
}

void check(const TokenLosses& a, const TokenLosses& b) {
  if (a.whole.size() != b.whole.size() || a.sequences != b.sequences || a.percent != b.percent)
    throw UserError(
        fmt::format("{} and {} hold losses of {} and {} sequences, {} and {} tokens, {} and {} % "
                    "cut; run stage "
                    "ablate again for both",
                    a.file.string(), b.file.string(), a.sequences, b.sequences, a.whole.size(),
                    b.whole.size(), a.percent, b.percent));
}

}  // namespace

TokenLosses read_token_losses(const std::filesystem::path& file, long seed) {
  const auto tensors = Safetensors::open(file);
  const auto& shape = tensors.at("baseline").shape;
  const auto percent = tensors.metadata().find("percent");
  const bool alike = std::ranges::all_of(std::array{"low_gain", "random"}, [&](const char* name) {
    return tensors.at(name).shape == shape;
  });
  if (shape.size() != 2 || shape[0] < 2 || shape[0] * shape[1] < static_cast<long>(kDeciles) ||
      !alike || percent == tensors.metadata().end())
    throw UserError(fmt::format(
        "{} does not hold losses [sequences, tokens] of two sequences or more and the percentage "
        "cut; run stage ablate again",
        file.string()));
  return {file,
          seed,
          static_cast<std::size_t>(shape[0]),
          percent->second,
          to_floats(tensors.at("baseline")),
          to_floats(tensors.at("low_gain")),
          to_floats(tensors.at("random"))};
}

Difficulty difficulty_of(const std::vector<TokenLosses>& seeds) {
  Rises low_gain, random;
  std::vector<Doubles> token_loss(kDeciles);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const auto &own = seeds[i], &other = seeds[(i + 1) % seeds.size()];
    check(own, other);
    auto &low = low_gain.emplace_back(), &drawn = random.emplace_back();
    const auto hardness = tenths(other.whole);
    for (std::size_t d = 0; d < kDeciles; ++d) {
      low.push_back(rise_by_sequence(hardness[d], own.low_gain, own));
      drawn.push_back(rise_by_sequence(hardness[d], own.random, own));
      for (const auto token : hardness[d]) token_loss[d].push_back(own.whole[token]);
    }
  }
  Difficulty difficulty;
  add_numbers(difficulty.numbers, "low_gain", low_gain, seeds);
  add_numbers(difficulty.numbers, "random", random, seeds);
  difficulty.numbers["difficulty.low_gain.p"] = {
      p_of_trend(low_gain), "probability", static_cast<int>(seeds.size()), {}};
  difficulty.table = {{"percent", std::stol(seeds.front().percent)},
                      {"seeds", seeds.size()},
                      {"interval", mean_rise(low_gain, 0).interval->method},
                      {"decile", deciles()},
                      {"token_loss", means(token_loss)},
                      {"low_gain", table_of(low_gain)},
                      {"random", table_of(random)}};
  return difficulty;
}

}  // namespace rc
