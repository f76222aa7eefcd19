#include "kernels/fused/rms_norm.h"

#include "kernels/autograd.h"
#include "kernels/fused/rows.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// y = rms_norm(a), or rms_norm(x) for x = a + b where b is not null, and the rows' 1 / rms; all
/// [rows, n] but gain [n]. Without b nothing is written to x, which may be null.
template <typename T>
void norm_rows(T* y, T* inverse, T* x, const T* a, const T* b, const T* gain, std::int64_t rows,
               std::int64_t n) {
  at::parallel_for(0, rows, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) {
      if (b) add_rows(x + r * n, a + r * n, b + r * n, n);
      const T* row = (b ? x : a) + r * n;
      inverse[r] = inverse_rms(row, n);
      scale_row(y + r * n, row, gain, inverse[r], n);
    }
  });
}

/// Gradients by x and gain; `straight`, where defined, is the gradient that reaches x past the
/// norm.
tensor_list norm_back(const Tensor& dy, const Tensor& straight, const tensor_list& saved) {
  const auto &x = saved[0], &gain = saved[1], &inverse = saved[2];
  const auto n = x.size(-1), rows = x.numel() / n;
  auto dx = torch::empty_like(x);
  Tensor dgain;
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rms_norm_back", [&] {
    const auto *px = x.data_ptr<scalar_t>(), *pg = gain.data_ptr<scalar_t>();
    const auto *pd = dy.data_ptr<scalar_t>(), *pi = inverse.data_ptr<scalar_t>();
    const auto* past = straight.defined() ? straight.data_ptr<scalar_t>() : nullptr;
    auto* out = dx.data_ptr<scalar_t>();
    dgain = sum_over_slices<scalar_t>(rows, gain, [&](auto begin, auto end, scalar_t* dg) {
      for (auto r = begin; r < end; ++r) {
        scale_row_back(out + r * n, dg, pd + r * n, px + r * n, pg, pi[r], true, n);
        if (past) add_rows(out + r * n, out + r * n, past + r * n, n);
      }
    });
  });
  return {dx, dgain};
}

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x_any, const Tensor& gain) {
    const auto x = x_any.contiguous();
    const auto n = x.size(-1), rows = x.numel() / n;
    auto y = torch::empty_like(x);
    auto inverse = torch::empty({rows}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rms_norm", [&] {
      norm_rows<scalar_t>(y.data_ptr<scalar_t>(), inverse.data_ptr<scalar_t>(), nullptr,
                          x.data_ptr<scalar_t>(), nullptr, gain.data_ptr<scalar_t>(), rows, n);
    });
    ctx->save_for_backward({x, gain, inverse});
    return y;
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    return norm_back(grads[0].contiguous(), Tensor(), ctx->get_saved_variables());
  }
};

struct AddAndNorm : torch::autograd::Function<AddAndNorm> {
  static tensor_list forward(AutogradContext* ctx, const Tensor& x_any, const Tensor& delta_any,
                             const Tensor& gain) {
    const auto x = x_any.contiguous(), delta = delta_any.contiguous();
    const auto n = x.size(-1), rows = x.numel() / n;
    auto sum = torch::empty_like(x), y = torch::empty_like(x);
    auto inverse = torch::empty({rows}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "add_and_norm", [&] {
      norm_rows(y.data_ptr<scalar_t>(), inverse.data_ptr<scalar_t>(), sum.data_ptr<scalar_t>(),
                x.data_ptr<scalar_t>(), delta.data_ptr<scalar_t>(), gain.data_ptr<scalar_t>(), rows,
                n);
    });
    ctx->save_for_backward({sum, gain, inverse});
    ctx->set_materialize_grads(false);  // nothing goes past the last norm
    return {sum, y};
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    if (!grads[1].defined()) return {grads[0], grads[0], Tensor()};
    const auto straight = grads[0].defined() ? grads[0].contiguous() : Tensor();
    const auto back = norm_back(grads[1].contiguous(), straight, ctx->get_saved_variables());
    return {back[0], back[0], back[1]};
  }
};

}  // namespace

Tensor rms_norm(const Tensor& x, const Tensor& gain) { return RmsNorm::apply(x, gain); }

AddedAndNormed add_and_norm(const Tensor& x, const Tensor& delta, const Tensor& gain) {
  const auto both = AddAndNorm::apply(x, delta, gain);
  return {both[0], both[1]};
}

}  // namespace rc::fused
