// What the kernels' tests hold against: inputs with gaps between rows, and attention in float64.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/attention/attention.h"

namespace rc::kernels {

/// Rounds to the nearest bfloat16, ties to even; its bits.
inline std::uint16_t to_bfloat16(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

inline float from_bfloat16(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float x;
  std::memcpy(&x, &wide, sizeof x);
  return x;
}

/// Random numbers in memory with gaps between rows; what lies in the gaps is NaN.
struct Tensor {
  std::int64_t batch, heads, tokens, width, stride;
  Element element;
  std::vector<float> values;
  std::vector<std::uint16_t> narrow;

  Tensor(std::int64_t b, std::int64_t h, std::int64_t t, std::int64_t w, std::int64_t gap,
         Element e, int seed)
      : batch(b), heads(h), tokens(t), width(w), stride(w + gap), element(e) {
    std::mt19937 random(static_cast<unsigned>(seed));
    std::normal_distribution<float> normal;
    values.assign(static_cast<std::size_t>(b * h * t * stride),
                  std::numeric_limits<float>::quiet_NaN());
    for (std::int64_t row = 0; row < b * h * t; ++row)
      for (std::int64_t i = 0; i < w; ++i)
        values[static_cast<std::size_t>(row * stride + i)] = normal(random);
    for (auto& x : values) {
      narrow.push_back(to_bfloat16(x));
      if (e == Element::kBFloat16) x = from_bfloat16(narrow.back());
    }
  }

  View view() const {
    const void* data = element == Element::kFloat32 ? static_cast<const void*>(values.data())
                                                    : static_cast<const void*>(narrow.data());
    return {data, element, heads * tokens * stride, tokens * stride, stride};
  }

  double at(std::int64_t b, std::int64_t h, std::int64_t t, std::int64_t i) const {
    return values[static_cast<std::size_t>(((b * heads + h) * tokens + t) * stride + i)];
  }
};

/// softmax(scale q k^T) v of one query in float64, over the first `seen` keys.
inline std::vector<double> exact(const Shape& s, const Tensor& q, const Tensor& k, const Tensor& v,
                                 std::int64_t b, std::int64_t h, std::int64_t t,
                                 std::int64_t seen) {
  const auto shared = h / (s.heads / s.kv_heads);
  std::vector<double> logits, out(static_cast<std::size_t>(s.value_width));
  double most = -std::numeric_limits<double>::infinity(), total = 0;
  for (std::int64_t c = 0; c < seen; ++c) {
    double dot = 0;
    for (std::int64_t i = 0; i < s.key_width; ++i) dot += q.at(b, h, t, i) * k.at(b, shared, c, i);
    logits.push_back(dot * s.scale);
    most = std::max(most, logits.back());
  }
  for (auto& x : logits) total += x = std::exp(x - most);
  for (std::int64_t c = 0; c < seen; ++c)
    for (std::int64_t i = 0; i < s.value_width; ++i)
      out[static_cast<std::size_t>(i)] +=
          logits[static_cast<std::size_t>(c)] / total * v.at(b, shared, c, i);
  return out;
}

/// Two sequences of a shape that a kernel is tried on.
struct Case {
  std::int64_t heads, kv_heads, context, key_width, value_width;
  Shape shape() const {
    return {2,
            heads,
            kv_heads,
            context,
            key_width,
            value_width,
            static_cast<float>(1 / std::sqrt(static_cast<double>(key_width)))};
  }
};

}  // namespace rc::kernels
