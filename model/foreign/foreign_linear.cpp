#include "model/foreign/foreign_linear.h"

#include <algorithm>

#include "model/microbatches.h"

namespace rc {
namespace {

using torch::Tensor;

/// About a megafloat, but not so few rows that a product with them is slow.
std::int64_t rows_of_piece(const Tensor& matrix) {
  constexpr std::int64_t kFloats = 1 << 20, kFewest = 256;
  return std::max(kFewest, kFloats / matrix.size(1));
}

}  // namespace

std::int64_t row_pieces(const Tensor& matrix) {
  const auto rows = rows_of_piece(matrix);
  return (matrix.size(0) + rows - 1) / rows;
}

void for_row_pieces(const Tensor& matrix,
                    const std::function<void(std::int64_t, std::int64_t, const Tensor&)>& body) {
  const auto rows = rows_of_piece(matrix);
  for_pieces(row_pieces(matrix), torch::kCPU, [&](std::int64_t piece) {
    const torch::NoGradGuard no_grad;
    const auto first = piece * rows, count = std::min(rows, matrix.size(0) - first);
    body(piece, first, matrix.narrow(0, first, count).to(torch::kFloat32));
  });
}

Tensor project(const Tensor& x, const ForeignLinear& linear) {
  const auto rows = x.reshape({-1, x.size(-1)});
  auto product = torch::empty({rows.size(0), linear.weight.size(0)});
  for_row_pieces(linear.weight, [&](std::int64_t, std::int64_t first, const Tensor& piece) {
    product.narrow(1, first, piece.size(0)).copy_(torch::matmul(rows, piece.t()));
  });
  if (linear.bias.defined()) product += linear.bias;
  auto shape = x.sizes().vec();
  shape.back() = linear.weight.size(0);
  return product.reshape(shape);
}

}  // namespace rc
