#include "kernels/fused/linear.h"

#include "kernels/autograd.h"
#include "kernels/fused/matrix_view.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// Calls `body(begin, count)` for stretches of [0, rows), one a thread.
template <typename Body>
void for_stretches(std::int64_t rows, const Body& body) {
  constexpr std::int64_t kLeast = 32;
  at::parallel_for(0, rows, kLeast, [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard no_grad;  // the mode belongs to the thread
    body(begin, end - begin);
  });
}

/// a b for a [n, k], b [k, m], by rows of a.
Tensor product(const Tensor& a, const Tensor& b, Factors factors) {
  auto product = torch::empty({a.size(0), b.size(1)}, a.options());
  AT_DISPATCH_FLOATING_TYPES(a.scalar_type(), "product", [&] {
    for_stretches(a.size(0), [&](std::int64_t begin, std::int64_t count) {
      auto rows = product.narrow(0, begin, count);
      multiply(factors, matrix<scalar_t>(a.narrow(0, begin, count)), matrix<scalar_t>(b),
               result<scalar_t>(rows), false);
    });
  });
  return product;
}

struct Linear : torch::autograd::Function<Linear> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& weight,
                        Factors factors) {
    ctx->save_for_backward({x, weight});
    ctx->saved_data["factors"] = static_cast<std::int64_t>(factors);
    return product(x, weight.t(), factors);
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto dy = grads[0].contiguous();
    const auto factors = static_cast<Factors>(ctx->saved_data["factors"].toInt());
    return {product(dy, weight, factors), product(dy.t(), x, factors), Tensor()};
  }
};

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, Factors factors) {
  auto shape = x.sizes().vec();
  shape.back() = weight.size(0);
  return Linear::apply(x.reshape({-1, x.size(-1)}), weight, factors).reshape(shape);
}

}  // namespace rc::fused
