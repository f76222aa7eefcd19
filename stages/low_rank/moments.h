// The moments of keys and queries that an optimal map of keys follows from.
//
// At position t a query q meets the key k of position s with the logit
//   (R_t q)^T R_s k = (R_D q)^T k,   D = t - s,
// R the rotation of RoPE. A map k' = A k + b before RoPE leaves the error (R_D q)^T ((I - A) k -
// b). For q, k and D independent its mean square is least, whatever A is, for b = (I - A) mean(k),
// and then it is
//   E[error^2] = tr(C (I - A) S (I - A)^T)                                                      (*)
//   C = E[R_D q q^T R_D^T],   S = covariance of k.
// So keys are centred and queries are not. Without RoPE b would add the same to all logits of a
// row, and the softmax would not see whether it is there; with RoPE it turns with its position and
// is a bias by distance, which the model has and a map keeps: one vector for all tokens takes no
// cache.
#pragma once

#include <vector>

#include "kernels/torch.h"
#include "model/calibration.h"

namespace rc {

/// Of one key head, float64 on the CPU.
struct Moments {
  torch::Tensor mean;        // [d_k] of its keys
  torch::Tensor covariance;  // [d_k, d_k] of its keys: S
  torch::Tensor queries;     // [d_k, d_k] E[q q^T] over the query heads that read it: C at D = 0
  torch::Tensor turned;      // [d_k, d_k] C with D as causal attention has it
};

/// A key head each.
using LayerMoments = std::vector<Moments>;

LayerMoments moments_of(const Calibration& calibration, std::size_t layer);

/// E[R_D C R_D^T] for `tokens` positions: a row of the softmax and, in it, a key, each as likely as
/// any other.
torch::Tensor turned_by_distance(const torch::Tensor& second_moment, const Rope& rope, long tokens);

}  // namespace rc
