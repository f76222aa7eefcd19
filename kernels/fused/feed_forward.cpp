#include "kernels/fused/feed_forward.h"

#include "kernels/autograd.h"
#include "kernels/fused/blocks.h"
#include "kernels/fused/matrix_view.h"
#include "kernels/fused/simd.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr std::int64_t kBlock = 512;  // rows whose wide activations are held at once

/// positive <- relu(positive), squares <- its square. The two may be one.
template <typename T>
RC_CLONES void relu_and_square(T* positive, T* squares, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const T x = positive[i] > 0 ? positive[i] : T(0);
    positive[i] = x;
    squares[i] = x * x;
  }
}

/// The gradient by the squares becomes that by what went into the ReLU.
template <typename T>
RC_CLONES void square_and_back(T* squares, T* gradient, const T* positive, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    squares[i] = positive[i] * positive[i];
    gradient[i] *= 2 * positive[i];
  }
}

/// Fills positive [N, f] and y [N, d].
template <typename T>
void forward_rows(const Tensor& x, const Tensor& up, const Tensor& down, Factors factors,
                  Tensor& positive, Tensor& y) {
  const auto block = [&](std::int64_t begin, std::int64_t count) {
    auto wide = positive.narrow(0, begin, count), out = y.narrow(0, begin, count);
    auto squares = torch::empty_like(wide);
    multiply(factors, matrix<T>(x.narrow(0, begin, count)), matrix<T>(up.t()), result<T>(wide),
             false);
    relu_and_square(wide.data_ptr<T>(), squares.data_ptr<T>(), wide.numel());
    multiply(factors, matrix<T>(squares), matrix<T>(down.t()), result<T>(out), false);
  };
  for_blocks(x.size(0), free_threads(), kBlock, block);
}

/// Fills d_x [N, d]; adds the gradients of up and of the transposed down to d_weights [2, f, d]:
/// with the wide factor on the left there is less to pack.
template <typename T>
void backward_rows(const Tensor& dy, const tensor_list& saved, Factors factors, Tensor& d_x,
                   Tensor& d_weights) {
  const auto &x = saved[0], &up = saved[1], &down = saved[2], &positive = saved[3];
  auto d_up = d_weights[0], d_down = d_weights[1];
  const auto block = [&](std::int64_t begin, std::int64_t count) {
    const auto rows = [&](const Tensor& all) { return all.narrow(0, begin, count); };
    const auto d_wide = spaced(count, up.size(0), x.options()),
               squares = spaced(count, up.size(0), x.options());
    multiply(factors, matrix<T>(rows(dy)), matrix<T>(down), result<T>(d_wide), false);
    const auto gradients = result<T>(d_wide), wide = result<T>(squares);
    for (std::int64_t r = 0; r < count; ++r)
      square_and_back(wide.data + r * wide.down, gradients.data + r * gradients.down,
                      positive.template data_ptr<T>() + (begin + r) * wide.columns, wide.columns);
    auto d_rows = rows(d_x);
    multiply(factors, matrix<T>(d_wide), matrix<T>(up), result<T>(d_rows), false);
    multiply(factors, matrix<T>(d_wide.t()), matrix<T>(rows(x)), result<T>(d_up), true);
    multiply(factors, matrix<T>(squares.t()), matrix<T>(rows(dy)), result<T>(d_down), true);
  };
  for_blocks(x.size(0), 1, kBlock, block);
}

struct FeedForward : torch::autograd::Function<FeedForward> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& up, const Tensor& down,
                        Factors factors) {
    auto positive = torch::empty({x.size(0), up.size(0)}, x.options());
    auto y = torch::empty({x.size(0), down.size(0)}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "feed_forward",
                               [&] { forward_rows<scalar_t>(x, up, down, factors, positive, y); });
    ctx->save_for_backward({x, up, down, positive});
    ctx->saved_data["factors"] = static_cast<std::int64_t>(factors);
    return y;
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &up = saved[1];
    const auto factors = static_cast<Factors>(ctx->saved_data["factors"].toInt());
    auto d_x = torch::empty_like(x);
    auto d_weights = torch::zeros({2, up.size(0), up.size(1)}, up.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "feed_forward_back", [&] {
      backward_rows<scalar_t>(grads[0].contiguous(), saved, factors, d_x, d_weights);
    });
    return {d_x, d_weights[0], d_weights[1].t(), Tensor()};
  }
};

}  // namespace

Tensor feed_forward(const Tensor& x, const Tensor& up, const Tensor& down, Factors factors) {
  return FeedForward::apply(x.reshape({-1, x.size(-1)}).contiguous(), up, down, factors)
      .reshape(x.sizes());
}

void square_positive_(Tensor& x) {
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "square_positive", [&] {
    auto* values = x.data_ptr<scalar_t>();
    relu_and_square(values, values, x.numel());
  });
}

}  // namespace rc::fused
