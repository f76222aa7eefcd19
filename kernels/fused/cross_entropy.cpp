#include "kernels/fused/cross_entropy.h"

#include "kernels/autograd.h"
#include "kernels/fused/blocks.h"
#include "kernels/fused/matrix_view.h"
#include "kernels/fused/simd.h"

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

/// Fills losses [N]. Where d_hidden [N, d] is defined it too, and adds to d_embedding [V, d].
template <typename T>
void loss_rows(const Tensor& hidden, const Tensor& embedding, const Tensor& labels, Factors factors,
               Tensor& losses, Tensor& d_hidden, Tensor& d_embedding) {
  const bool gradient = d_hidden.defined();
  const auto rows = hidden.size(0), pieces = embedding.size(0);
  const auto chunk = [&](std::int64_t begin, std::int64_t count) {
    const auto part = hidden.narrow(0, begin, count);
    const auto logits = spaced(count, pieces, hidden.options());
    const auto rows_of_logits = result<T>(logits);
    multiply(factors, matrix<T>(part), matrix<T>(embedding.t()), rows_of_logits, false);
    for (std::int64_t r = 0; r < count; ++r)
      losses.data_ptr<T>()[begin + r] =
          loss_row(rows_of_logits.data + r * rows_of_logits.down,
                   labels.data_ptr<std::int64_t>()[begin + r], pieces, gradient);
    if (!gradient) return;
    auto d_part = d_hidden.narrow(0, begin, count);
    multiply(factors, matrix<T>(logits), matrix<T>(embedding), result<T>(d_part), false);
    multiply(factors, matrix<T>(logits.t()), matrix<T>(part), result<T>(d_embedding), true);
  };
  for_blocks(rows, gradient ? 1 : free_threads(), kChunk, chunk);
}

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static Tensor forward(AutogradContext* ctx, const Tensor& hidden, const Tensor& embedding,
                        const Tensor& labels, bool gradient, Factors factors) {
    const auto rows = hidden.size(0);
    auto losses = torch::empty({rows}, hidden.options());
    Tensor d_hidden, d_embedding;
    if (gradient) {
      d_hidden = torch::empty_like(hidden);
      d_embedding = torch::zeros_like(embedding);
    }
    AT_DISPATCH_FLOATING_TYPES(hidden.scalar_type(), "cross_entropy", [&] {
      loss_rows<scalar_t>(hidden, embedding, labels, factors, losses, d_hidden, d_embedding);
    });
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
            ctx->saved_data["d_embedding"].toTensor().mul_(share), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor cross_entropy(const Tensor& hidden, const Tensor& embedding, const Tensor& labels,
                     Factors factors) {
  const bool gradient =
      torch::GradMode::is_enabled() && (hidden.requires_grad() || embedding.requires_grad());
  return CrossEntropy::apply(hidden.contiguous(), embedding.contiguous(), labels.contiguous(),
                             gradient, factors);
}

}  // namespace rc::fused
