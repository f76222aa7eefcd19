// A GPU's block on threads of the host: what device code and its launches need to run, slowly,
// where there is no GPU, so that their arithmetic and their indices are tested everywhere.
//
// Design goal: the kernels' own code, unchanged; what the hardware does (shuffles, tensor cores,
// barriers) is written out from its documentation. Non-goals: speed, and races that barriers of
// the hardware would forgive or punish otherwise.
#pragma once

#include <algorithm>
#include <array>
#include <barrier>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#define __device__
#define __global__
#define __launch_bounds__(threads)
// No __shared__: an array of that kind, static here, would keep what the block before it left. A
// kernel asks for shared memory with block_memory(), which is poisoned before every block.

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};
inline thread_local dim3 threadIdx, blockIdx, gridDim;

struct float2 {
  float x, y;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
using std::min;

struct __nv_bfloat16 {
  std::uint16_t bits;
};
struct __nv_bfloat162 {
  __nv_bfloat16 x, y;
};

namespace rc::kernels::emulated {

inline float widened(std::uint32_t bits) {
  const std::uint32_t wide = bits << 16;
  float x;
  std::memcpy(&x, &wide, sizeof x);
  return x;
}

/// To the nearest bfloat16, ties to even.
inline std::uint32_t narrowed(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
}

constexpr unsigned kLanes = 32;

/// What the lanes of a warp show each other.
struct Warp {
  explicit Warp(unsigned lanes) : barrier(lanes) {}
  std::barrier<> barrier;
  std::array<float, kLanes> values = {};
  std::array<std::array<std::uint32_t, 6>, kLanes> fragments = {};
  std::array<const __nv_bfloat16*, kLanes> rows = {};
};

struct Block {
  explicit Block(unsigned threads) : barrier(threads) {
    for (unsigned first = 0; first < threads; first += kLanes)
      warps.push_back(std::make_unique<Warp>(std::min(kLanes, threads - first)));
  }
  std::barrier<> barrier;
  std::vector<std::unique_ptr<Warp>> warps;
};

inline std::unique_ptr<Block> block;

/// Shared memory: as a launch says, and what lies behind that and nobody may touch.
alignas(16) inline std::array<unsigned char, 1 << 17> memory;
constexpr unsigned char kPoison = 0xFF;  // NaN in every format: what a block forgets to write shows

inline Warp& warp() { return *block->warps[threadIdx.x / kLanes]; }
inline unsigned lane() { return threadIdx.x % kLanes; }

/// Shows this lane's value in `box`, waits for the others', and returns read(box).
template <typename Box, typename Value, typename Read>
auto exchange(Box& box, const Value& value, const Read& read) {
  box[lane()] = value;
  warp().barrier.arrive_and_wait();
  const auto result = read(box);
  warp().barrier.arrive_and_wait();  // before the next exchange overwrites it
  return result;
}

/// Runs kernel() on every thread of one block.
template <typename Kernel>
void run_block(dim3 grid, dim3 at, unsigned threads, const Kernel& kernel) {
  block = std::make_unique<Block>(threads);
  std::vector<std::thread> all;
  for (unsigned thread = 0; thread < threads; ++thread)
    all.emplace_back([=] {
      threadIdx = {thread, 0, 0}, blockIdx = at, gridDim = grid;
      kernel();
    });
  for (auto& thread : all) thread.join();
}

/// Runs kernel() on every thread of every block, one block after the other. std::runtime_error for
/// a grid that no GPU takes, and where a block wrote behind its shared memory.
template <typename Kernel>
void run(dim3 grid, unsigned threads, std::size_t shared_bytes, const Kernel& kernel) {
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535 ||
      threads == 0 || threads > 1024 || shared_bytes > memory.size())
    throw std::runtime_error("emulator: a grid, threads or shared memory that no GPU has");
  for (unsigned z = 0; z < grid.z; ++z)
    for (unsigned y = 0; y < grid.y; ++y)
      for (unsigned x = 0; x < grid.x; ++x) {
        memory.fill(kPoison);
        run_block(grid, {x, y, z}, threads, kernel);
        if (std::any_of(memory.begin() + static_cast<std::ptrdiff_t>(shared_bytes), memory.end(),
                        [](unsigned char byte) { return byte != kPoison; }))
          throw std::runtime_error("emulator: a block wrote behind the " +
                                   std::to_string(shared_bytes) +
                                   " bytes of shared memory that its launch asked for");
      }
}

}  // namespace rc::kernels::emulated

