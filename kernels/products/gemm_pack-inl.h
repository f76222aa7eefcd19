// How the right factor of a product lies, compiled once for every instruction set. Included by
// gemm.cpp only, inside Highway's loop over targets; hence the guard that toggles.
#if defined(RC_FUSED_GEMM_PACK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RC_FUSED_GEMM_PACK_INL_H
#undef RC_FUSED_GEMM_PACK_INL_H
#else
#define RC_FUSED_GEMM_PACK_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

#include "kernels/products/gemm.h"

HWY_BEFORE_NAMESPACE();
namespace rc::fused::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Lanes = hn::CappedTag<T, 64 / sizeof(T)>;

// Vectors a panel is wide: with the six rows of a tile they fill the 32 registers of newer sets, or
// the 16 of older ones.
constexpr std::size_t kVectors = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 2 : 4;
template <typename T>
std::int64_t panel_columns() {
  return static_cast<std::int64_t>(kVectors * hn::Lanes(Lanes<T>()));
}

/// Whole vectors' worth of `columns`.
template <typename T>
std::int64_t padded(std::int64_t columns) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Lanes<T>()));
  return (columns + lanes - 1) / lanes * lanes;
}

/// Four rows of four numbers, `stride` apart, become the columns of rows `width` apart.
template <typename T>
HWY_INLINE void turn_four(const T* from, std::int64_t stride, T* to, std::int64_t width) {
  for (std::int64_t j = 0; j < 4; ++j)
    for (std::int64_t k = 0; k < 4; ++k) to[k * width + j] = from[j * stride + k];
}

#if HWY_TARGET != HWY_SCALAR
template <>
HWY_INLINE void turn_four(const float* from, std::int64_t stride, float* to, std::int64_t width) {
  const hn::FixedTag<float, 4> d;
  const hn::Repartition<double, decltype(d)> pairs;
  const auto row = [&](std::int64_t j) { return hn::LoadU(d, from + j * stride); };
  const auto store = [&](auto x, std::int64_t k) {
    hn::StoreU(hn::BitCast(d, x), d, to + k * width);
  };
  const auto low = [&](auto x, auto y) { return hn::BitCast(pairs, hn::InterleaveLower(d, x, y)); };
  const auto high = [&](auto x, auto y) {
    return hn::BitCast(pairs, hn::InterleaveUpper(d, x, y));
  };
  const auto a = row(0), b = row(1), c = row(2), e = row(3);
  store(hn::InterleaveLower(pairs, low(a, b), low(c, e)), 0);
  store(hn::InterleaveUpper(pairs, low(a, b), low(c, e)), 1);
  store(hn::InterleaveLower(pairs, high(a, b), high(c, e)), 2);
  store(hn::InterleaveUpper(pairs, high(a, b), high(c, e)), 3);
}
#endif

/// A panel of `count` columns, each of which is contiguous or strided: zeros behind them.
template <typename T>
void pack_columns(const T* from, const MatrixView<const T>& b, std::int64_t count,
                  std::int64_t width, T* to) {
  // By fours as far as that goes, by cache lines of a column at a time.
  constexpr std::int64_t kLines = 16;
  const auto columns = b.down == 1 ? count / 4 * 4 : 0;
  for (std::int64_t top = 0; top < b.rows; top += kLines) {
    const auto end = std::min(top + kLines, b.rows), fours = top + (end - top) / 4 * 4;
    for (std::int64_t j = 0; j < columns; j += 4)
      for (auto k = top; k < fours; k += 4)
        turn_four(from + k + j * b.across, b.across, to + k * width + j, width);
    for (std::int64_t j = 0; j < count; ++j)
      for (auto k = j < columns ? fours : top; k < end; ++k)
        to[k * width + j] = from[k * b.down + j * b.across];
    for (auto k = top; k < end; ++k) std::fill(to + k * width + count, to + (k + 1) * width, T(0));
  }
}

/// Rows outside where b lies by rows, panels outside where it lies by columns: memory is read as it
/// comes. (Gathers would be the instruction for columns, but a processor that guards them against
/// leaking makes them the slowest part of all this.)
template <typename T>
void pack(const MatrixView<const T>& b, T* to) {
  const auto step = panel_columns<T>();
  const auto for_panels = [&](const auto& body) {
    for (std::int64_t first = 0; first < b.columns; first += step) {
      const auto count = std::min(step, b.columns - first);
      body(b.data + first * b.across, count, padded<T>(count), to + first * b.rows);
    }
  };
  if (b.across != 1) {
    for_panels([&](const T* from, auto count, auto width, T* panel) {
      pack_columns(from, b, count, width, panel);
    });
    return;
  }
  for (std::int64_t k = 0; k < b.rows; ++k)
    for_panels([&](const T* from, auto count, auto width, T* panel) {
      T* row = panel + k * width;
      std::copy_n(from + k * b.down, count, row);
      std::fill(row + count, row + width, T(0));
    });
}

}  // namespace rc::fused::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
