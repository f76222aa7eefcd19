// Rows of n values: what the norms and the rotation do to each, forward and back.
#pragma once

#include "kernels/fused/simd.h"
#include "kernels/torch.h"

namespace rc::fused {

inline constexpr double kEpsilon = 1e-6;
inline constexpr std::int64_t kGrain = 64;  // rows a thread takes at least

// y = x * inv * gain with inv = 1 / rms(x).

template <typename T>
RC_CLONES static T inverse_rms(const T* x, std::int64_t n) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return T(1) / std::sqrt(sum / static_cast<T>(n) + static_cast<T>(kEpsilon));
}

template <typename T>
RC_CLONES static void scale_row(T* y, const T* x, const T* gain, T inv, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] * inv * gain[i];
}

/// dx = inv (g - x inv^2 mean(g x)) with g = dy gain; dgain += dy x inv.
/// Without the norm inv is 1 and the mean falls away.
template <typename T>
RC_CLONES static void scale_row_back(T* dx, T* dgain, const T* dy, const T* x, const T* gain, T inv,
                                     bool normalise, std::int64_t n) {
  T dot = 0;
#pragma omp simd reduction(+ : dot)
  for (std::int64_t i = 0; i < n; ++i) dot += dy[i] * gain[i] * x[i];
  const T pull = normalise ? dot * inv * inv / static_cast<T>(n) : T(0);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    dx[i] = inv * (dy[i] * gain[i] - x[i] * pull);
    dgain[i] += dy[i] * x[i] * inv;
  }
}

/// Turns the pairs of a row by the position's angles; `direction` -1 turns back.
template <typename T>
RC_CLONES static void rotate_row(T* y, const T* x, const T* cos, const T* sin, T direction,
                                 std::int64_t n) {
  for (std::int64_t i = 0; i < n / 2; ++i) {
    const T a = x[2 * i], b = x[2 * i + 1], s = direction * sin[i];
    y[2 * i] = a * cos[i] - b * s;
    y[2 * i + 1] = a * s + b * cos[i];
  }
}

template <typename T>
RC_CLONES static void add_rows(T* y, const T* a, const T* b, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = a[i] + b[i];
}

/// Runs `rows(begin, end, dgain)` on slices of [0, count) and adds the slices' dgain [n]. The
/// slices do not depend on the number of threads, so neither do the sums.
template <typename T, typename Rows>
torch::Tensor sum_over_slices(std::int64_t count, const torch::Tensor& gain, const Rows& rows) {
  constexpr std::int64_t kSlices = 16;
  auto parts = torch::zeros({kSlices, gain.numel()}, gain.options());
  T* const part = parts.data_ptr<T>();
  at::parallel_for(0, kSlices, 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto s = begin; s < end; ++s)
      rows(count * s / kSlices, count * (s + 1) / kSlices, part + s * gain.numel());
  });
  return parts.sum(0);
}

}  // namespace rc::fused
