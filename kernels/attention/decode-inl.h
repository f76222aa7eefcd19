// Decode: one query a head reads the whole cache, so the time is that of reading it. Heads that
// share a cache read it together; each key is multiplied with all their queries while it is in
// registers. The softmax goes along in blocks.
#if defined(RC_KERNELS_DECODE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RC_KERNELS_DECODE_INL_H
#undef RC_KERNELS_DECODE_INL_H
#else
#define RC_KERNELS_DECODE_INL_H
#endif

#include "kernels/attention/attention.h"
#include "kernels/attention/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rc::kernels::HWY_NAMESPACE {

constexpr std::size_t kDecodeBlock = 64;  // keys whose logits wait for their softmax
constexpr std::size_t kMostWidth = 128;

/// kHeads queries over one cache.
template <typename T, int kHeads>
class DecodeHeads {
 public:
  /// Behind their width queries are 0.
  DecodeHeads(const Shape& shape, const T* q, std::int64_t head_stride)
      : width_(static_cast<std::size_t>(shape.key_width)),
        values_(static_cast<std::size_t>(shape.value_width)),
        scale_(shape.scale) {
    for (int h = 0; h < kHeads; ++h) {
      widen(q + h * head_stride, width_, q_[h]);
      std::fill(q_[h] + width_, q_[h] + kMostWidth, 0.0f);
      std::fill(sums_[h], sums_[h] + kMostWidth, 0.0f);
    }
  }

  void read(const T* k, std::int64_t k_stride, const T* v, std::int64_t v_stride,
            std::size_t length) {
    for (std::size_t first = 0; first < length; first += kDecodeBlock) {
      const auto count = std::min(kDecodeBlock, length - first);
      logits(k + static_cast<std::int64_t>(first) * k_stride, k_stride, count);
      for (int h = 0; h < kHeads; ++h)
        softmax_[h].weigh(weights_[h], count, hwy::RoundUpTo(count, kLanes), scale_, sums_[h],
                          values_);
      add_values(v + static_cast<std::int64_t>(first) * v_stride, v_stride, count);
    }
  }

  /// out: a row of values for each head.
  void write(float* out) const {
    for (int h = 0; h < kHeads; ++h)
      for (std::size_t i = 0; i < values_; ++i)
        out[static_cast<std::size_t>(h) * values_ + i] = sums_[h][i] / softmax_[h].total;
  }

 private:
  void logits(const T* k, std::int64_t stride, std::size_t count) {
    for (std::size_t c = 0; c < count; ++c, k += stride) {
      Vector dot[kHeads];
      for (auto& d : dot) d = hn::Zero(kFloats);
      std::size_t i = 0;
      for (; i + kLanes <= width_; i += kLanes) add_products(load(k + i), i, dot);
      if (i < width_) add_products(load_first(k + i, width_ - i), i, dot);
      for (int h = 0; h < kHeads; ++h)
        weights_[h][c] = hn::GetLane(hn::SumOfLanes(kFloats, dot[h]));
    }
  }

  HWY_INLINE void add_products(Vector key, std::size_t i, Vector* dot) const {
    for (int h = 0; h < kHeads; ++h) dot[h] = hn::MulAdd(key, hn::Load(kFloats, q_[h] + i), dot[h]);
  }

  /// Four vectors of every head's sum stay in registers while the block's values pass.
  void add_values(const T* v, std::int64_t stride, std::size_t count) {
    std::size_t i = 0;
    for (; i + 4 * kLanes <= values_; i += 4 * kLanes) add_columns<4>(v + i, stride, count, i);
    for (; i < values_; i += kLanes) add_columns<1>(v + i, stride, count, i);
  }

  template <int kVectors>
  HWY_INLINE void add_columns(const T* v, std::int64_t stride, std::size_t count, std::size_t at) {
    Vector sum[kHeads][kVectors];
    for (int h = 0; h < kHeads; ++h)
      for (int j = 0; j < kVectors; ++j) sum[h][j] = hn::Load(kFloats, sums_[h] + at + j * kLanes);
    for (std::size_t c = 0; c < count; ++c, v += stride)
      for (int j = 0; j < kVectors; ++j) {
        const auto value = load(v + j * kLanes);
        for (int h = 0; h < kHeads; ++h)
          sum[h][j] = hn::MulAdd(hn::Set(kFloats, weights_[h][c]), value, sum[h][j]);
      }
    for (int h = 0; h < kHeads; ++h)
      for (int j = 0; j < kVectors; ++j) hn::Store(sum[h][j], kFloats, sums_[h] + at + j * kLanes);
  }

  std::size_t width_, values_;
  float scale_;
  HWY_ALIGN float q_[kHeads][kMostWidth];
  HWY_ALIGN float sums_[kHeads][kMostWidth];
  HWY_ALIGN float weights_[kHeads][kDecodeBlock];
  OnlineSoftmax softmax_[kHeads];
};

template <typename T, int kHeads>
void decode_heads(const Shape& s, const View& q, const View& k, const View& v, std::int64_t b,
                  std::int64_t head, std::int64_t length, float* out) {
  const auto shared = head / (s.heads / s.kv_heads);
  const auto at = [&](const View& x, std::int64_t h) {
    return static_cast<const T*>(x.data) + b * x.sequence_stride + h * x.head_stride;
  };
  DecodeHeads<T, kHeads> heads(s, at(q, head), q.head_stride);
  heads.read(at(k, shared), k.token_stride, at(v, shared), v.token_stride,
             static_cast<std::size_t>(length));
  heads.write(out + (b * s.heads + head) * s.value_width);
}

/// All query heads of sequence b that read key-value head `shared`, four, two or one at a time.
template <typename T>
void decode_group(const Shape& s, const View& q, const View& k, const View& v, std::int64_t b,
                  std::int64_t shared, std::int64_t length, float* out) {
  const auto group = s.heads / s.kv_heads, first = shared * group;
  std::int64_t h = 0;
  for (; h + 4 <= group; h += 4) decode_heads<T, 4>(s, q, k, v, b, first + h, length, out);
  for (; h + 2 <= group; h += 2) decode_heads<T, 2>(s, q, k, v, b, first + h, length, out);
  for (; h < group; ++h) decode_heads<T, 1>(s, q, k, v, b, first + h, length, out);
}

void decode_unit(const Shape& s, const View& q, const View& k, const View& v, std::int64_t b,
                 std::int64_t shared, std::int64_t length, float* out) {
  if (k.element == Element::kFloat32)
    decode_group<float>(s, q, k, v, b, shared, length, out);
  else
    decode_group<hwy::bfloat16_t>(s, q, k, v, b, shared, length, out);
}

}  // namespace rc::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
