// Attention of single queries, bound by reading keys and values: every pair of coordinates is read
// once for up to four heads of a group, and the cache of a sequence is split among blocks (split-K,
// after Flash-Decoding). A warp takes 32 keys at a time: eight lanes a key for the products, one
// lane a key for the softmax, all lanes a value for the sums.
#pragma once

#include "kernels/attention/gpu.cuh"

namespace rc::kernels::cuda {

inline constexpr int kDecodeWarps = 4;
inline constexpr int kLanesAKey = 8;

/// Running softmax of a warp over the keys it saw: what HEADS heads have summed up.
template <int HEADS, int VPAIRS>
struct Partial {
  float most[HEADS];             // of the scaled scores, base 2
  float sum[HEADS];              // of this lane's keys
  float2 values[HEADS][VPAIRS];  // pairs lane, lane + 32 of the values
};

template <int HEADS, int VPAIRS>
__device__ void clear(Partial<HEADS, VPAIRS>& partial) {
  for (int h = 0; h < HEADS; ++h) {
    partial.most[h] = -INFINITY;
    partial.sum[h] = 0;
    for (auto& pair : partial.values[h]) pair = make_float2(0, 0);
  }
}

/// A query's pairs lane % 8, lane % 8 + 8, ...; 0 behind `width`.
template <int PAIRS, typename T>
__device__ void load_query(float2 (&q)[PAIRS], const T* head, int width, int lane) {
  for (int p = 0; p < PAIRS; ++p) {
    const int column = 2 * (lane % kLanesAKey + kLanesAKey * p);
    q[p] = column < width ? pair_at(head + column) : make_float2(0, 0);
  }
}

/// scores[h] of key `tile` + lane; -inf behind `end`.
template <int PAIRS, int HEADS, typename T>
__device__ void score_keys(float (&scores)[HEADS], const float2 (&q)[HEADS][PAIRS], const T* keys,
                           std::int64_t stride, std::int64_t tile, std::int64_t end, int width,
                           int lane) {
  for (int turn = 0; turn < kLanesAKey; ++turn) {
    const std::int64_t key = tile + lane / kLanesAKey * kLanesAKey + turn;
    float dot[HEADS] = {};
    for (int p = 0; p < PAIRS; ++p) {
      const int column = 2 * (lane % kLanesAKey + kLanesAKey * p);
      if (key >= end || column >= width) continue;
      const float2 k = pair_at(keys + key * stride + column);
      for (int h = 0; h < HEADS; ++h) dot[h] += q[h][p].x * k.x + q[h][p].y * k.y;
    }
    for (int h = 0; h < HEADS; ++h) {
      for (int lanes = kLanesAKey / 2; lanes > 0; lanes /= 2)
        dot[h] += __shfl_xor_sync(kFullWarp, dot[h], lanes);
      if (lane % kLanesAKey == turn) scores[h] = key < end ? dot[h] : -INFINITY;
    }
  }
}

template <int HEADS, int VPAIRS, typename T>
__device__ void add_values(Partial<HEADS, VPAIRS>& partial, const float (&weights)[HEADS],
                           const T* values, std::int64_t stride, std::int64_t tile,
                           std::int64_t end, int width, int lane) {
  const int keys = static_cast<int>(min(std::int64_t{32}, end - tile));
  for (int i = 0; i < keys; ++i) {
    float weight[HEADS];
    for (int h = 0; h < HEADS; ++h) weight[h] = __shfl_sync(kFullWarp, weights[h], i);
    for (int p = 0; p < VPAIRS; ++p) {
      const int column = 2 * (lane + 32 * p);
      if (column >= width) continue;
      const float2 v = pair_at(values + (tile + i) * stride + column);
      for (int h = 0; h < HEADS; ++h) {
        partial.values[h][p].x += weight[h] * v.x;
        partial.values[h][p].y += weight[h] * v.y;
      }
    }
  }
}

/// One warp over the keys of tiles `first`, `first` + step, ... below `end`.
template <int PAIRS, int HEADS, int VPAIRS, typename T>
__device__ void see_keys(Partial<HEADS, VPAIRS>& partial, const float2 (&q)[HEADS][PAIRS],
                         const T* keys, const T* values, const Shape& s, std::int64_t key_stride,
                         std::int64_t value_stride, std::int64_t first, std::int64_t end,
                         std::int64_t step, int lane) {
  for (std::int64_t tile = first; tile < end; tile += step) {
    float weights[HEADS] = {};
    score_keys<PAIRS>(weights, q, keys, key_stride, tile, end, static_cast<int>(s.key_width), lane);
    for (int h = 0; h < HEADS; ++h) {
      const float score = weights[h] * (s.scale * kLog2e);
      const float most = fmaxf(partial.most[h], warp_max(score));
      const float shrink = exp2f(partial.most[h] - most);
      weights[h] = exp2f(score - most);
      partial.most[h] = most;
      partial.sum[h] = partial.sum[h] * shrink + weights[h];
      for (auto& pair : partial.values[h]) pair.x *= shrink, pair.y *= shrink;
    }
    add_values(partial, weights, values, value_stride, tile, end, static_cast<int>(s.value_width),
               lane);
  }
}

/// Shared memory of a block of decode_split: what each warp has summed up.
template <int HEADS, int VPAIRS>
struct WarpSums {
  float2 values[kDecodeWarps][HEADS][VPAIRS * 32];
  float most[kDecodeWarps][HEADS], sum[kDecodeWarps][HEADS];
};

/// A partial result in memory: most, sum, and the value sums.
__device__ inline float* partial_at(float* workspace, const Shape& s, std::int64_t sequence,
                                    std::int64_t head, std::int64_t split, std::int64_t splits) {
  return workspace + ((sequence * s.heads + head) * splits + split) * (s.value_width + 2);
}

/// Grid: (splits, key-value heads x chunks of HEADS query heads, sequences); 128 threads. Writes
/// the partial result of a split of each head.
template <int PAIRS, int HEADS, int VPAIRS, typename T>
__global__ void __launch_bounds__(kDecodeWarps * 32)
    decode_split(Shape s, View qs, View ks, View vs, const std::int64_t* lengths,
                 float* workspace) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const std::int64_t group = s.heads / s.kv_heads, chunks = (group + HEADS - 1) / HEADS;
  const std::int64_t kv_head = blockIdx.y / chunks, sequence = blockIdx.z, splits = gridDim.x;
  const std::int64_t first_head = blockIdx.y % chunks * HEADS;  // within the group
  const std::int64_t length = lengths[sequence];
  constexpr std::int64_t kStep = 32 * kDecodeWarps;
  const std::int64_t tiles = (length + kStep - 1) / kStep, each = (tiles + splits - 1) / splits;
  const std::int64_t begin = blockIdx.x * each * kStep;
  const std::int64_t end = min(length, begin + each * kStep);

