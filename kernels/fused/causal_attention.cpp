#include "kernels/fused/causal_attention.h"

#include <hwy/aligned_allocator.h>

#include <limits>

#include "kernels/fused/matrix_view.h"
#include "kernels/fused/simd.h"

namespace rc::fused {

using torch::Tensor;

namespace {

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

  template <typename T>
  MatrixView<T> own(const MatrixView<T>& queries) const {
    return queries.middle(row0(), rows());
  }
  template <typename T>
  MatrixView<T> past(const MatrixView<T>& keys_or_values) const {
    return keys_or_values.middle(0, keys());
  }
  template <typename T>
  MatrixView<T> scores(T* memory) const {
    return {memory, rows(), keys(), keys(), 1};
  }
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

/// What one key head's products read: q [rows, w], k [T, w], v [T, dv].
template <typename T>
struct Head {
  Head(const Tensor& qs, const Tensor& ks, const Tensor& vs, std::int64_t shared_by, std::int64_t i)
      : q(matrix<T>(qs, i)),
        k(matrix<T>(ks, i)),
        v(matrix<T>(vs, i)),
        group(shared_by),
        scale(static_cast<T>(1.0 / std::sqrt(static_cast<double>(q.columns)))) {}
  /// For the scores of any tile.
  auto memory() const {
    return hwy::AllocateAligned<T>(static_cast<std::size_t>(kTile * group * k.rows));
  }
  MatrixView<const T> q, k, v;
  std::int64_t group;
  T scale;
};

/// Fills out [rows, dv] and lse [rows].
template <typename T>
void head_forward(const Head<T>& h, const MatrixView<T>& out, T* lse) {
  const auto memory = h.memory();
  for_tiles(h.k.rows, h.group, [&](const Tile& tile) {
    const auto scores = tile.scores(memory.get());
    multiply(tile.own(h.q), tile.past(h.k).turned(), scores, false);
    softmax_tile(scores.data, lse + tile.row0(), tile, h.scale);
    multiply(scores.read(), tile.past(h.v), tile.own(out), false);
  });
}

/// What the gradients of a head are made of, and where they go; d_k and d_v are added to.
template <typename T>
struct HeadGradients {
  MatrixView<const T> out, d_out;
  const T* lse;
  MatrixView<T> d_q, d_k, d_v;
};

template <typename T>
void head_backward(const Head<T>& h, const HeadGradients<T>& g) {
  const auto memory = h.memory(), more_memory = h.memory();
  for_tiles(h.k.rows, h.group, [&](const Tile& tile) {
    const auto shares = tile.scores(memory.get()), d_scores = tile.scores(more_memory.get());
    const auto q = tile.own(h.q), out = tile.own(g.out), d_out = tile.own(g.d_out);
    multiply(q, tile.past(h.k).turned(), shares, false);
    multiply(d_out, tile.past(h.v).turned(), d_scores, false);
    shares_tile(shares.data, g.lse + tile.row0(), tile, h.scale);
    back_tile(d_scores.data, shares.data, out.data, d_out.data, h.v.columns, tile, h.scale);
    multiply(shares.turned().read(), d_out, tile.past(g.d_v), true);
    multiply(d_scores.turned().read(), q, tile.past(g.d_k), true);
    multiply(d_scores.read(), tile.past(h.k), tile.own(g.d_q), false);
  });
}

}  // namespace

Attended causal_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  const auto group = q.size(3);
  auto out = torch::empty({q.size(0), q.size(1), q.size(2), group, v.size(3)}, q.options());
  auto lse = torch::empty({q.size(0) * q.size(1), q.size(2) * group}, q.options());
  const auto qs = q.flatten(2, 3), outs = out.flatten(2, 3);
  AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention", [&] {
    for_key_heads(k, [&](std::int64_t i) {
      head_forward(Head<scalar_t>(qs, k, v, group, i), result<scalar_t>(outs, i),
                   lse.data_ptr<scalar_t>() + i * lse.size(1));
    });
  });
  return {out, lse};
}

AttentionGradients causal_attention_back(const Tensor& d_out, const Tensor& q, const Tensor& k,
                                         const Tensor& v, const Attended& attended, Tensor d_v) {
  const auto dq = torch::empty_like(q), dk = torch::zeros_like(k);
  d_v.zero_();
  const auto qs = q.flatten(2, 3), dqs = dq.flatten(2, 3), outs = attended.out.flatten(2, 3),
             d_outs = d_out.flatten(2, 3);
  AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention_back", [&] {
    using T = scalar_t;
    for_key_heads(k, [&](std::int64_t i) {
      head_backward(Head<T>(qs, k, v, q.size(3), i),
                    {matrix<T>(outs, i), matrix<T>(d_outs, i),
                     attended.lse.data_ptr<T>() + i * attended.lse.size(1), result<T>(dqs, i),
                     result<T>(dk, i), result<T>(d_v, i)});
    });
  });
  return {dq, dk};
}

}  // namespace rc::fused
