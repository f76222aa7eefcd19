// Which shapes the kernels serve, on a CPU and on a GPU alike.
#pragma once

#include <stdexcept>

#include "kernels/attention/attention.h"

namespace rc::kernels {

inline void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

/// std::invalid_argument for heads or widths out of range (attention.h); the context is the
/// caller's to check, for decode does not read it.
inline void check_shape(const Shape& s) {
  require(s.batch > 0 && s.kv_heads > 0 && s.heads > 0 && s.heads % s.kv_heads == 0,
          "attention: heads must be a multiple of kv_heads");
  require(s.key_width >= 2 && s.key_width <= 128 && s.key_width % 2 == 0,
          "attention: key_width must be even, 2 to 128");
  require(s.value_width >= 16 && s.value_width <= 128 && s.value_width % 16 == 0,
          "attention: value_width must be a multiple of 16, at most 128");
  require(s.scale > 0, "attention: scale must be above 0");
}

inline void check_elements(const View& q, const View& k, const View& v) {
  require(q.element == k.element && k.element == v.element,
          "attention: queries, keys and values must be of one element type");
}

}  // namespace rc::kernels
