#include "bench/interleaved.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>

#include "pipeline/statistics/statistics.h"

namespace rc {

std::vector<Samples> interleaved(std::size_t cases, long repetitions, std::uint64_t seed,
                                 const std::function<double(std::size_t)>& seconds_of) {
  auto random = generator(seed, "order of cases");
  std::vector<std::size_t> order(cases);
  std::iota(order.begin(), order.end(), 0);
  std::vector<Samples> samples(cases);
  for (long repetition = 0; repetition < repetitions; ++repetition) {
    std::shuffle(order.begin(), order.end(), random);
    for (const auto i : order) samples[i].push_back(seconds_of(i));
  }
  return samples;
}

Samples paired_ratios(const Samples& over, const Samples& under) {
  if (over.size() != under.size()) throw std::logic_error("samples of two cases are not paired");
  Samples ratios;
  for (std::size_t i = 0; i < over.size(); ++i) ratios.push_back(over[i] / under[i]);
  return ratios;
}

double paired_ratio(const Samples& over, const Samples& under) {
  return median(paired_ratios(over, under));
}

}  // namespace rc
