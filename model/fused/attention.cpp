#include "model/fused/attention.h"

#include <ATen/Parallel.h>

#include <limits>

#include "model/fused/simd.h"

namespace rc::fused {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr std::int64_t kTile = 64;  // queries a tile

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

/// The queries [first, first + count) of one head see the keys [0, first + count), each up to itself.
struct Tile {
  std::int64_t first, count;
  std::int64_t keys() const { return first + count; }
  std::int64_t seen(std::int64_t row) const { return first + row + 1; }
};

template <typename Body>
void for_tiles(std::int64_t tokens, const Body& body) {
  for (std::int64_t first = 0; first < tokens; first += kTile)
    body(Tile{first, std::min(kTile, tokens - first)});
}

/// Raw scores [count, keys] become shares; rows' log-sum-exp goes to `lse`.
template <typename T>
void softmax_tile(T* scores, T* lse, const Tile& tile, T scale) {
  const auto keys = tile.keys();
  for (std::int64_t r = 0; r < tile.count; ++r) {
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
  for (std::int64_t r = 0; r < tile.count; ++r) {
    exponentials(scores + r * keys, scale, lse[r], tile.seen(r));
    std::fill(scores + r * keys + tile.seen(r), scores + (r + 1) * keys, T(0));
  }
}

/// d_shares [count, keys] becomes d_scores, given what came out and its gradient (rows of dv).
template <typename T>
void back_tile(T* d_shares, const T* shares, const T* out, const T* d_out, std::int64_t dv,
               const Tile& tile, T scale) {
  const auto keys = tile.keys();
  for (std::int64_t r = 0; r < tile.count; ++r) {
    const T pull = dot(out + r * dv, d_out + r * dv, dv);
    softmax_back(d_shares + r * keys, shares + r * keys, pull, scale, keys);
  }
}

/// One task a sequence and key head: its group's gradients of keys and values add up without locks.
template <typename Body>
void for_key_heads(const Tensor& k, const Body& body) {
  const auto heads = k.size(1);
  at::parallel_for(0, k.size(0) * heads, 1, [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard no_grad;  // the mode belongs to the thread
    for (auto i = begin; i < end; ++i) body(i / heads, i % heads);
  });
}

struct CausalAttention : torch::autograd::Function<CausalAttention> {
  static Tensor forward(AutogradContext* ctx, const Tensor& q, const Tensor& k, const Tensor& v) {
    const auto tokens = q.size(2), group = q.size(1) / k.size(1);
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
    auto out = torch::empty({q.size(0), q.size(1), tokens, v.size(3)}, q.options());
    auto lse = torch::empty({q.size(0), q.size(1), tokens}, q.options());
    for_key_heads(k, [&](std::int64_t b, std::int64_t g) {
      const auto keys = k[b][g].t(), values = v[b][g];
      for (auto h = g * group; h < (g + 1) * group; ++h) {
        const auto queries = q[b][h];
        auto out_h = out[b][h], lse_h = lse[b][h];
        for_tiles(tokens, [&](const Tile& tile) {
          auto scores = torch::mm(queries.narrow(0, tile.first, tile.count), keys.narrow(1, 0, tile.keys()));
          AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention", [&] {
            softmax_tile(scores.data_ptr<scalar_t>(), lse_h.data_ptr<scalar_t>() + tile.first, tile,
                         static_cast<scalar_t>(scale));
          });
          auto target = out_h.narrow(0, tile.first, tile.count);
          torch::mm_out(target, scores, values.narrow(0, 0, tile.keys()));
        });
      }
    });
    ctx->save_for_backward({q, k, v, out, lse});
    return out;
  }

  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2], &out = saved[3], &lse = saved[4];
    const auto d_out = grads[0].contiguous();
    const auto tokens = q.size(2), group = q.size(1) / k.size(1), dv = v.size(3);
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
    auto dq = torch::empty_like(q), dk = torch::zeros_like(k), d_values = torch::zeros_like(v);
    for_key_heads(k, [&](std::int64_t b, std::int64_t g) {
      const auto keys = k[b][g], values = v[b][g];
      for (auto h = g * group; h < (g + 1) * group; ++h) {
        const auto queries = q[b][h], out_h = out[b][h], d_out_h = d_out[b][h], lse_h = lse[b][h];
        auto dq_h = dq[b][h];
        for_tiles(tokens, [&](const Tile& tile) {
          const auto rows = [&](const Tensor& x) { return x.narrow(0, tile.first, tile.count); };
          const auto past = [&](const Tensor& x) { return x.narrow(0, 0, tile.keys()); };
          auto shares = torch::mm(rows(queries), past(keys).t());
          auto d_scores = torch::mm(rows(d_out_h), past(values).t());
          AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention_back", [&] {
            const auto s = static_cast<scalar_t>(scale);
            auto* p = shares.data_ptr<scalar_t>();
            shares_tile(p, lse_h.data_ptr<scalar_t>() + tile.first, tile, s);
            back_tile(d_scores.data_ptr<scalar_t>(), p, out_h.data_ptr<scalar_t>() + tile.first * dv,
                      d_out_h.data_ptr<scalar_t>() + tile.first * dv, dv, tile, s);
          });
          past(d_values[b][g]).addmm_(shares.t(), rows(d_out_h));
          past(dk[b][g]).addmm_(d_scores.t(), rows(queries));
          auto dq_rows = rows(dq_h);
          torch::mm_out(dq_rows, d_scores, past(keys));
        });
      }
    });
    return {dq, dk, d_values};
  }
};

}  // namespace

Tensor causal_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  return CausalAttention::apply(q.contiguous(), k.contiguous(), v.contiguous());
}

}  // namespace rc::fused
