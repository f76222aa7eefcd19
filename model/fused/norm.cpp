#include "model/fused/norm.h"

#include "model/fused/rows.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// Turns the pairs of a row by the position's angles; `direction` -1 turns back.
template <typename T>
RC_CLONES void rotate_row(T* y, const T* x, const T* cos, const T* sin, T direction,
                          std::int64_t n) {
  for (std::int64_t i = 0; i < n / 2; ++i) {
    const T a = x[2 * i], b = x[2 * i + 1], s = direction * sin[i];
    y[2 * i] = a * cos[i] - b * s;
    y[2 * i + 1] = a * s + b * cos[i];
  }
}

/// Row r of a result [B, H / group, T, group, w], and where it stands in a view x [B, T, H, w].
struct Rows {
  Rows(const Tensor& x, std::int64_t group)
      : tokens(x.size(1)),
        group(group),
        key_heads(x.size(2) / group),
        width(x.size(3)),
        count(x.size(0) * tokens * x.size(2)),
        strides(x.strides().vec()) {}
  std::int64_t token(std::int64_t r) const { return r / group % tokens; }
  std::int64_t offset(std::int64_t r) const {
    const auto head = r / group / tokens % key_heads * group + r % group;
    const auto batch = r / group / tokens / key_heads;
    return batch * strides[0] + token(r) * strides[1] + head * strides[2];
  }
  std::int64_t tokens, group, key_heads, width, count;
  std::vector<std::int64_t> strides;
};

struct NormAndRotate : torch::autograd::Function<NormAndRotate> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x_any, const Tensor& gain,
                        const Tensor& cos, const Tensor& sin, bool normalise, std::int64_t group) {
    const auto x = x_any.stride(-1) == 1 ? x_any : x_any.contiguous();
    const Rows at(x, group);
    const auto w = at.width;
    auto y = torch::empty({x.size(0), at.key_heads, at.tokens, group, w}, x.options());
    auto inverse = torch::ones({at.count}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "norm_and_rotate", [&] {
      const auto *px = x.data_ptr<scalar_t>(), *pg = gain.data_ptr<scalar_t>();
      const auto *pc = cos.data_ptr<scalar_t>(), *ps = sin.data_ptr<scalar_t>();
      auto *py = y.data_ptr<scalar_t>(), *pi = inverse.data_ptr<scalar_t>();
      at::parallel_for(0, at.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::vector<scalar_t> scaled(w);
        for (auto r = begin; r < end; ++r) {
          const auto t = at.token(r);
          const auto* row = px + at.offset(r);
          if (normalise) pi[r] = inverse_rms(row, w);
          scale_row(scaled.data(), row, pg, pi[r], w);
          rotate_row(py + r * w, scaled.data(), pc + t * w / 2, ps + t * w / 2, scalar_t(1), w);
        }
      });
    });
    ctx->save_for_backward({x, gain, inverse, cos, sin});
    ctx->saved_data["normalise"] = normalise;
    ctx->saved_data["group"] = group;
    return y;
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &gain = saved[1], &inverse = saved[2];
    const bool normalise = ctx->saved_data["normalise"].toBool();
    const auto dy = grads[0].contiguous();
    const auto group = ctx->saved_data["group"].toInt();
    auto dx = torch::empty(x.sizes(), x.options());
    const Rows at(x, group), to(dx, group);
    const auto w = at.width;
    Tensor dgain;
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "norm_and_rotate_back", [&] {
      const auto *px = x.data_ptr<scalar_t>(), *pg = gain.data_ptr<scalar_t>();
      const auto *pc = saved[3].data_ptr<scalar_t>(), *ps = saved[4].data_ptr<scalar_t>();
      const auto *pd = dy.data_ptr<scalar_t>(), *pi = inverse.data_ptr<scalar_t>();
      auto* out = dx.data_ptr<scalar_t>();
      dgain = sum_over_slices<scalar_t>(at.count, gain, [&](auto begin, auto end, scalar_t* dg) {
        std::vector<scalar_t> turned(w);
        for (auto r = begin; r < end; ++r) {
          const auto t = at.token(r);
          rotate_row(turned.data(), pd + r * w, pc + t * w / 2, ps + t * w / 2, scalar_t(-1), w);
          scale_row_back(out + to.offset(r), dg, turned.data(), px + at.offset(r), pg, pi[r],
                         normalise, w);
        }
      });
    });
    return {dx, dgain, Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor norm_and_rotate(const Tensor& x, const Tensor& gain, const Rope& rope, bool normalise,
                       long group) {
  const auto type = x.scalar_type();
  return NormAndRotate::apply(x, gain, rope.cos.to(type), rope.sin.to(type), normalise,
                              static_cast<std::int64_t>(group));
}

}  // namespace rc::fused
