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

/// Of a matrix `rows` [n] int64, ascending, and the first `columns` of each.
struct MatrixPart {
  torch::Tensor rows;
  std::int64_t columns = 0;
};

class Muon {
 public:
  struct Options {
    double lr = 0.024;
    double momentum = 0.95;                    // Nesterov
    torch::ScalarType type = torch::kFloat32;  // of the orthogonalisation
    bool together = false;                     // matrices of one shape, in one stack
  };
  Muon(std::vector<torch::Tensor> parameters, Options options);

  /// One update from the gradients at hand: p -= lr * sqrt(max(1, rows / cols)) * polar(momentum).
  /// On a CPU threads take matrices of their own: products of this size gain little from two
  /// threads each, and a matrix stays in the cache from its gradient to its update. A GPU wants
  /// those of one shape together.
  void step();

  /// From now on each of `parts` of a parameter is updated as if it were a matrix of its own, and
  /// what lies in none stays as it is.
  void update_parts(const torch::Tensor& parameter, std::vector<MatrixPart> parts);

  /// All that step() goes on from, in a fixed order: [parameters of a shape, rows, cols] each.
  std::vector<torch::Tensor> momenta() const;

 private:
  struct Group {
    std::vector<torch::Tensor> parameters;       // all [rows, cols]
    torch::Tensor momentum;                      // [parameters, rows, cols]
    std::vector<std::vector<MatrixPart>> parts;  // a parameter; none: it is updated as a whole
  };
  void step_one(Group& group, std::size_t matrix) const;
  void step_part(torch::Tensor parameter, torch::Tensor momentum, const MatrixPart& part) const;
  void step_together(Group& group) const;
  /// For updates of [rows, cols].
  double learning_rate(const torch::Tensor& update) const;
  /// Feeds the momentum; returns the orthogonalised direction. Matrices, or stacks of them.
  torch::Tensor direction(const torch::Tensor& gradient, torch::Tensor momentum) const;

  std::vector<Group> groups_;  // largest matrices first: small ones fill up the threads' time
  Options options_;
};

}  // namespace rc
