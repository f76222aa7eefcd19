#include "paper/verdict/quantity.h"

#include <algorithm>

namespace rc {

Quantity quantity(const Numbers& numbers, const std::string& name) {
  const auto found = numbers.find(name);
  if (found == numbers.end()) return {.missing = name};
  const Number& number = found->second;
  return {number.value, number.n, number.by_seed, number.interval};
}

Quantity operator-(const Quantity& a, const Quantity& b) {
  if (a.missing) return a;
  if (b.missing) return b;
  Quantity difference{a.value - b.value, std::min(a.seeds, b.seeds)};
  double sum = 0;
  for (const auto& [seed, value] : a.by_seed)
    if (const auto other = b.by_seed.find(seed); other != b.by_seed.end())
      sum += difference.by_seed[seed] = value - other->second;
  if (difference.by_seed.empty()) return difference;
  difference.seeds = static_cast<int>(difference.by_seed.size());
  difference.value = sum / difference.seeds;
  return difference;
}

Quantity operator*(double factor, const Quantity& a) {
  Quantity product = a;
  product.value *= factor;
  for (auto& [seed, value] : product.by_seed) value *= factor;
  product.interval.reset();
  return product;
}

}  // namespace rc
