#include "paper/verdict/claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "paper/text/number_text.h"

namespace rc {
namespace {

std::vector<Claim> all_claims() {
  std::vector<Claim> all;
  for (const auto& part :
       {dimension_claims(), attention_claims(), surgery_claims(), layer_claims(), cause_claims()})
    all.insert(all.end(), part.begin(), part.end());
  std::ranges::sort(all, {}, &Claim::id);
  return all;
}

}  // namespace

Yardstick yardstick(const Numbers& numbers) {
  if (numbers.contains("benefit.learned"))
    return {"benefit.learned", "_learned",
            fill("Shares are of the learned benefit, {benefit.learned.f3} nats/token.", numbers)};
  return {"ablate.attention_benefit", "",
          "Shares are of the uniform benefit: arm no_attention did not run."};
}

Quantity share(const Numbers& numbers, const std::string& order, const std::string& percent) {
  return quantity(numbers,
                  fmt::format("ablate.{}.{}.share{}", order, percent, yardstick(numbers).mark));
}

std::span<const Claim> claims() {
  static const std::vector<Claim> all = all_claims();
  return all;
}

}  // namespace rc