  float2 q[HEADS][PAIRS] = {};
  for (int h = 0; h < HEADS; ++h)
    if (first_head + h < group)
      load_query(q[h], head_of<T>(qs, sequence, kv_head * group + first_head + h),
                 static_cast<int>(s.key_width), lane);
  Partial<HEADS, VPAIRS> partial;
  clear(partial);
  see_keys<PAIRS>(partial, q, head_of<T>(ks, sequence, kv_head), head_of<T>(vs, sequence, kv_head),
                  s, ks.token_stride, vs.token_stride, begin + 32 * warp, end, kStep, lane);

  auto& [values, most, sum] = *reinterpret_cast<WarpSums<HEADS, VPAIRS>*>(block_memory());
  for (int h = 0; h < HEADS; ++h) {
    const float total = warp_sum(partial.sum[h]);
    if (lane == 0) most[warp][h] = partial.most[h], sum[warp][h] = total;
    for (int p = 0; p < VPAIRS; ++p) values[warp][h][lane + 32 * p] = partial.values[h][p];
  }
  __syncthreads();
  for (int h = 0; h < HEADS && first_head + h < group; ++h) {
    float* target =
        partial_at(workspace, s, sequence, kv_head * group + first_head + h, blockIdx.x, splits);
    float all = -INFINITY, total = 0, factor[kDecodeWarps];
    for (int w = 0; w < kDecodeWarps; ++w) all = fmaxf(all, most[w][h]);
    for (int w = 0; w < kDecodeWarps; ++w) {
      factor[w] = most[w][h] == -INFINITY ? 0 : exp2f(most[w][h] - all);  // it may have seen none
      total += factor[w] * sum[w][h];
    }
    if (threadIdx.x == 0) target[0] = all, target[1] = total;
    for (int i = threadIdx.x; i < s.value_width; i += kDecodeWarps * 32) {
      float value = 0;
      for (int w = 0; w < kDecodeWarps; ++w) {
        const float2 pair = values[w][h][i / 2];
        value += factor[w] * (i % 2 ? pair.y : pair.x);
      }
      target[2 + i] = value;
    }
  }
}

