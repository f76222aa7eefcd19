// The best map of keys that RoPE cannot tell from none: the same before and after it.
//
// A map that commutes with the rotations of every position, the pairs turning at different speeds,
// keeps the pairs apart, and in each it commutes with turning: seen as a complex number the pair is
// multiplied by one factor c_p (a real 2x2 matrix of the form aI + bJ, J the quarter turn). Its
// rank is 2 for every c_p that is not 0: rank r keeps r/2 pairs. Keys are cached after RoPE as
// ever, the kept pairs alone, and nothing is restored. What a dropped pair is on average turns with
// the position and is one table for all tokens.
//
// With 1 - c_p = u_p + i v_p the error of a logit is a sum over pairs,
//   e = sum_p u_p q_p^T k_p + v_p q_p^T J k_p,
// q turned by the distance D and k centred (moments.h), so that E[e^2] is a quadratic form z^T G z
// in z = (u, v). A pair that is dropped has u_p = 1 and v_p = 0; of the others
//   z_K = -G_KK^-1 G_KD z_D
// is best. Did D turn all pairs far against each other, then C would be E|q_p|^2/2 times the
// identity in each pair and nothing between two, and G diagonal, E|q_p|^2 E|k_p|^2/2 at u_p and
// v_p: every factor kept would be 1, and the pairs to drop those of least E|q_p|^2 E|k_p|^2. Slow
// pairs hardly turn, and are correlated: a kept one can say part of what a dropped one said, and
// its best factor is another.
#pragma once

#include "kernels/torch.h"

namespace rc {

/// G [d_k, d_k], u_0, u_1, ... before v_0, v_1, ...
torch::Tensor pair_error_form(const torch::Tensor& queries, const torch::Tensor& covariance);

/// The map [d_k, d_k] that keeps `pairs` pairs. Pairs go one by one, each time the one without
/// which E[e^2] rises least with the factors at their best: which set is best of all is a search
/// over all sets.
torch::Tensor within_pairs_map(const torch::Tensor& queries, const torch::Tensor& covariance,
                               long pairs);

}  // namespace rc
