// Attention over a whole prompt on the tensor cores (after FlashAttention-2, Dao 2023,
// arXiv:2307.08691): a block takes 64 queries of a head, each of its four warps 16 of them, and
// goes over the keys in tiles of 64 with a running softmax. Scores never leave the registers.
#pragma once

#include "kernels/attention/gpu.cuh"

namespace rc::kernels::cuda {

inline constexpr int kRows = 64;      // queries a block
inline constexpr int kTileKeys = 64;  // keys a tile
inline constexpr int kWarps = kRows / 16;
inline constexpr int kPad = 8;  // bfloat16 behind each row: rows start in other banks

/// Shared memory of a block, for key and value widths padded to KW and VW.
template <int KW, int VW>
struct PrefillTiles {
  __nv_bfloat16 q[kRows][KW + kPad];
  __nv_bfloat16 k[kTileKeys][KW + kPad];
  __nv_bfloat16 v[kTileKeys][VW + kPad];
};

static_assert(kRows == kTileKeys, "load_tile serves queries, keys and values");

/// Rows [first, first + 64) of a head into a tile; what lies outside of `tokens` or `width` is 0.
template <int W>
__device__ void load_tile(__nv_bfloat16 (*tile)[W + kPad], const __nv_bfloat16* head,
                          std::int64_t token_stride, std::int64_t first, std::int64_t tokens,
                          int width) {
  for (int i = threadIdx.x; i < kRows * (W / 2); i += kWarps * 32) {
    const int row = i / (W / 2), column = i % (W / 2) * 2;
    std::uint32_t pair = 0;
    if (first + row < tokens && column < width)
      pair = *reinterpret_cast<const std::uint32_t*>(head + (first + row) * token_stride + column);
    *reinterpret_cast<std::uint32_t*>(&tile[row][column]) = pair;
  }
}

/// Running softmax of the two rows g and g + 8 that a thread has a part of.
struct Running {
  float most[2] = {-INFINITY, -INFINITY};  // of the scaled scores, base 2
  float sum[2] = {0, 0};                   // this thread's columns only
};

/// Scores of a tile become weights 2^(score - most); returns by what the earlier sums shrink.
__device__ inline void soften(float (&scores)[kTileKeys / 8][4], Running& running,
                              float (&shrink)[2]) {
  for (int r = 0; r < 2; ++r) {
    float most = running.most[r];
    for (int j = 0; j < kTileKeys / 8; ++j)
      most = fmaxf(most, fmaxf(scores[j][2 * r], scores[j][2 * r + 1]));
    most = fmaxf(most, __shfl_xor_sync(kFullWarp, most, 1));
    most = fmaxf(most, __shfl_xor_sync(kFullWarp, most, 2));
    shrink[r] = exp2f(running.most[r] - most);
    running.most[r] = most;
    running.sum[r] *= shrink[r];
    for (int j = 0; j < kTileKeys / 8; ++j)
      for (int c = 2 * r; c < 2 * r + 2; ++c) {
        scores[j][c] = exp2f(scores[j][c] - most);
        running.sum[r] += scores[j][c];
      }
  }
}

template <int KW>
__device__ void score_tile(float (&scores)[kTileKeys / 8][4], const std::uint32_t (&q)[KW / 16][4],
                           const __nv_bfloat16 (*k)[KW + kPad], int g, int c) {
  for (int j = 0; j < kTileKeys / 8; ++j) {
    for (float& s : scores[j]) s = 0;
    for (int step = 0; step < KW / 16; ++step) {
      const __nv_bfloat16* row = &k[j * 8 + g][step * 16 + 2 * c];
      multiply_add(scores[j], q[step], *reinterpret_cast<const std::uint32_t*>(row),
                   *reinterpret_cast<const std::uint32_t*>(row + 8));
    }
  }
}

template <int VW>
__device__ void add_values(float (&sums)[VW / 8][4], const float (&weights)[kTileKeys / 8][4],
                           const __nv_bfloat16 (*v)[VW + kPad], int lane) {
  for (int step = 0; step < kTileKeys / 16; ++step) {
    const auto &left = weights[2 * step], &right = weights[2 * step + 1];
    const std::uint32_t a[4] = {packed(left[0], left[1]), packed(left[2], left[3]),
                                packed(right[0], right[1]), packed(right[2], right[3])};
    for (int n = 0; n < VW / 8; ++n) {
      std::uint32_t b0, b1;
      load_transposed(b0, b1, &v[step * 16 + lane % 16][n * 8]);
      multiply_add(sums[n], a, b0, b1);
    }
  }
}

/// Grid: (blocks of queries, query heads, sequences); 128 threads.
template <int KW, int VW>
__global__ void __launch_bounds__(kWarps * 32)
    prefill_bf16(Shape s, View qs, View ks, View vs, bool causal, float* out) {
  auto& tiles = *reinterpret_cast<PrefillTiles<KW, VW>*>(block_memory());
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, c = lane % 4;
  // The longest rows first: blocks start in order, and short ones fill what is left at the end.
  const std::int64_t first = std::int64_t{gridDim.x - 1 - blockIdx.x} * kRows;
  const std::int64_t head = blockIdx.y, sequence = blockIdx.z;
  const std::int64_t kv_head = head / (s.heads / s.kv_heads);
  const int key_width = static_cast<int>(s.key_width), value_width = static_cast<int>(s.value_width);
  const auto* q_head = head_of<__nv_bfloat16>(qs, sequence, head);
  const auto* k_head = head_of<__nv_bfloat16>(ks, sequence, kv_head);
  const auto* v_head = head_of<__nv_bfloat16>(vs, sequence, kv_head);

  load_tile<KW>(tiles.q, q_head, qs.token_stride, first, s.context, key_width);
  __syncthreads();
  std::uint32_t q[KW / 16][4];
  for (int step = 0; step < KW / 16; ++step)
    for (int r = 0; r < 4; ++r)
      q[step][r] = *reinterpret_cast<const std::uint32_t*>(
          &tiles.q[warp * 16 + g + r % 2 * 8][step * 16 + 2 * c + r / 2 * 8]);

  const std::int64_t row[2] = {first + warp * 16 + g, first + warp * 16 + g + 8};
  const float scale = s.scale * kLog2e;
  const std::int64_t end = causal ? min(s.context, first + kRows) : s.context;
  Running running;
  float sums[VW / 8][4] = {};
  for (std::int64_t tile = 0; tile < end; tile += kTileKeys) {
    __syncthreads();  // all are done with the tile before
    load_tile<KW>(tiles.k, k_head, ks.token_stride, tile, s.context, key_width);
    load_tile<VW>(tiles.v, v_head, vs.token_stride, tile, s.context, value_width);
    __syncthreads();
    float scores[kTileKeys / 8][4];
    score_tile<KW>(scores, q, tiles.k, g, c);
    const bool edge = tile + kTileKeys > s.context || (causal && tile + kTileKeys > first);
    for (int j = 0; j < kTileKeys / 8; ++j)
      for (int i = 0; i < 4; ++i) {
        const std::int64_t key = tile + j * 8 + 2 * c + i % 2;
        const bool seen = !edge || (key < s.context && (!causal || key <= row[i / 2]));
        scores[j][i] = seen ? scores[j][i] * scale : -INFINITY;
      }
    float shrink[2];
    soften(scores, running, shrink);
    for (auto& sum : sums)
      for (int i = 0; i < 4; ++i) sum[i] *= shrink[i / 2];
    add_values<VW>(sums, scores, tiles.v, lane);
  }

  for (int r = 0; r < 2; ++r) {
    float total = running.sum[r] + __shfl_xor_sync(kFullWarp, running.sum[r], 1);
    total += __shfl_xor_sync(kFullWarp, total, 2);
    if (row[r] >= s.context) continue;
    float* target = out + ((sequence * s.heads + head) * s.context + row[r]) * s.value_width;
    for (int n = 0; n < VW / 8; ++n)
      for (int i = 0; i < 2; ++i)
        if (const int column = n * 8 + 2 * c + i; column < s.value_width)
          target[column] = sums[n][2 * r + i] / total;
  }
}

}  // namespace rc::kernels::cuda
