#include "model/fused/attention.h"

#include <ATen/Parallel.h>

#include <limits>

#include "model/fused/simd.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr std::int64_t kTile = 64;  // positions a tile

/// x <- e^(scale x - shift); returns the sum.
template <typename T>
RC_CLONES T exponentials(T* x, T scale, T shift, std::int64_t n) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) {
    x[i] = exponential(x[i] * scale - shift);
    sum += x[i];
  }
  return sum;
}

template <typename T>
RC_CLONES T greatest(const T* x, std::int64_t n) {
  T most = x[0];
#pragma omp simd reduction(max : most)
  for (std::int64_t i = 0; i < n; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

template <typename T>
RC_CLONES void multiply(T* x, T factor, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) x[i] *= factor;
}

template <typename T>
RC_CLONES T dot(const T* x, const T* y, std::int64_t n) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

/// ds <- shares * (ds - pull) * scale, the gradient of softmax by its scores.
template <typename T>
RC_CLONES void softmax_back(T* ds, const T* shares, T pull, T scale, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) ds[i] = shares[i] * (ds[i] - pull) * scale;
}

/// The queries of positions [first, first + count) of a group of heads. All see the keys
/// [0, first + count), each row those up to its own position.
struct Tile {
  std::int64_t first, count, group;
  std::int64_t rows() const { return count * group; }
  std::int64_t row0() const { return first * group; }
  std::int64_t keys() const { return first + count; }
  std::int64_t seen(std::int64_t row) const { return first + row / group + 1; }
};

template <typename Body>
void for_tiles(std::int64_t tokens, std::int64_t group, const Body& body) {
  for (std::int64_t first = 0; first < tokens; first += kTile)
    body(Tile{first, std::min(kTile, tokens - first), group});
}

/// Raw scores [rows, keys] become shares; rows' log-sum-exp goes to `lse`.
template <typename T>
void softmax_tile(T* scores, T* lse, const Tile& tile, T scale) {
  const auto keys = tile.keys();
  for (std::int64_t r = 0; r < tile.rows(); ++r) {
    T* row = scores + r * keys;
    const auto seen = tile.seen(r);
    const T most = greatest(row, seen) * scale;
    const T sum = exponentials(row, scale, most, seen);
    multiply(row, T(1) / sum, seen);
    std::fill(row + seen, row + keys, T(0));
    lse[r] = most + std::log(sum);
  }
}

/// The same from a known log-sum-exp.
template <typename T>
void shares_tile(T* scores, const T* lse, const Tile& tile, T scale) {
  const auto keys = tile.keys();
  for (std::int64_t r = 0; r < tile.rows(); ++r) {
    exponentials(scores + r * keys, scale, lse[r], tile.seen(r));
    std::fill(scores + r * keys + tile.seen(r), scores + (r + 1) * keys, T(0));
  }
}

/// d_shares [rows, keys] becomes d_scores, given what came out and its gradient (rows of dv).
template <typename T>
void back_tile(T* d_shares, const T* shares, const T* out, const T* d_out, std::int64_t dv,
               const Tile& tile, T scale) {
  const auto keys = tile.keys();
  for (std::int64_t r = 0; r < tile.rows(); ++r) {
    const T pull = dot(out + r * dv, d_out + r * dv, dv);
    softmax_back(d_shares + r * keys, shares + r * keys, pull, scale, keys);
  }
}

/// One task a sequence and key head: its group's gradients of keys and values add up without locks.
template <typename Body>
void for_key_heads(const Tensor& k, const Body& body) {
  at::parallel_for(0, k.size(0) * k.size(1), 1, [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard no_grad;  // the mode belongs to the thread
    for (auto i = begin; i < end; ++i) body(i);
  });
}

/// [B, Hkv, T, ..., w] as [B * Hkv, rows, w].
Tensor by_key_head(const Tensor& x) { return x.reshape({x.size(0) * x.size(1), -1, x.size(-1)}); }

struct CausalAttention : torch::autograd::Function<CausalAttention> {
  static Tensor forward(AutogradContext* ctx, const Tensor& q, const Tensor& k, const Tensor& v) {
    const auto tokens = q.size(2), group = q.size(3);
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(4)));
    auto out = torch::empty({q.size(0), q.size(1), tokens, group, v.size(3)}, q.options());
    auto lse = torch::empty({q.size(0) * q.size(1), tokens * group}, q.options());
    const auto qs = by_key_head(q), ks = by_key_head(k), vs = by_key_head(v),
               outs = by_key_head(out);
    for_key_heads(k, [&](std::int64_t i) {
      const auto queries = qs[i], keys = ks[i].t(), values = vs[i], result = outs[i], sums = lse[i];
      for_tiles(tokens, group, [&](const Tile& tile) {
        const auto rows = [&](const Tensor& x) { return x.narrow(0, tile.row0(), tile.rows()); };
        auto scores = torch::mm(rows(queries), keys.narrow(1, 0, tile.keys()));
        AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention", [&] {
          softmax_tile(scores.data_ptr<scalar_t>(), rows(sums).template data_ptr<scalar_t>(), tile,
                       static_cast<scalar_t>(scale));
        });
        auto target = rows(result);
        torch::mm_out(target, scores, values.narrow(0, 0, tile.keys()));
      });
    });
    ctx->save_for_backward({q, k, v, out, lse});
    return out;
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2];
    const auto tokens = q.size(2), group = q.size(3), dv = v.size(3);
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(4)));
    auto dq = torch::empty_like(q), dk = torch::zeros_like(k), d_values = torch::zeros_like(v);
    const auto qs = by_key_head(q), ks = by_key_head(k), vs = by_key_head(v);
    const auto outs = by_key_head(saved[3]), d_outs = by_key_head(grads[0].contiguous());
    const auto dqs = by_key_head(dq), dks = by_key_head(dk), dvs = by_key_head(d_values);
    for_key_heads(k, [&](std::int64_t i) {
      const auto queries = qs[i], keys = ks[i], values = vs[i], out = outs[i], d_out = d_outs[i];
      const auto sums = saved[4][i], d_queries = dqs[i], d_keys = dks[i], d_vals = dvs[i];
      for_tiles(tokens, group, [&](const Tile& tile) {
        const auto rows = [&](const Tensor& x) { return x.narrow(0, tile.row0(), tile.rows()); };
        const auto past = [&](const Tensor& x) { return x.narrow(0, 0, tile.keys()); };
        auto shares = torch::mm(rows(queries), past(keys).t());
        auto d_scores = torch::mm(rows(d_out), past(values).t());
        AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention_back", [&] {
          const auto s = static_cast<scalar_t>(scale);
          auto* p = shares.data_ptr<scalar_t>();
          shares_tile(p, rows(sums).template data_ptr<scalar_t>(), tile, s);
          back_tile(d_scores.data_ptr<scalar_t>(), p, rows(out).template data_ptr<scalar_t>(),
                    rows(d_out).template data_ptr<scalar_t>(), dv, tile, s);
        });
        past(d_vals).addmm_(shares.t(), rows(d_out));
        past(d_keys).addmm_(d_scores.t(), rows(queries));
        auto d_rows = rows(d_queries);
        torch::mm_out(d_rows, d_scores, past(keys));
      });
    });
    return {dq, dk, d_values};
  }
};

}  // namespace

Tensor causal_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  return CausalAttention::apply(q.contiguous(), k.contiguous(), v.contiguous());
}

}  // namespace rc::fused
