// Which kernel serves a shape, and on how many blocks. nvcc compiles it for a GPU; any compiler
// does for the emulator (emulated.cpp).
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/attention/cuda.h"
#include "kernels/attention/decode.cuh"
#include "kernels/attention/launch.cuh"
#include "kernels/attention/prefill.cuh"
#include "kernels/attention/shape.h"

namespace rc::kernels::cuda {
namespace {

/// Can coordinates be read in pairs?
bool in_pairs(const View& x) {
  const std::uintptr_t pair = x.element == Element::kFloat32 ? 8 : 4;
  return reinterpret_cast<std::uintptr_t>(x.data) % pair == 0 && x.sequence_stride % 2 == 0 &&
         x.head_stride % 2 == 0 && x.token_stride % 2 == 0;
}

void check(const Shape& s) {
  check_shape(s);
  require(s.context >= 1, "attention: context must be positive");
  require(s.batch <= 65535 && s.heads <= 65535, "attention: at most 65535 sequences and heads");
}

void check(const Shape& s, const View& q, const View& k, const View& v) {
  check(s);
  check_elements(q, k, v);
  require(in_pairs(q) && in_pairs(k) && in_pairs(v),
          "attention: a GPU reads pairs: strides must be even, data aligned to a pair");
}

unsigned blocks(std::int64_t count, std::int64_t each) {
  return static_cast<unsigned>((count + each - 1) / each);
}

/// Query heads that a block of decode serves at once.
std::int64_t heads_a_block(const Shape& s) {
  const auto group = s.heads / s.kv_heads;
  return group == 1 ? 1 : group == 2 ? 2 : 4;
}

std::int64_t head_blocks(const Shape& s) {
  return s.kv_heads * blocks(s.heads / s.kv_heads, heads_a_block(s));
}

/// Four blocks a multiprocessor hide each other's waiting; a split of fewer than 256 keys does not
/// pay for its partial sums.
std::int64_t splits_of(const Shape& s) {
  const std::int64_t wanted = blocks(4 * multiprocessors(), s.batch * head_blocks(s));
  return std::clamp<std::int64_t>(wanted, 1, blocks(s.context, 256));
}

struct PrefillCall {
  const Shape& s;
  const View &q, &k, &v;
  bool causal;
  float* out;
  void* stream;
};

/// A block takes `rows` queries of a head.
dim3 prefill_grid(const Shape& s, int rows) {
  return {blocks(s.context, rows), static_cast<unsigned>(s.heads), static_cast<unsigned>(s.batch)};
}

template <int KW, int VW>
void launch_prefill(const PrefillCall& c) {
  launch(prefill_bf16<KW, VW>, prefill_grid(c.s, kRows), kWarps * 32, sizeof(PrefillTiles<KW, VW>),
         c.stream, c.s, c.q, c.k, c.v, c.causal, c.out);
}

template <int KW>
void prefill_of_width(const PrefillCall& c) {
  if (c.s.value_width <= 64)
    launch_prefill<KW, 64>(c);
  else
    launch_prefill<KW, 128>(c);
}

void prefill_on_tensor_cores(const PrefillCall& c) {
  constexpr decltype(&prefill_of_width<16>) kByWidth[] = {
      prefill_of_width<16>, prefill_of_width<32>, prefill_of_width<48>,  prefill_of_width<64>,
      prefill_of_width<80>, prefill_of_width<96>, prefill_of_width<112>, prefill_of_width<128>};
  kByWidth[(c.s.key_width - 1) / 16](c);
}

template <int PAIRS, int VPAIRS>
void launch_by_key(const PrefillCall& c) {
  launch(prefill_by_key<PAIRS, VPAIRS, float>, prefill_grid(c.s, kDecodeWarps), kDecodeWarps * 32,
         0, c.stream, c.s, c.q, c.k, c.v, c.causal, c.out);
}

template <int PAIRS>
void prefill_by_key_of_values(const PrefillCall& c) {
  if (c.s.value_width <= 64)
    launch_by_key<PAIRS, 1>(c);
  else
    launch_by_key<PAIRS, 2>(c);
}

struct DecodeCall {
  const Shape& s;
  const View &q, &k, &v;
  const std::int64_t* lengths;
  float* workspace;
  void* stream;
};

template <int PAIRS, int HEADS, int VPAIRS, typename T>
void launch_split(const DecodeCall& c) {
  const dim3 grid{static_cast<unsigned>(splits_of(c.s)), static_cast<unsigned>(head_blocks(c.s)),
                  static_cast<unsigned>(c.s.batch)};
  launch(decode_split<PAIRS, HEADS, VPAIRS, T>, grid, kDecodeWarps * 32,
         sizeof(WarpSums<HEADS, VPAIRS>), c.stream, c.s, c.q, c.k, c.v, c.lengths, c.workspace);
}

template <int PAIRS, int HEADS, int VPAIRS>
void split_of_type(const DecodeCall& c) {
  if (c.k.element == Element::kBFloat16)
    launch_split<PAIRS, HEADS, VPAIRS, __nv_bfloat16>(c);
  else
    launch_split<PAIRS, HEADS, VPAIRS, float>(c);
}

template <int PAIRS, int HEADS>
void split_of_values(const DecodeCall& c) {
  if (c.s.value_width <= 64)
    split_of_type<PAIRS, HEADS, 1>(c);
  else
    split_of_type<PAIRS, HEADS, 2>(c);
}

template <int PAIRS>
void split_of_heads(const DecodeCall& c) {
  switch (heads_a_block(c.s)) {
    case 1:
      return split_of_values<PAIRS, 1>(c);
    case 2:
      return split_of_values<PAIRS, 2>(c);
    default:
      return split_of_values<PAIRS, 4>(c);
  }
}

}  // namespace

bool available() { return capability() >= 8; }

void prefill(const Shape& s, const View& q, const View& k, const View& v, bool causal, float* out,
             void* stream) {
  check(s, q, k, v);
  const PrefillCall call{s, q, k, v, causal, out, stream};
  if (q.element == Element::kBFloat16)
    prefill_on_tensor_cores(call);
  else if (s.key_width <= 64)
    prefill_by_key_of_values<4>(call);
  else
    prefill_by_key_of_values<8>(call);
}

std::size_t decode_workspace(const Shape& s) {
  check(s);
  return static_cast<std::size_t>(s.batch * s.heads * splits_of(s) * (s.value_width + 2)) *
         sizeof(float);
}

void decode(const Shape& s, const View& q, const View& k, const View& v,
            const std::int64_t* lengths, float* out, void* workspace, void* stream) {
  check(s, q, k, v);
  auto* parts = static_cast<float*>(workspace);
  const DecodeCall call{s, q, k, v, lengths, parts, stream};
  if (s.key_width <= 16)
    split_of_heads<1>(call);
  else if (s.key_width <= 32)
    split_of_heads<2>(call);
  else if (s.key_width <= 64)
    split_of_heads<4>(call);
  else
    split_of_heads<8>(call);
  const dim3 grid{static_cast<unsigned>(s.heads), static_cast<unsigned>(s.batch)};
  launch(decode_combine, grid, static_cast<unsigned>(s.value_width), 0, stream, s, parts,
         splits_of(s), out);
}

}  // namespace rc::kernels::cuda
