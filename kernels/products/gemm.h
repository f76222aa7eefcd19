// Matrix products at the sizes of this model, where a BLAS spends a quarter of a call on arranging
// both factors and clearing the result. Here the left factor is read where it lies, the right one
// is arranged once for all calls that use it, and the result is written once. Plain pointers, one
// thread, any instruction set.
#pragma once

#include <hwy/aligned_allocator.h>

#include <cstdint>

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

/// A packed factor: see Packed.
template <typename T>
struct PackedView {
  const T* data;
  std::int64_t rows, columns;
};

/// The right factor of products: panels of columns, each panel's rows one after the other, with
/// zeros up to a whole vector behind the last column.
template <typename T>
class Packed {
 public:
  explicit Packed(const MatrixView<const T>& b);
  const T* data() const { return data_.get(); }
  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }

 private:
  std::int64_t rows_, columns_;
  hwy::AlignedFreeUniquePtr<T[]> data_;
};

/// c = a b, or c += a b where `add`. Columns of a count the rows of b that are used, columns of c
/// those of b: both from the first. c.across must be 1, and c must not overlap a. Every element
/// is summed in one order, whatever the rows are cut into.
/// std::invalid_argument where the shapes do not fit.
template <typename T>
void multiply(const MatrixView<const T>& a, const Packed<T>& b, const MatrixView<T>& c, bool add);

/// The same for a right factor that serves one call: it is packed by and by, in pieces that stay in
/// the cache.
template <typename T>
void multiply(const MatrixView<const T>& a, const MatrixView<const T>& b, const MatrixView<T>& c,
              bool add);

}  // namespace rc::fused
