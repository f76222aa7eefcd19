// Products with matrices that stay in their file until they are used.
#pragma once

#include <functional>

#include "kernels/torch.h"

namespace rc {

/// A projection as it lies in the file, of any float type: weight [out, in], bias [out] float32 or
/// undefined.
struct ForeignLinear {
  torch::Tensor weight;
  torch::Tensor bias;
};

/// Calls `body(piece, first, rows)` for stretches of rows of a matrix, widened to float32, that a
/// cache holds. Threads share the pieces out among them; how the matrix is cut does not depend on
/// how many there are, so neither does any number.
void for_row_pieces(const torch::Tensor& matrix,
                    const std::function<void(std::int64_t piece, std::int64_t first,
                                             const torch::Tensor& rows)>& body);

/// How many pieces that are.
std::int64_t row_pieces(const torch::Tensor& matrix);

/// x W^T + bias in float32, [..., out] for x [..., in].
torch::Tensor project(const torch::Tensor& x, const ForeignLinear& linear);

}  // namespace rc
