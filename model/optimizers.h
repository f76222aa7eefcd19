// Muon for matrices (Jordan et al. 2024) with the orthogonalisation of Polar Express (Amsel et al.
// 2025, arXiv:2505.16932); AdamW for the rest is LibTorch's own.
#pragma once

#include <vector>

#include "kernels/torch.h"

namespace rc {

/// The nearest orthogonal matrix U V^T of each g = U S V^T, approximately: five steps
/// X <- a X + (b A + c A^2) X with A = X X^T. Singular values end within about [0.8, 1.2].
/// g [..., rows, cols]; computed in `type`, returned in g's own.
torch::Tensor polar_express(const torch::Tensor& g, torch::ScalarType type = torch::kFloat32);

class Muon {
 public:
  struct Options {
    double lr = 0.024;
    double momentum = 0.95;                    // Nesterov
    torch::ScalarType type = torch::kFloat32;  // of the orthogonalisation
  };
  Muon(std::vector<torch::Tensor> parameters, Options options);

  /// One update from the gradients at hand: p -= lr * sqrt(max(1, rows / cols)) * polar(momentum).
  /// On a CPU threads take matrices of their own: products of this size gain little from two
  /// threads each, and a matrix stays in the cache from its gradient to its update. On a GPU
  /// matrices of one shape are orthogonalised together.
  void step();

 private:
  struct Group {
    std::vector<torch::Tensor> parameters;  // all [rows, cols]
    torch::Tensor momentum;                 // [parameters, rows, cols]
    double lr;
  };
  void step_one(Group& group, std::int64_t matrix) const;
  void step_together(Group& group) const;
  /// Feeds the momentum; returns the orthogonalised direction. Matrices, or stacks of them.
  torch::Tensor direction(const torch::Tensor& gradient, torch::Tensor momentum) const;

  std::vector<Group> groups_;  // largest matrices first: small ones fill up the threads' time
  Options options_;
};

}  // namespace rc
