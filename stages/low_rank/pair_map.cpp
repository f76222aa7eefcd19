#include "stages/low_rank/pair_map.h"

#include <vector>

namespace rc {
namespace {

using torch::Tensor;

/// Added to the form's diagonal, as a share of its mean: two pairs that say the same leave it
/// singular.
constexpr double kRidge = 1e-9;

/// No error for any factors, where the keys are constant or the queries zero: then all pairs are
/// missed alike.
double ridge_of(const Tensor& form) {
  const double mean = form.diagonal().mean().item<double>();
  return mean > 0 ? kRidge * mean : 1;
}

/// Every pair turned by a quarter: (a, b) -> (-b, a).
Tensor quarter_turns(long d) {
  auto turn = torch::zeros({d, d}, torch::kFloat64);
  for (long p = 0; p < d; p += 2) {
    turn[p][p + 1] = -1;
    turn[p + 1][p] = 1;
  }
  return turn;
}

Tensor indices(const std::vector<long>& list) { return torch::tensor(list, torch::kInt64); }

/// The best z for what is dropped, as the form has it.
Tensor best_factors(const Tensor& form, const std::vector<bool>& dropped) {
  const auto pairs = static_cast<long>(dropped.size());
  std::vector<long> gone, kept;
  for (long i = 0; i < 2 * pairs; ++i)
    if (!dropped[static_cast<std::size_t>(i % pairs)])
      kept.push_back(i);
    else if (i < pairs)
      gone.push_back(i);
  auto z = torch::zeros({2 * pairs}, torch::kFloat64);
  if (gone.empty()) return z;
  const auto d = indices(gone), k = indices(kept);
  z.index_fill_(0, d, 1);
  if (kept.empty()) return z;
  const auto pull = form.index_select(0, k).index_select(1, d).sum(1);  // G_KD 1_D
  const auto rows = form.index_select(0, k).index_select(1, k);
  return z.index_copy_(0, k, -at::linalg_solve(rows, pull));
}

/// Drops one pair after the other, always the one that is missed least.
///
/// Let A be G_KK^-1 over the pairs still kept and z the best factors so far. To force the two
/// numbers of pair p from z_p to w = (1, 0) raises the least z^T G z by
///   (w - z_p)^T A_pp^-1 (w - z_p),
/// moves z by A_Kp A_pp^-1 (w - z_p), and takes A_Kp A_pp^-1 A_pK from A (Hassibi & Stork 1993,
/// "Optimal brain surgeon"): no system is solved for a pair that stays.
class Search {
 public:
  explicit Search(const Tensor& form)
      : pairs_(form.size(0) / 2),
        inverse_(at::linalg_inv(form)),
        z_(torch::zeros({2 * pairs_}, torch::kFloat64)),
        dropped_(static_cast<std::size_t>(pairs_), false) {}

  void drop_one() {
    const auto rises = raised_by_each();
    const auto* rise = rises.data_ptr<double>();
    long best = -1;
    for (long p = 0; p < pairs_; ++p)
      if (!dropped_[static_cast<std::size_t>(p)] && (best < 0 || rise[p] < rise[best])) best = p;
    drop(best);
  }
  const std::vector<bool>& dropped() const { return dropped_; }

 private:
  Tensor u() const { return z_.narrow(0, 0, pairs_); }
  Tensor v() const { return z_.narrow(0, pairs_, pairs_); }

  /// [pairs], of which those of dropped pairs mean nothing.
  Tensor raised_by_each() const {
    const auto diagonal = inverse_.diagonal();
    const auto a = diagonal.narrow(0, 0, pairs_), c = diagonal.narrow(0, pairs_, pairs_);
    const auto b = inverse_.diagonal(pairs_);
    const auto du = 1 - u(), dv = -v();
    return ((c * du * du - 2 * b * du * dv + a * dv * dv) / (a * c - b * b)).contiguous();
  }

  void drop(long pair) {
    const auto both = indices({pair, pair + pairs_});
    const auto columns = inverse_.index_select(1, both);
    const auto step = columns.matmul(at::linalg_inv(columns.index_select(0, both)));
    const auto w = torch::tensor({1.0, 0.0}, torch::kFloat64);
    z_ = z_ + step.mv(w - z_.index_select(0, both));
    inverse_ = inverse_ - step.matmul(columns.t());
    dropped_[static_cast<std::size_t>(pair)] = true;
  }

  long pairs_;
  Tensor inverse_, z_;
  std::vector<bool> dropped_;
};

}  // namespace

Tensor pair_error_form(const Tensor& queries, const Tensor& covariance) {
  const auto pairs = queries.size(0) / 2;
  const auto one = torch::eye(2 * pairs, torch::kFloat64), turn = quarter_turns(2 * pairs);
  // E[(q_p^T a k_p) (q_s^T b k_s)] for all pairs p and s.
  const auto entries = [&](const Tensor& a, const Tensor& b) {
    const auto products = queries * a.matmul(covariance).matmul(b.t());
    return products.reshape({pairs, 2, pairs, 2}).sum(std::vector<std::int64_t>{1, 3});
  };
  return torch::cat({torch::cat({entries(one, one), entries(one, turn)}, 1),
                     torch::cat({entries(turn, one), entries(turn, turn)}, 1)});
}

Tensor within_pairs_map(const Tensor& queries, const Tensor& covariance, long pairs) {
  const auto all = queries.size(0) / 2;
  auto form = pair_error_form(queries, covariance);
  form.diagonal().add_(ridge_of(form));
  Search search(form);
  for (long gone = 0; gone < all - pairs; ++gone) search.drop_one();
  const auto z = best_factors(form, search.dropped());
  const auto u = z.narrow(0, 0, all).repeat_interleave(2);
  const auto v = z.narrow(0, all, all).repeat_interleave(2);
  return torch::diag(1 - u) - v.unsqueeze(1) * quarter_turns(2 * all);
}

}  // namespace rc
