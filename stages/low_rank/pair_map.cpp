#include "stages/low_rank/pair_map.h"

#include <limits>
#include <vector>

namespace rc {
namespace {

using torch::Tensor;

/// Added to the form's diagonal, as a share of its mean: two pairs that say the same leave it
/// singular.
constexpr double kRidge = 1e-9;

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

/// The best z for what is dropped, and its error.
struct Fit {
  Tensor z;  // as the form has it
  double error = 0;
};

Fit fit(const Tensor& form, const std::vector<bool>& dropped) {
  const auto pairs = static_cast<long>(dropped.size());
  std::vector<long> gone, kept;
  for (long i = 0; i < 2 * pairs; ++i)
    if (!dropped[static_cast<std::size_t>(i % pairs)])
      kept.push_back(i);
    else if (i < pairs)
      gone.push_back(i);
  auto z = torch::zeros({2 * pairs}, torch::kFloat64);
  if (gone.empty()) return {z, 0};
  const auto d = indices(gone), k = indices(kept);
  const auto pull = form.index_select(1, d).sum(1);  // G 1_D
  z.index_fill_(0, d, 1);
  if (!kept.empty()) {
    const auto rows = form.index_select(0, k).index_select(1, k);
    z.index_copy_(0, k, -at::linalg_solve(rows, pull.index_select(0, k)));
  }
  return {z, z.dot(pull).item<double>()};  // at its least z^T G z = z^T G 1_D
}

/// Drops the pair that is missed least.
void drop_one(const Tensor& form, std::vector<bool>& dropped) {
  double least = std::numeric_limits<double>::infinity();
  std::size_t best = 0;
  for (std::size_t p = 0; p < dropped.size(); ++p) {
    if (dropped[p]) continue;
    dropped[p] = true;
    const double error = fit(form, dropped).error;
    dropped[p] = false;
    if (error < least) least = error, best = p;
  }
  dropped[best] = true;
}

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
  form.diagonal().add_(kRidge * form.diagonal().mean());
  std::vector<bool> dropped(static_cast<std::size_t>(all), false);
  for (long gone = 0; gone < all - pairs; ++gone) drop_one(form, dropped);
  const auto z = fit(form, dropped).z;
  const auto u = z.narrow(0, 0, all).repeat_interleave(2);
  const auto v = z.narrow(0, all, all).repeat_interleave(2);
  return torch::diag(1 - u) - v.unsqueeze(1) * quarter_turns(2 * all);
}

}  // namespace rc
