// Matrix products by oneDNN, on plain pointers: factors are read where they lie, whatever their
// strides. bench/results/products.md holds it against what stood here before, and against others.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace rc::fused {

/// Element (i, j) stands at data[i * down + j * across]. T is float or double, const or not.
template <typename T>
struct MatrixView {
  T* data;
  std::int64_t rows, columns, down, across;

  /// Rows [first, first + count).
  MatrixView middle(std::int64_t first, std::int64_t count) const {
    return {data + first * down, count, columns, down, across};
  }
  MatrixView turned() const { return {data, columns, rows, across, down}; }
  MatrixView<const T> read() const { return {data, rows, columns, down, across}; }
};

/// Floats between the rows of a matrix that is going to be a left factor turned. Where rows are a
/// power of two apart their elements fall into the same sets of a cache, and the product takes up
/// to twice as long.
inline constexpr std::int64_t kGap = 16;

/// std::invalid_argument unless a b can be written to c.
template <typename T>
void require_fit(const MatrixView<const T>& a, const MatrixView<const T>& b,
                 const MatrixView<T>& c) {
  if (a.rows != c.rows || a.columns != b.rows || b.columns != c.columns || a.columns < 1 ||
      c.across != 1)
    throw std::invalid_argument("multiply: the shapes of a product do not fit");
}

/// c = a b, or c += a b where `add`. Rows or columns of each factor are contiguous, rows of c are,
/// and c overlaps neither. By all threads that OpenMP gives, or by one inside a parallel region.
/// std::invalid_argument where the shapes or strides do not fit, std::bad_alloc.
void multiply(const MatrixView<const float>& a, const MatrixView<const float>& b,
              const MatrixView<float>& c, bool add);

/// The same in float64, in which the fused operations are checked: plain loops.
void multiply(const MatrixView<const double>& a, const MatrixView<const double>& b,
              const MatrixView<double>& c, bool add);

/// "oneDNN 2.6.3", as loaded.
std::string product_library();

/// Whether the processor multiplies bfloat16 itself: AVX512-BF16 or AMX.
bool multiplies_bfloat16();

/// The same with the factors rounded to bfloat16 and sums in float32, where the processor does
/// that. Each thread keeps the kernels that it was given for its shapes. dnnl::error elsewhere.
void multiply_bfloat16(const MatrixView<const float>& a, const MatrixView<const float>& b,
                       const MatrixView<float>& c, bool add);

/// What the factors of an operation's products are; those of float64 stay what they are.
enum class Factors { kFloat32, kBFloat16 };

template <typename T>
void multiply(Factors factors, const MatrixView<const T>& a, const MatrixView<const T>& b,
              const MatrixView<T>& c, bool add) {
  if constexpr (sizeof(T) == sizeof(float))
    if (factors == Factors::kBFloat16) return multiply_bfloat16(a, b, c, add);
  multiply(a, b, c, add);
}

}  // namespace rc::fused
