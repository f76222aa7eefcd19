#include "model/fused/cross_entropy.h"

#include <ATen/Parallel.h>

#include "model/fused/simd.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr std::int64_t kChunk = 256;  // rows whose logits are held: 4 MB at 4096 pieces

template <typename T>
RC_CLONES T greatest(const T* x, std::int64_t n) {
  T most = x[0];
#pragma omp simd reduction(max : most)
  for (std::int64_t i = 0; i < n; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

/// x <- e^(x - most); returns the sum.
template <typename T>
RC_CLONES T exponentials(T* x, T most, std::int64_t n) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) {
    x[i] = exponential(x[i] - most);
    sum += x[i];
  }
  return sum;
}

template <typename T>
RC_CLONES void scale(T* x, T factor, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) x[i] *= factor;
}

/// Logits of a row become the gradient of its loss, softmax - onehot; returns the loss.
template <typename T>
T loss_row(T* logits, std::int64_t label, std::int64_t n, bool gradient) {
  const T most = greatest(logits, n), own = logits[label] - most;
  const T sum = exponentials(logits, most, n);
  if (gradient) {
    scale(logits, T(1) / sum, n);
    logits[label] -= T(1);
  }
  return std::log(sum) - own;
}

void loss_rows(Tensor& logits, const Tensor& labels, Tensor losses, bool gradient) {
  const auto n = logits.size(1);
  AT_DISPATCH_FLOATING_TYPES(logits.scalar_type(), "loss_rows", [&] {
    auto* rows = logits.data_ptr<scalar_t>();
    auto* loss = losses.data_ptr<scalar_t>();
    const auto* label = labels.data_ptr<std::int64_t>();
    at::parallel_for(0, logits.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
      for (auto r = begin; r < end; ++r) loss[r] = loss_row(rows + r * n, label[r], n, gradient);
    });
  });
}

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static Tensor forward(AutogradContext* ctx, const Tensor& hidden, const Tensor& embedding,
                        const Tensor& labels, bool gradient) {
    const auto rows = hidden.size(0);
    auto losses = torch::empty({rows}, hidden.options());
    Tensor d_hidden, d_embedding;
    if (gradient) {
      d_hidden = torch::empty_like(hidden);
      d_embedding = torch::zeros_like(embedding);
    }
    for (std::int64_t begin = 0; begin < rows; begin += kChunk) {
      const auto count = std::min(kChunk, rows - begin);
      const auto part = hidden.narrow(0, begin, count);
      auto logits = torch::mm(part, embedding.t());
      loss_rows(logits, labels.narrow(0, begin, count).contiguous(), losses.narrow(0, begin, count),
                gradient);
      if (!gradient) continue;
      auto d_part = d_hidden.narrow(0, begin, count);
      torch::mm_out(d_part, logits, embedding);
      d_embedding.addmm_(logits.t(), part);
    }
    ctx->saved_data["d_hidden"] = d_hidden;
    ctx->saved_data["d_embedding"] = d_embedding;
    return losses;
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto& row_gradient = grads[0];
    const auto share = row_gradient[0].item<double>();
    TORCH_CHECK(row_gradient.eq(share).all().item<bool>(),
                "fused cross-entropy: rows must share one gradient (take the mean or the sum)");
    // Formed for this one backward: scaling in place saves a copy.
    return {ctx->saved_data["d_hidden"].toTensor().mul_(share),
            ctx->saved_data["d_embedding"].toTensor().mul_(share), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor cross_entropy(const Tensor& hidden, const Tensor& embedding, const Tensor& labels) {
  const bool gradient = torch::GradMode::is_enabled() &&
                        (hidden.requires_grad() || embedding.requires_grad());
  return CrossEntropy::apply(hidden.contiguous(), embedding.contiguous(), labels, gradient);
}

}  // namespace rc::fused
