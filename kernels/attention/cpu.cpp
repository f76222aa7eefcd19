// The kernels for every instruction set, and the choice of one at run time.
//
// Log of ideas (AVX-512, one core; `make bench` repeats the figures):
//   decode    one key at a time for all heads of a group, each key and value loaded once: twice as
//             fast as LibTorch's products, at 0.8 to 1 of the bandwidth of a read
//   decode    rows 16, 64 or 128 ahead fetched by instructions: a fifth to a third slower, cold and
//             warm; the processor's own prefetcher follows these streams
//   prefill   6 x 64 sums in registers, keys turned once a call: more than twice as fast
//   prefill   queries multiplied by the scale beforehand: beyond the error bound at width 8, where
//             the scale is no power of two
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/attention/cpu.cpp"
#include <hwy/foreach_target.h>  // compiles the rest of this file once a target
// clang-format off: the order matters
#include <hwy/highway.h>
// clang-format on

#include <algorithm>
#include <cmath>

#include "kernels/attention/decode-inl.h"
#include "kernels/attention/prefill-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rc::kernels::HWY_NAMESPACE {

const char* name_of_target() { return hwy::TargetName(HWY_TARGET); }

}  // namespace rc::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <vector>

#include "kernels/attention/shape.h"

namespace rc::kernels {
namespace {

HWY_EXPORT(decode_unit);
HWY_EXPORT(pack_unit);
HWY_EXPORT(prefill_tile);
HWY_EXPORT(tile_rows);
HWY_EXPORT(name_of_target);

constexpr auto kBlock = static_cast<std::int64_t>(kKeys);

void check(const Shape& s, const View& q, const View& k, const View& v) {
  check_shape(s);
  check_elements(q, k, v);
}

}  // namespace

void prefill(const Shape& s, const View& q, const View& k, const View& v, bool causal, float* out,
             int threads) {
  check(s, q, k, v);
  require(s.context >= 1, "prefill: context must be positive");
  const auto blocks = (s.context + kBlock - 1) / kBlock;
  const auto key_floats = s.key_width * kBlock, value_floats = s.value_width * kBlock;
  std::vector<float> keys(static_cast<std::size_t>(s.batch * s.kv_heads * blocks * key_floats));
  std::vector<float> values(static_cast<std::size_t>(s.batch * s.kv_heads * blocks * value_floats));
  const auto units = s.batch * s.kv_heads * blocks;
#pragma omp parallel for num_threads(threads)
  for (std::int64_t i = 0; i < units; ++i) {
    const auto unit = i / blocks;
    HWY_DYNAMIC_DISPATCH(pack_unit)
    (s, k, v, unit / s.kv_heads, unit % s.kv_heads, static_cast<std::size_t>(i % blocks),
     keys.data() + i * key_floats, values.data() + i * value_floats);
  }
  const auto rows = HWY_DYNAMIC_DISPATCH(tile_rows)();
  const auto tiles = (s.context + rows - 1) / rows;
  // The longest tiles first: their work grows with their place in a causal sequence.
#pragma omp parallel for num_threads(threads) schedule(dynamic)
  for (std::int64_t i = s.batch * s.heads * tiles - 1; i >= 0; --i) {
    const auto tile = i / (s.batch * s.heads), head = i % (s.batch * s.heads);
    const auto b = head / s.heads, h = head % s.heads;
    const auto unit = b * s.kv_heads + h / (s.heads / s.kv_heads);
    HWY_DYNAMIC_DISPATCH(prefill_tile)
    (s, q, {keys.data() + unit * blocks * key_floats, values.data() + unit * blocks * value_floats},
     b, h, tile * rows, causal, out + head * s.context * s.value_width);
  }
}

void decode(const Shape& s, const View& q, const View& k_cache, const View& v_cache,
            const std::int64_t* lengths, float* out, int threads) {
  check(s, q, k_cache, v_cache);
  for (std::int64_t b = 0; b < s.batch; ++b)
    require(lengths[b] >= 1, "decode: a sequence sees one token at least");
#pragma omp parallel for num_threads(threads) schedule(dynamic)
  for (std::int64_t i = 0; i < s.batch * s.kv_heads; ++i) HWY_DYNAMIC_DISPATCH(decode_unit)
  (s, q, k_cache, v_cache, i / s.kv_heads, i % s.kv_heads, lengths[i / s.kv_heads], out);
}

const char* instruction_set() { return HWY_DYNAMIC_DISPATCH(name_of_target)(); }

}  // namespace rc::kernels
#endif
