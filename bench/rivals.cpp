#include "bench/rivals.h"

#include <vector>

namespace rc {

std::span<const Rival> rivals() {
  static const auto list = [] {
    std::vector<Rival> all = {highway_rival(), matmul_rival(), matvec_rival(), think_rival(),
                              zeroed_gains_rival()};
    if (const auto fused = scaled_dot_product_rival()) all.push_back(*fused);
    return all;
  }();
  return list;
}

}  // namespace rc
