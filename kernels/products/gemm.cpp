// A tile of the result stays in registers while one row of the right factor after the other passes
// by (Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication", without their
// copy of the left factor: rows are few enough that each has a pointer of its own).
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/products/gemm.cpp"
#include <hwy/foreach_target.h>  // compiles the rest of this file once a target
// clang-format off: the order matters
#include <hwy/highway.h>
// clang-format on

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "kernels/products/gemm.h"
#include "kernels/products/gemm_pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rc::fused::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kRows = 6;  // of a tile
// A panel that deep stays in the first cache, a block of the left factor in the second.
constexpr std::int64_t kDepth = 128;
constexpr std::int64_t kBlock = 120;

/// One panel, or as many of its leading columns as are wanted.
template <typename T>
struct Panel {
  const T* data;
  std::int64_t down;  // from one row to the next
  std::size_t last;   // lanes wanted of the last vector
};

/// kTall rows of c by kWide vectors of them.
template <std::size_t kTall, std::size_t kWide, typename T>
HWY_INLINE void multiply_tile(const T* a, const MatrixView<const T>& all, const Panel<T>& panel,
                              T* c, std::int64_t c_down, bool add) {
  const Lanes<T> d;
  const auto lanes = hn::Lanes(d);
  hn::Vec<Lanes<T>> sums[kTall][kWide], right[kWide];
  const T* rows[kTall];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kTall; ++i) {
    rows[i] = a + static_cast<std::int64_t>(i) * all.down;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kWide; ++j) sums[i][j] = hn::Zero(d);
  }
  const T* from = panel.data;
  for (std::int64_t k = 0; k < all.columns; ++k, from += panel.down) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kWide; ++j) right[j] = hn::Load(d, from + j * lanes);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kTall; ++i) {
      const auto left = hn::Set(d, rows[i][k * all.across]);
#pragma GCC unroll 4
      for (std::size_t j = 0; j < kWide; ++j) sums[i][j] = hn::MulAdd(left, right[j], sums[i][j]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kTall; ++i) {
    T* to = c + static_cast<std::int64_t>(i) * c_down;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kWide; ++j, to += lanes) {
      if (j + 1 < kWide || panel.last == lanes) {
        hn::StoreU(add ? hn::Add(sums[i][j], hn::LoadU(d, to)) : sums[i][j], d, to);
      } else {
        HWY_ALIGN T rest[64 / sizeof(T)] = {};
        hn::Store(sums[i][j], d, rest);
        for (std::size_t l = 0; l < panel.last; ++l) to[l] = add ? to[l] + rest[l] : rest[l];
      }
    }
  }
}

template <std::size_t kWide, typename T>
void multiply_panel(const MatrixView<const T>& a, const Panel<T>& panel, T* c, std::int64_t c_down,
                    bool add) {
  constexpr auto kStep = static_cast<std::int64_t>(kRows);
  std::int64_t i = 0;
  for (; i + kStep <= a.rows; i += kStep)
    multiply_tile<kRows, kWide>(a.data + i * a.down, a, panel, c + i * c_down, c_down, add);
  for (; i < a.rows; ++i)
    multiply_tile<1, kWide>(a.data + i * a.down, a, panel, c + i * c_down, c_down, add);
}

/// A block of rows of a against rows [first, first + a.columns) of all panels.
template <typename T>
void multiply_block(const MatrixView<const T>& a, const PackedView<T>& b, std::int64_t first,
                    const MatrixView<T>& c, bool add) {
  const auto step = panel_columns<T>();
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Lanes<T>()));
  for (std::int64_t j = 0; j < c.columns; j += step) {
    const auto down = padded<T>(std::min(step, b.columns - j));
    const auto count = std::min(step, c.columns - j), vectors = padded<T>(count) / lanes;
    const Panel<T> panel = {b.data + j * b.rows + first * down, down,
                            static_cast<std::size_t>(count - (vectors - 1) * lanes)};
    if (vectors == 1)
      multiply_panel<1>(a, panel, c.data + j, c.down, add);
    else if (vectors == 2)
      multiply_panel<2>(a, panel, c.data + j, c.down, add);
    else if (vectors == 3)
      multiply_panel<3>(a, panel, c.data + j, c.down, add);
    else
      multiply_panel<4>(a, panel, c.data + j, c.down, add);
  }
}

