// Cross-entropy over a large vocabulary without ever holding all logits.
#pragma once

#include "kernels/products/product.h"
#include "kernels/torch.h"

namespace rc::fused {

/// Cross-entropy in nats of each row: hidden [N, d], embedding [V, d], labels [N] int64 -> [N].
/// Logits hidden embedding^T live for one chunk of rows at a time; where a gradient will be wanted,
/// that of the *mean* loss is formed right there, so backward accepts only gradients that are equal
/// for all rows (mean or sum of the result) and throws otherwise.
torch::Tensor cross_entropy(const torch::Tensor& hidden, const torch::Tensor& embedding,
                            const torch::Tensor& labels, Factors factors = Factors::kFloat32);

}  // namespace rc::fused