inline void __syncthreads() { rc::kernels::emulated::block->barrier.arrive_and_wait(); }

inline float __shfl_sync(unsigned, float value, int from) {
  return rc::kernels::emulated::exchange(rc::kernels::emulated::warp().values, value,
                                         [&](const auto& box) { return box[from]; });
}

inline float __shfl_xor_sync(unsigned, float value, int mask) {
  return __shfl_sync(0, value, static_cast<int>(rc::kernels::emulated::lane()) ^ mask);
}

inline float2 __bfloat1622float2(__nv_bfloat162 pair) {
  return {rc::kernels::emulated::widened(pair.x.bits), rc::kernels::emulated::widened(pair.y.bits)};
}

namespace rc::kernels::cuda {

inline int capability() { return 8; }
inline int multiprocessors() { return 4; }

/// As launch.cuh's, but that the work is done when it returns.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, unsigned threads, std::size_t shared_bytes,
            void* /*stream*/, const Arguments&... arguments) {
  emulated::run(grid, threads, shared_bytes, [&] { kernel(arguments...); });
}

inline unsigned char* block_memory() { return emulated::memory.data(); }

/// mma.cuh's layouts, gathered into whole matrices.
inline void multiply_add(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0,
                         std::uint32_t b1) {
  const auto half = [](std::uint32_t pair, unsigned i) {
    return emulated::widened(i == 0 ? pair & 0xFFFF : pair >> 16);
  };
  const std::array<std::uint32_t, 6> mine = {a[0], a[1], a[2], a[3], b0, b1};
  const auto sums = emulated::exchange(emulated::warp().fragments, mine, [&](const auto& box) {
    float left[16][16], right[16][8];
    for (unsigned t = 0; t < emulated::kLanes; ++t)
      for (unsigned i = 0; i < 2; ++i) {
        const unsigned g = t / 4, c = t % 4 * 2 + i;
        left[g][c] = half(box[t][0], i), left[g + 8][c] = half(box[t][1], i);
        left[g][c + 8] = half(box[t][2], i), left[g + 8][c + 8] = half(box[t][3], i);
        right[c][g] = half(box[t][4], i), right[c + 8][g] = half(box[t][5], i);
      }
    std::array<float, 4> products = {};
    const unsigned g = emulated::lane() / 4, c = emulated::lane() % 4 * 2;
    for (unsigned i = 0; i < 4; ++i)
      for (unsigned k = 0; k < 16; ++k) products[i] += left[g + i / 2 * 8][k] * right[k][c + i % 2];
    return products;
  });
  for (unsigned i = 0; i < 4; ++i) d[i] += sums[i];
}

inline void load_transposed(std::uint32_t& b0, std::uint32_t& b1, const __nv_bfloat16* row) {
  const auto pairs = emulated::exchange(emulated::warp().rows, row, [](const auto& rows) {
    const unsigned g = emulated::lane() / 4, c = emulated::lane() % 4 * 2;
    const auto pair = [&](unsigned k) {
      return std::uint32_t{rows[k][g].bits} | std::uint32_t{rows[k + 1][g].bits} << 16;
    };
    return std::array{pair(c), pair(c + 8)};
  });
  b0 = pairs[0], b1 = pairs[1];
}

inline std::uint32_t packed(float low, float high) {
  return emulated::narrowed(low) | emulated::narrowed(high) << 16;
}

}  // namespace rc::kernels::cuda