/// Grid: (query heads, sequences); value_width threads. Adds the splits up.
inline __global__ void decode_combine(Shape s, const float* workspace, std::int64_t splits,
                                      float* out) {
  const std::int64_t head = blockIdx.x, sequence = blockIdx.y;
  const float* parts = partial_at(const_cast<float*>(workspace), s, sequence, head, 0, splits);
  const std::int64_t stride = s.value_width + 2;
  float most = -INFINITY, sum = 0, value = 0;
  for (std::int64_t i = 0; i < splits; ++i) most = fmaxf(most, parts[i * stride]);
  for (std::int64_t i = 0; i < splits; ++i) {
    const float factor = exp2f(parts[i * stride] - most);  // 0 for a split that saw no key
    sum += factor * parts[i * stride + 1];
    value += factor * parts[i * stride + 2 + threadIdx.x];
  }
  out[(sequence * s.heads + head) * s.value_width + threadIdx.x] = value / sum;
}

/// Prefill where no tensor core serves: a warp a query, a block four of them. Grid: (blocks of
/// queries, query heads, sequences); 128 threads.
template <int PAIRS, int VPAIRS, typename T>
__global__ void __launch_bounds__(kDecodeWarps * 32)
    prefill_by_key(Shape s, View qs, View ks, View vs, bool causal, float* out) {
  const int lane = threadIdx.x % 32;
  const std::int64_t row = std::int64_t{blockIdx.x} * kDecodeWarps + threadIdx.x / 32;
  const std::int64_t head = blockIdx.y, sequence = blockIdx.z;
  const std::int64_t kv_head = head / (s.heads / s.kv_heads);
  if (row >= s.context) return;  // the whole warp
  float2 q[1][PAIRS];
  load_query(q[0], head_of<T>(qs, sequence, head) + row * qs.token_stride,
             static_cast<int>(s.key_width), lane);
  Partial<1, VPAIRS> partial;
  clear(partial);
  see_keys<PAIRS>(partial, q, head_of<T>(ks, sequence, kv_head), head_of<T>(vs, sequence, kv_head),
                  s, ks.token_stride, vs.token_stride, 0, causal ? row + 1 : s.context, 32, lane);
  const float total = warp_sum(partial.sum[0]);
  float* target = out + ((sequence * s.heads + head) * s.context + row) * s.value_width;
  for (int p = 0; p < VPAIRS; ++p) {
    const int column = 2 * (lane + 32 * p);
    if (column >= s.value_width) continue;
    target[column] = partial.values[0][p].x / total;
    target[column + 1] = partial.values[0][p].y / total;
  }
}

}  // namespace rc::kernels::cuda
