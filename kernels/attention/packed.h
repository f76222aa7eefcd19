// Keys and values of one key-value head as a prefill reads them; the same for every instruction
// set.
#pragma once

#include <cstddef>

namespace rc::kernels {

inline constexpr std::size_t kKeys = 64;  // keys of a block

struct Packed {
  const float* keys;    // [blocks, width, kKeys]
  const float* values;  // [blocks, kKeys, value_width]
};

}  // namespace rc::kernels
