// Tensors as the factors of a product.
#pragma once

#include "kernels/products/product.h"
#include "kernels/torch.h"

namespace rc::fused {

/// A matrix [rows, columns] of T with any strides, to be read.
template <typename T>
MatrixView<const T> matrix(const torch::Tensor& x) {
  return {x.data_ptr<T>(), x.size(0), x.size(1), x.stride(0), x.stride(1)};
}

/// One with contiguous rows, to be written.
template <typename T>
MatrixView<T> result(const torch::Tensor& x) {
  return {x.data_ptr<T>(), x.size(0), x.size(1), x.stride(0), x.stride(1)};
}

/// An uninitialised [rows, columns] with a gap between its rows (kGap).
inline torch::Tensor spaced(std::int64_t rows, std::int64_t columns,
                            const torch::TensorOptions& options) {
  return torch::empty({rows, columns + kGap}, options).narrow(1, 0, columns);
}

/// Matrix i of a batch [sequences, heads, rows, columns] with any strides, counted through both.
template <typename T>
MatrixView<T> result(const torch::Tensor& x, std::int64_t i) {
  const auto heads = x.size(1);
  return {x.data_ptr<T>() + i / heads * x.stride(0) + i % heads * x.stride(1), x.size(2), x.size(3),
          x.stride(2), x.stride(3)};
}
template <typename T>
MatrixView<const T> matrix(const torch::Tensor& x, std::int64_t i) {
  return result<T>(x, i).read();
}

}  // namespace rc::fused
