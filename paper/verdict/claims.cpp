#include "paper/verdict/claims.h"

#include <algorithm>

#include "paper/text/number_text.h"

namespace rc {
namespace {

std::vector<Claim> all_claims() {
  std::vector<Claim> all;
  for (const auto& part :
       {dimension_claims(), attention_claims(), surgery_claims(), layer_claims()})
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(), [](const Claim& a, const Claim& b) { return a.id < b.id; });
  return all;
}

}  // namespace

double value_of(const Numbers& numbers, const std::string& name) {
  return find_number(numbers, name).value;
}

Clause below(const Numbers& numbers, const std::string& name, double limit, std::string words) {
  const auto found = numbers.find(name);
  return {std::move(words), found != numbers.end() && found->second.value < limit};
}

Clause above(const Numbers& numbers, const std::string& name, double limit, std::string words) {
  const auto found = numbers.find(name);
  return {std::move(words), found != numbers.end() && found->second.value > limit};
}

Clause surely_below(const Numbers& numbers, const std::string& name, double limit,
                    std::string words) {
  const auto found = numbers.find(name);
  const bool holds =
      found != numbers.end() && found->second.interval && found->second.interval->hi < limit;
  return {std::move(words), holds};
}

Clause both(const Clause& a, const Clause& b, std::string words) {
  return {std::move(words), a.holds && b.holds};
}

std::span<const Claim> claims() {
  static const std::vector<Claim> all = all_claims();
  return all;
}

}  // namespace rc
