// How the fused operations are compiled: loops the compiler vectorises, one clone per instruction
// set, chosen by what the processor has when the program starts. x86-64-v3 is AVX2 with what every
// such processor has beside it: "avx2" alone would multiply and add in two instructions.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#if !defined(__x86_64__) || !defined(__GNUC__) || defined(__clang__)
#define RC_CLONES
#elif __GNUC__ >= 12
#define RC_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "avx512f")))
#else  // it knows no levels
#define RC_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#endif

namespace rc::fused {

/// e^x for x <= 88, 0 below -87; relative error below 2e-7 (degree 6 minimax after reduction by ln
/// 2). Written without branches so that a loop over it becomes vector instructions, which calls of
/// std::exp do not.
inline float exponential(float x) {
  constexpr float kLog2e = 1.44269504088896341f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  const float bounded = x < -87.0f ? -87.0f : x;
  const float n = __builtin_rintf(bounded * kLog2e);
  const float r = bounded - n * kLn2High - n * kLn2Low;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float mantissa = p * r * r + r + 1.0f;
  const auto exponent = (static_cast<std::int32_t>(n) + 127) << 23;
  const float value = mantissa * std::bit_cast<float>(exponent);
  return x < -87.0f ? 0.0f : value;
}

inline double exponential(double x) { return std::exp(x); }

}  // namespace rc::fused
