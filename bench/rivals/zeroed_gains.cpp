// What the surgery by gains leaves behind: keys of full width in which the removed coordinates are
// zero. The answer is that of thin keys; every zero is still stored, read and multiplied.
#include "bench/rivals.h"

namespace rc {
namespace {

AttentionInputs zero_filled(const AttentionTask& task, const AttentionInputs& thin) {
  const std::vector<std::int64_t> behind = {0, task.full_width - task.key_width};
  auto full = thin;
  full.q = at::constant_pad_nd(thin.q, behind).contiguous();
  full.k = at::constant_pad_nd(thin.k, behind).contiguous();
  return matmul_rival().prepare(task, full);
}

}  // namespace

Rival zeroed_gains_rival() {
  return {.name = "zeroed",
          .about = "full width with zeros in place of removed dimensions, by the matmul kernel",
          .thin = false,
          .prepare = zero_filled,
          .run = matmul_rival().run};
}

}  // namespace rc
