#include "kernels/fused/attention_block.h"

#include "kernels/autograd.h"
#include "kernels/fused/causal_attention.h"
#include "kernels/fused/qk_norm_rope.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// Views of the projections: q [B, T, heads, d_k], k [B, T, kv_heads, d_k], v [B, kv_heads, T,
/// d_v].
struct Projections {
  Projections(const Tensor& qkv, const HeadShape& s)
      : q(part(qkv, 0, s.heads, s.d_k)),
        k(part(qkv, s.heads * s.d_k, s.kv_heads, s.d_k)),
        v(part(qkv, (s.heads + s.kv_heads) * s.d_k, s.kv_heads, s.d_v).transpose(1, 2)) {}
  static Tensor part(const Tensor& qkv, long first, long heads, long width) {
    return qkv.narrow(2, first, heads * width).unflatten(2, {heads, width});
  }
  Tensor q, k, v;
};

struct AttentionBlock : torch::autograd::Function<AttentionBlock> {
  static Tensor forward(AutogradContext* ctx, const Tensor& qkv, const Tensor& gain_q,
                        const Tensor& gain_k, const Rope& rope, const HeadShape& s) {
    const Projections p(qkv, s);
    const auto q = qk_norm_rope(p.q, gain_q, rope, s.normalise, s.heads / s.kv_heads);
    const auto k = qk_norm_rope(p.k, gain_k, rope, s.normalise, 1);
    const auto attended = causal_attention(q.rows, k.rows.squeeze(3), p.v);
    ctx->save_for_backward({qkv, gain_q, gain_k, rope.cos, rope.sin, q.rows, q.inverse, k.rows,
                            k.inverse, attended.out, attended.lse});
    ctx->saved_data["shape"] =
        std::vector<std::int64_t>{s.heads, s.kv_heads, s.d_k, s.d_v, s.normalise};
    return attended.out.transpose(1, 2).flatten(2);  // [B, T, kv_heads, group, d_v]
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &qkv = saved[0], &q = saved[5], &k = saved[7], &out = saved[9];
    const Rope rope = {saved[3], saved[4]};
    const auto n = ctx->saved_data["shape"].toIntVector();
    const HeadShape s = {n[0], n[1], n[2], n[3], n[4] != 0};
    const auto d_qkv = torch::empty_like(qkv);
    const Projections p(qkv, s), d(d_qkv, s);
    const auto d_out = grads[0]
                           .unflatten(2, {s.kv_heads, s.heads / s.kv_heads, s.d_v})
                           .transpose(1, 2)
                           .contiguous();
    const auto back = causal_attention_back(d_out, q, k.squeeze(3), p.v, {out, saved[10]}, d.v);
    const auto d_gain_q =
        qk_norm_rope_back(back.q, p.q, saved[1], saved[6], rope, s.normalise, d.q);
    const auto d_gain_k =
        qk_norm_rope_back(back.k.unsqueeze(3), p.k, saved[2], saved[8], rope, s.normalise, d.k);
    return {d_qkv, d_gain_q, d_gain_k, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor attention_block(const Tensor& qkv, const Tensor& gain_q, const Tensor& gain_k,
                       const Rope& rope, const HeadShape& shape) {
  return AttentionBlock::apply(qkv.contiguous(), gain_q, gain_k, rope, shape);
}

}  // namespace rc::fused