template <typename T>
void multiply_blocks(const MatrixView<const T>& a, const PackedView<T>& b, const MatrixView<T>& c,
                     bool add) {
  for (std::int64_t k = 0; k < a.columns; k += kDepth) {
    for (std::int64_t i = 0; i < a.rows; i += kBlock) {
      const auto rows = std::min(kBlock, a.rows - i);
      multiply_block<T>({a.data + i * a.down + k * a.across, rows, std::min(kDepth, a.columns - k),
                         a.down, a.across},
                        b, k, {c.data + i * c.down, rows, c.columns, c.down, 1}, add || k > 0);
    }
  }
}

std::int64_t padded_float(std::int64_t columns) { return padded<float>(columns); }
std::int64_t padded_double(std::int64_t columns) { return padded<double>(columns); }
void pack_float(const MatrixView<const float>& b, float* to) { pack(b, to); }
void pack_double(const MatrixView<const double>& b, double* to) { pack(b, to); }
void multiply_float(const MatrixView<const float>& a, const PackedView<float>& b,
                    const MatrixView<float>& c, bool add) {
  multiply_blocks(a, b, c, add);
}
void multiply_double(const MatrixView<const double>& a, const PackedView<double>& b,
                     const MatrixView<double>& c, bool add) {
  multiply_blocks(a, b, c, add);
}

}  // namespace rc::fused::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rc::fused {
namespace {

HWY_EXPORT(padded_float);
HWY_EXPORT(padded_double);
HWY_EXPORT(pack_float);
HWY_EXPORT(pack_double);
HWY_EXPORT(multiply_float);
HWY_EXPORT(multiply_double);

}  // namespace

template <typename T>
Packed<T>::Packed(const MatrixView<const T>& b) : rows_(b.rows), columns_(b.columns) {
  constexpr bool single = sizeof(T) == sizeof(float);
  const auto across = single ? HWY_DYNAMIC_DISPATCH(padded_float)(columns_)
                             : HWY_DYNAMIC_DISPATCH(padded_double)(columns_);
  data_ = hwy::AllocateAligned<T>(static_cast<std::size_t>(rows_ * across));
  if (!data_) throw std::bad_alloc();
  if constexpr (single)
    HWY_DYNAMIC_DISPATCH(pack_float)(b, data_.get());
  else
    HWY_DYNAMIC_DISPATCH(pack_double)(b, data_.get());
}

template <typename T>
void multiply(const MatrixView<const T>& a, const Packed<T>& b, const MatrixView<T>& c, bool add) {
  if (a.rows != c.rows || a.columns > b.rows() || a.columns < 1 || c.columns > b.columns() ||
      c.across != 1)
    throw std::invalid_argument("multiply: the shapes of a product do not fit");
  const PackedView<T> view = {b.data(), b.rows(), b.columns()};
  if constexpr (sizeof(T) == sizeof(float))
    HWY_DYNAMIC_DISPATCH(multiply_float)(a, view, c, add);
  else
    HWY_DYNAMIC_DISPATCH(multiply_double)(a, view, c, add);
}

template <typename T>
void multiply(const MatrixView<const T>& a, const MatrixView<const T>& b, const MatrixView<T>& c,
              bool add) {
  if (a.columns != b.rows)
    throw std::invalid_argument("multiply: the shapes of a product do not fit");
  constexpr std::int64_t kPiece = 256;
  for (std::int64_t k = 0; k < b.rows; k += kPiece) {
    const auto rows = std::min(kPiece, b.rows - k);
    const Packed<T> piece({b.data + k * b.down, rows, b.columns, b.down, b.across});
    multiply({a.data + k * a.across, a.rows, rows, a.down, a.across}, piece, c, add || k > 0);
  }
}

#define RC_INSTANTIATE(T)                                                                    \
  template class Packed<T>;                                                                  \
  template void multiply(const MatrixView<const T>&, const Packed<T>&, const MatrixView<T>&, \
                         bool);                                                              \
  template void multiply(const MatrixView<const T>&, const MatrixView<const T>&,             \
                         const MatrixView<T>&, bool)
RC_INSTANTIATE(float);
RC_INSTANTIATE(double);

}  // namespace rc::fused
#endif
