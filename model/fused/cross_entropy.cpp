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

/// Logits [n, V] become gradients, `losses` [n] is filled.
void loss_rows(Tensor& logits, const Tensor& labels, Tensor losses, bool gradient) {
  const auto n = logits.size(1);
  AT_DISPATCH_FLOATING_TYPES(logits.scalar_type(), "loss_rows", [&] {
    auto* rows = logits.data_ptr<scalar_t>();
    auto* loss = losses.data_ptr<scalar_t>();
    const auto* label = labels.data_ptr<std::int64_t>();
    for (std::int64_t r = 0; r < logits.size(0); ++r)
      loss[r] = loss_row(rows + r * n, label[r], n, gradient);
  });
}

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static Tensor forward(AutogradContext* ctx, const Tensor& hidden, const Tensor& embedding,
                        const Tensor& labels, bool gradient) {
    const auto rows = hidden.size(0);
    const std::int64_t slices = at::in_parallel_region() ? 1 : at::get_num_threads();
    auto losses = torch::empty({rows}, hidden.options());
    Tensor d_hidden, parts;  // a slice of rows adds to a gradient of the embedding of its own
    if (gradient) {
      d_hidden = torch::empty_like(hidden);
      parts = torch::zeros({slices, embedding.size(0), embedding.size(1)}, embedding.options());
    }
    const auto chunk = [&](std::int64_t slice, std::int64_t begin, std::int64_t count) {
      const auto part = hidden.narrow(0, begin, count);
      auto logits = torch::mm(part, embedding.t());
      loss_rows(logits, labels.narrow(0, begin, count), losses.narrow(0, begin, count), gradient);
      if (!gradient) return;
      auto d_part = d_hidden.narrow(0, begin, count);
      torch::mm_out(d_part, logits, embedding);
      parts[slice].addmm_(logits.t(), part);
    };
    at::parallel_for(0, slices, 1, [&](std::int64_t first, std::int64_t last) {
      const torch::NoGradGuard no_grad;  // the mode belongs to the thread
      for (auto slice = first; slice < last; ++slice) {
        const auto end = rows * (slice + 1) / slices;
        for (auto begin = rows * slice / slices; begin < end; begin += kChunk)
          chunk(slice, begin, std::min(kChunk, end - begin));
      }
    });
    ctx->saved_data["d_hidden"] = d_hidden;
    ctx->saved_data["d_embedding"] = gradient ? parts.sum(0) : Tensor();
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
  const bool gradient =
      torch::GradMode::is_enabled() && (hidden.requires_grad() || embedding.requires_grad());
  return CrossEntropy::apply(hidden.contiguous(), embedding.contiguous(), labels.contiguous(),
                             gradient);
}

}  // namespace rc::fused
