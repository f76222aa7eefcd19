#include "bench/rivals.h"

#include <vector>

namespace rc {

std::span<const Rival> rivals() {
  static const auto list = [] {
    std::vector<Rival> all = {highway_rival(), matmul_rival(), matvec_rival(), think_rival(),
                              zeroed_gains_rival()};
    for (const auto& optional : {scaled_dot_product_rival(), cuda_rival()})
      if (optional) all.push_back(*optional);
    return all;
  }();
  return list;
}

}  // namespace rc
