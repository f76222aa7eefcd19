// What both kernels are made of, compiled once for every instruction set. Included by cpu.cpp only,
// inside Highway's loop over targets; hence the guard that toggles.
#if defined(RC_KERNELS_VECTORS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RC_KERNELS_VECTORS_INL_H
#undef RC_KERNELS_VECTORS_INL_H
#else
#define RC_KERNELS_VECTORS_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace rc::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes: a row of 64 values is then a whole number of vectors on every target.
using Floats = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Floats>;
constexpr Floats kFloats;
constexpr std::size_t kLanes = hn::MaxLanes(kFloats);

/// e^x for x <= 0, to 2 units in the last place; 0 below -87. x = n ln 2 + r with |r| <= ln 2 / 2,
/// e^r by its series, 2^n in the exponent. Highway's own Exp is exacter and half as fast.
HWY_INLINE Vector exponential(Vector x) {
  const hn::RebindToSigned<Floats> integers;
  const auto least = hn::Set(kFloats, -87.0f);
  const auto clipped = hn::Max(x, least);
  const auto n = hn::Round(hn::Mul(clipped, hn::Set(kFloats, 1.44269504f)));
  auto r = hn::NegMulAdd(n, hn::Set(kFloats, 0.693359375f), clipped);
  r = hn::NegMulAdd(n, hn::Set(kFloats, -2.12194440e-4f), r);
  auto series = hn::Set(kFloats, 1.0f / 5040);
  for (const float term : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f})
    series = hn::MulAdd(series, r, hn::Set(kFloats, term));
  const auto power = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(integers, n), hn::Set(integers, 127)));
  return hn::IfThenZeroElse(hn::Lt(x, least), hn::Mul(series, hn::BitCast(kFloats, power)));
}

HWY_INLINE Vector load(const float* x) { return hn::LoadU(kFloats, x); }

HWY_INLINE Vector load(const hwy::bfloat16_t* x) {
  return hn::PromoteTo(kFloats, hn::LoadU(hn::Rebind<hwy::bfloat16_t, Floats>(), x));
}

/// The first `count` < kLanes numbers at x, the rest 0. Nothing behind them is read.
template <typename T>
HWY_INLINE Vector load_first(const T* x, std::size_t count) {
  HWY_ALIGN T copy[kLanes] = {};
  for (std::size_t i = 0; i < count; ++i) copy[i] = x[i];
  return load(copy);
}

#if HWY_TARGET <= HWY_AVX2  // older sets read all lanes, and at aligned addresses only
template <>
HWY_INLINE Vector load_first(const float* x, std::size_t count) {
  return hn::MaskedLoad(hn::FirstN(kFloats, count), kFloats, x);
}
#endif

/// to[0, count) = from[0, count) as float.
template <typename T>
void widen(const T* from, std::size_t count, float* to) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) hn::StoreU(load(from + i), kFloats, to + i);
  for (; i < count; ++i) to[i] = hn::GetLane(load_first(from + i, 1));
}

/// One row of products q k becomes weights e^(scale x - most), where `most` is the greatest logit
/// so far in the whole softmax; returns their sum. The scale is applied here, where it costs no
/// rounding of its own, and not to the queries. `count` is a multiple of kLanes.
HWY_INLINE float exponentials(float* x, std::size_t count, float scale, float most) {
  const auto factor = hn::Set(kFloats, scale), shift = hn::Set(kFloats, most);
  auto sum = hn::Zero(kFloats);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const auto weight = exponential(hn::MulSub(hn::LoadU(kFloats, x + i), factor, shift));
    hn::StoreU(weight, kFloats, x + i);
    sum = hn::Add(sum, weight);
  }
  return hn::GetLane(hn::SumOfLanes(kFloats, sum));
}

HWY_INLINE float greatest(const float* x, std::size_t count) {
  auto most = hn::LoadU(kFloats, x);
  for (std::size_t i = kLanes; i < count; i += kLanes)
    most = hn::Max(most, hn::LoadU(kFloats, x + i));
  return hn::GetLane(hn::MaxOfLanes(kFloats, most));
}

HWY_INLINE void multiply(float* x, std::size_t count, float factor) {
  const auto scale = hn::Set(kFloats, factor);
  for (std::size_t i = 0; i < count; i += kLanes)
    hn::StoreU(hn::Mul(hn::LoadU(kFloats, x + i), scale), kFloats, x + i);
}

/// A softmax that goes along with its weighted sum, block by block (Milakov & Gimelshein 2018,
/// arXiv:1805.02867).
struct OnlineSoftmax {
  float most = -std::numeric_limits<float>::infinity();  // greatest logit so far
  float total = 0;                                       // sum of the weights, relative to it

  /// The first `seen` >= 1 of `count` products q k become weights, the others 0; `sums`, the
  /// `values` sums of what was weighed before, are brought to the new maximum. `count` is a
  /// multiple of kLanes.
  HWY_INLINE void weigh(float* products, std::size_t seen, std::size_t count, float scale,
                        float* sums, std::size_t values) {
    std::fill(products + seen, products + count, -std::numeric_limits<float>::infinity());
    const float now = std::max(most, scale * greatest(products, count));
    if (now > most) {
      const float shrunk = std::exp(most - now);
      multiply(sums, values, shrunk);
      total *= shrunk;
      most = now;
    }
    total += exponentials(products, count, scale, most);
  }
};

/// c [kRows, kVectors * kLanes] += a [kRows, depth] b [depth, kVectors * kLanes]: all of c stays in
/// registers, every row of b is loaded once.
template <int kRows, int kVectors>
HWY_INLINE void multiply_panel(const float* a, std::size_t lda, const float* b, std::size_t ldb,
                               std::size_t depth, float* c, std::size_t ldc) {
  Vector sum[kRows][kVectors];
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::LoadU(kFloats, c + r * ldc + v * kLanes);
  for (std::size_t k = 0; k < depth; ++k) {
    Vector row[kVectors];
    for (int v = 0; v < kVectors; ++v) row[v] = hn::LoadU(kFloats, b + k * ldb + v * kLanes);
    for (int r = 0; r < kRows; ++r) {
      const auto factor = hn::Set(kFloats, a[r * lda + k]);
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(factor, row[v], sum[r][v]);
    }
  }
  for (int r = 0; r < kRows; ++r)
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[r][v], kFloats, c + r * ldc + v * kLanes);
}

// Sums that fit the registers: 32 of them with AVX-512, else 16.
constexpr int kPanelRows = 6;
constexpr int kPanelVectors = kLanes == 16 ? 4 : 2;
constexpr std::size_t kPanelWidth = kPanelVectors * kLanes;

/// c [rows, width] += a [rows, depth] b [depth, width]; width is a multiple of kLanes, `rows` of
/// kPanelRows.
HWY_INLINE void multiply_add(const float* a, std::size_t lda, const float* b, std::size_t ldb,
                             std::size_t rows, std::size_t depth, std::size_t width, float* c,
                             std::size_t ldc) {
  for (std::size_t first = 0; first < width;) {
    const bool whole = first + kPanelWidth <= width;
    for (std::size_t r = 0; r < rows; r += kPanelRows) {
      const float* left = a + r * lda;
      float* sums = c + r * ldc + first;
      if (whole)
        multiply_panel<kPanelRows, kPanelVectors>(left, lda, b + first, ldb, depth, sums, ldc);
      else
        multiply_panel<kPanelRows, 1>(left, lda, b + first, ldb, depth, sums, ldc);
    }
    first += whole ? kPanelWidth : kLanes;
  }
}

}  // namespace rc::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
