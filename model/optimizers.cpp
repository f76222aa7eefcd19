#include "model/optimizers.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <map>

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

}  // namespace

torch::Tensor polar_express(const torch::Tensor& g, torch::ScalarType type) {
  const bool tall = g.size(-2) > g.size(-1);
  auto x = (tall ? g.transpose(-2, -1) : g).to(type);
  const auto norm = x.to(torch::kFloat32).square().sum({-2, -1}, /*keepdim=*/true).sqrt();
  x = x / (norm * 1.01 + 1e-7).to(type);
  for (const auto& [a, b, c] : kSteps) {
    const auto gram = torch::matmul(x, x.transpose(-2, -1));
    const auto polynomial = combine(b, gram, c, gram, gram);
    x = combine(a, x, 1.0, polynomial, x);
  }
  return (tall ? x.transpose(-2, -1) : x).to(g.scalar_type());
}

Muon::Muon(std::vector<torch::Tensor> parameters, Options options) : options_(options) {
  std::map<std::vector<std::int64_t>, std::vector<torch::Tensor>> by_shape;
  for (const auto& p : parameters) by_shape[p.sizes().vec()].push_back(p);
  for (auto& [shape, group] : by_shape) {
    const auto count = static_cast<std::int64_t>(group.size());
    auto momentum =
        torch::zeros({count, shape[0], shape[1]}, group[0].options().requires_grad(false));
    groups_.push_back({std::move(group), std::move(momentum)});
  }
}

torch::Tensor Muon::direction(const torch::Tensor& gradient, torch::Tensor momentum) const {
  momentum.lerp_(gradient, 1 - options_.momentum);
  return polar_express(gradient.lerp(momentum, options_.momentum), options_.type);
}

void Muon::step() {
  const torch::NoGradGuard no_grad;
  for (auto& group : groups_) {
    auto& parameters = group.parameters;
    const double rows = static_cast<double>(parameters[0].size(0)),
                 cols = static_cast<double>(parameters[0].size(1));
    const double scale = options_.lr * std::sqrt(std::max(1.0, rows / cols));
    if (parameters[0].is_cpu()) {
      // Threads take matrices of their own: products of this size gain little from two threads
      // each, and a matrix stays in the cache from its gradient to its update.
      const auto count = static_cast<std::int64_t>(parameters.size());
      at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
        const torch::NoGradGuard no_grad_here;  // the mode belongs to the thread
        for (auto i = begin; i < end; ++i) {
          auto& p = parameters[static_cast<std::size_t>(i)];
          p.sub_(direction(p.grad(), group.momentum[i]), scale);
        }
      });
      continue;
    }
    std::vector<torch::Tensor> gradients;
    for (const auto& p : parameters) gradients.push_back(p.grad());
    const auto update = direction(torch::stack(gradients), group.momentum);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      parameters[i].sub_(update[static_cast<std::int64_t>(i)], scale);
  }
}

}  // namespace rc
