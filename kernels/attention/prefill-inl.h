// Prefill: every query sees all keys before it, so the time is that of multiplying. Keys are turned
// once into blocks [width, kKeys], from which a tile of logits is a plain matrix product; a tile of
// queries then passes its blocks with the softmax going along (Dao et al. 2022, arXiv:2205.14135).
#if defined(RC_KERNELS_PREFILL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RC_KERNELS_PREFILL_INL_H
#undef RC_KERNELS_PREFILL_INL_H
#else
#define RC_KERNELS_PREFILL_INL_H
#endif

#include "kernels/attention/attention.h"
#include "kernels/attention/packed.h"
#include "kernels/attention/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rc::kernels::HWY_NAMESPACE {

constexpr std::size_t kRows = 48;  // queries of a tile; a multiple of kPanelRows

/// Block `block` of one head's keys and values, float32: keys [width, kKeys], values [kKeys, dv].
/// Behind the last token both are 0.
template <typename T>
void pack_block(const T* k, std::int64_t k_stride, const T* v, std::int64_t v_stride,
                std::size_t block, std::size_t tokens, std::size_t width, std::size_t values,
                float* keys_out, float* values_out) {
  const auto first = block * kKeys, count = std::min(kKeys, tokens - first);
  std::fill(keys_out, keys_out + width * kKeys, 0.0f);
  std::fill(values_out + count * values, values_out + kKeys * values, 0.0f);
  HWY_ALIGN float row[128];
  for (std::size_t c = 0; c < count; ++c) {
    const auto token = static_cast<std::int64_t>(first + c);
    widen(k + token * k_stride, width, row);
    for (std::size_t i = 0; i < width; ++i) keys_out[i * kKeys + c] = row[i];
    widen(v + token * v_stride, values, values_out + c * values);
  }
}

/// A tile of consecutive queries of one head.
class Tile {
 public:
  template <typename T>
  Tile(const T* q, std::int64_t stride, std::size_t first, std::size_t count, const Shape& shape)
      : width_(static_cast<std::size_t>(shape.key_width)),
        values_(static_cast<std::size_t>(shape.value_width)),
        first_(first),
        count_(count),
        scale_(shape.scale) {
    for (std::size_t r = 0; r < kRows; ++r) {
      std::fill(q_[r], q_[r] + 128, 0.0f);
      if (r < count) widen(q + static_cast<std::int64_t>(first + r) * stride, width_, q_[r]);
      std::fill(sums_[r], sums_[r] + values_, 0.0f);
    }
  }

  /// How many of the first keys any of these queries sees.
  std::size_t keys_seen(std::size_t tokens, bool causal) const {
    return causal ? first_ + count_ : tokens;
  }

  void pass(const float* keys, const float* values, std::size_t block, std::size_t tokens,
            bool causal) {
    std::fill(weights_[0], weights_[0] + kRows * kKeys, 0.0f);
    multiply_add(q_[0], 128, keys, kKeys, kRows, width_, kKeys, weights_[0], kKeys);
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto end = causal ? first_ + std::min(r, count_ - 1) + 1 : tokens;
      weigh(r, end > block * kKeys ? std::min(kKeys, end - block * kKeys) : 0);
    }
    multiply_add(weights_[0], kKeys, values, values_, kRows, kKeys, values_, sums_[0], 128);
  }

  /// Rows of `out`, value_width apart.
  void write(float* out) const {
    for (std::size_t r = 0; r < count_; ++r)
      for (std::size_t i = 0; i < values_; ++i)
        out[(first_ + r) * values_ + i] = sums_[r][i] / softmax_[r].total;
  }

 private:
  /// The first `seen` logits of a row become weights, the others 0.
  void weigh(std::size_t r, std::size_t seen) {
    float* row = weights_[r];
    if (seen == 0) {
      std::fill(row, row + kKeys, 0.0f);
      return;
    }
    softmax_[r].weigh(row, seen, kKeys, scale_, sums_[r], values_);
  }

  std::size_t width_, values_, first_, count_;
  float scale_;
  HWY_ALIGN float q_[kRows][128];
  HWY_ALIGN float sums_[kRows][128];
  HWY_ALIGN float weights_[kRows][kKeys];
  OnlineSoftmax softmax_[kRows];
};

void pack_unit(const Shape& s, const View& k, const View& v, std::int64_t b, std::int64_t head,
               std::size_t block, float* keys, float* values) {
  const auto pack = [&](auto element) {
    using T = decltype(element);
    const auto at = [&](const View& x) {
      return static_cast<const T*>(x.data) + b * x.sequence_stride + head * x.head_stride;
    };
    pack_block(at(k), k.token_stride, at(v), v.token_stride, block,
               static_cast<std::size_t>(s.context), static_cast<std::size_t>(s.key_width),
               static_cast<std::size_t>(s.value_width), keys, values);
  };
  if (k.element == Element::kFloat32)
    pack(float());
  else
    pack(hwy::bfloat16_t());
}

/// Queries [first, first + kRows) of one head; `out` is that head's.
void prefill_tile(const Shape& s, const View& q, const Packed& packed, std::int64_t b,
                  std::int64_t head, std::int64_t first, bool causal, float* out) {
  const auto tokens = static_cast<std::size_t>(s.context), from = static_cast<std::size_t>(first);
  const auto count = std::min(kRows, tokens - from);
  const auto run = [&](auto element) {
    using T = decltype(element);
    const auto* queries =
        static_cast<const T*>(q.data) + b * q.sequence_stride + head * q.head_stride;
    Tile tile(queries, q.token_stride, from, count, s);
    const auto seen = tile.keys_seen(tokens, causal);
    for (std::size_t block = 0; block * kKeys < seen; ++block)
      tile.pass(packed.keys + block * static_cast<std::size_t>(s.key_width) * kKeys,
                packed.values + block * static_cast<std::size_t>(s.value_width) * kKeys, block,
                tokens, causal);
    tile.write(out);
  };
  if (q.element == Element::kFloat32)
    run(float());
  else
    run(hwy::bfloat16_t());
}

std::int64_t tile_rows() { return kRows; }

}  // namespace rc::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
