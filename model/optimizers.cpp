#include "model/optimizers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "model/microbatches.h"

namespace rc {
namespace {

/// Coefficients (a, b, c) of the five steps, as the original study used them.
constexpr double kSteps[5][3] = {
    {8.156554524902461, -22.48329292557795, 15.878769915207462},
    {4.042929935166739, -2.808917465908714, 0.5000178451051316},
    {3.8916678022926607, -2.772484153217685, 0.5060648178503393},
    {3.285753657755655, -2.3681294933425376, 0.46449024233003106},
    {2.3465413258596377, -1.7097828382687081, 0.42323551169305323},
};

/// beta * m + alpha * l r, in one pass over the result; matrices or stacks of them.
torch::Tensor combine(double beta, const torch::Tensor& m, double alpha, const torch::Tensor& l,
                      const torch::Tensor& r) {
  return m.dim() == 2 ? torch::addmm(m, l, r, beta, alpha) : torch::baddbmm(m, l, r, beta, alpha);
}

/// x after all steps.
torch::Tensor stepwise(torch::Tensor x) {
  for (const auto& [a, b, c] : kSteps) {
    const auto gram = torch::matmul(x, x.transpose(-2, -1));
    const auto polynomial = combine(b, gram, c, gram, gram);
    x = combine(a, x, 1.0, polynomial, x);
  }
  return x;
}

/// The same: every step multiplies x from the left by a polynomial of its Gram matrix, and all of
/// them commute. Their product is formed at the size of the Gram matrix and meets x once; 4 n^2 m +
/// 34 n^3 operations for x [n, m] in place of 20 n^2 m + 10 n^3.
torch::Tensor by_gram_matrix(const torch::Tensor& x) {
  auto gram = torch::matmul(x, x.transpose(-2, -1));
  torch::Tensor product, polynomial;
  for (const auto& [a, b, c] : kSteps) {
    if (product.defined()) gram = torch::matmul(torch::matmul(polynomial, gram), polynomial);
    polynomial = combine(b, gram, c, gram, gram);
    polynomial.diagonal(0, -2, -1).add_(a);
    product = product.defined() ? torch::matmul(polynomial, product) : polynomial;
  }
  return torch::matmul(product, x);
}

}  // namespace

torch::Tensor polar_express(const torch::Tensor& g, torch::ScalarType type) {
  const bool tall = g.size(-2) > g.size(-1);
  auto x = (tall ? g.transpose(-2, -1) : g).to(type);
  const auto norm = x.to(torch::kFloat32).square().sum({-2, -1}, /*keepdim=*/true).sqrt();
  x = x / (norm * 1.01 + 1e-7).to(type);
  // The Gram matrix holds squares, which eight bits of mantissa are too few for.
  const bool gram = type != torch::kBFloat16 && x.size(-1) >= 2 * x.size(-2);
  x = gram ? by_gram_matrix(x) : stepwise(x);
  return (tall ? x.transpose(-2, -1) : x).to(g.scalar_type());
}

Muon::Muon(std::vector<torch::Tensor> parameters, Options options) : options_(options) {
  std::map<std::vector<std::int64_t>, std::vector<torch::Tensor>> by_shape;
  for (const auto& p : parameters) by_shape[p.sizes().vec()].push_back(p);
  for (auto& [shape, group] : by_shape) {
    const auto count = static_cast<std::int64_t>(group.size());
    auto momentum =
        torch::zeros({count, shape[0], shape[1]}, group[0].options().requires_grad(false));
    std::vector<std::vector<MatrixPart>> parts(group.size());
    groups_.push_back({std::move(group), std::move(momentum), std::move(parts)});
  }
  std::ranges::stable_sort(groups_, std::greater{},
                           [](const Group& group) { return group.parameters[0].numel(); });
}

torch::Tensor Muon::direction(const torch::Tensor& gradient, torch::Tensor momentum) const {
  momentum.lerp_(gradient, 1 - options_.momentum);
  return polar_express(gradient.lerp(momentum, options_.momentum), options_.type);
}

void Muon::update_parts(const torch::Tensor& parameter, std::vector<MatrixPart> parts) {
  for (auto& group : groups_)
    for (std::size_t i = 0; i < group.parameters.size(); ++i)
      if (group.parameters[i].is_same(parameter)) group.parts[i] = std::move(parts);
}

std::vector<torch::Tensor> Muon::momenta() const {
  std::vector<torch::Tensor> all;
  for (const auto& group : groups_) all.push_back(group.momentum);
  return all;
}

double Muon::learning_rate(const torch::Tensor& update) const {
  const auto rows = static_cast<double>(update.size(-2)),
             cols = static_cast<double>(update.size(-1));
  return options_.lr * std::sqrt(std::max(1.0, rows / cols));
}

void Muon::step_part(torch::Tensor parameter, torch::Tensor momentum,
                     const MatrixPart& part) const {
  const auto columns = [&](const torch::Tensor& x) { return x.narrow(1, 0, part.columns); };
  const auto gradient = columns(parameter.grad()).index_select(0, part.rows);
  auto fed = columns(momentum).index_select(0, part.rows);
  const auto update = direction(gradient, fed);
  columns(momentum).index_copy_(0, part.rows, fed);
  columns(parameter).index_add_(0, part.rows, update, -learning_rate(update));
}

void Muon::step_one(Group& group, std::size_t matrix) const {
  auto& p = group.parameters[matrix];
  const auto momentum = group.momentum[static_cast<std::int64_t>(matrix)];
  for (const auto& part : group.parts[matrix]) step_part(p, momentum, part);
  if (!group.parts[matrix].empty()) return;
  const auto update = direction(p.grad(), momentum);
  p.sub_(update, learning_rate(update));
}

void Muon::step_together(Group& group) const {
  std::vector<torch::Tensor> gradients;
  for (const auto& p : group.parameters) gradients.push_back(p.grad());
  const auto update = direction(torch::stack(gradients), group.momentum);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    group.parameters[i].sub_(update[static_cast<std::int64_t>(i)], learning_rate(update));
}

void Muon::step() {
  const torch::NoGradGuard no_grad;
  std::vector<std::pair<Group*, std::size_t>> matrices;
  for (auto& group : groups_) {
    const bool whole = std::ranges::all_of(group.parts, [](const auto& p) { return p.empty(); });
    if (!options_.together || !whole)
      for (std::size_t i = 0; i < group.parameters.size(); ++i) matrices.emplace_back(&group, i);
    else
      step_together(group);
  }
  const auto device = groups_.empty() ? torch::kCPU : groups_[0].momentum.device();
  for_pieces(static_cast<std::int64_t>(matrices.size()), device, [&](std::int64_t i) {
    const torch::NoGradGuard no_grad_here;  // the mode belongs to the thread
    const auto [group, matrix] = matrices[static_cast<std::size_t>(i)];
    step_one(*group, matrix);
  });
}

}  // namespace rc
