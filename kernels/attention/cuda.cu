// Which kernel serves a shape, and on how many blocks.
#include <cuda_runtime.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "kernels/attention/cuda.h"
#include "kernels/attention/decode.cuh"
#include "kernels/attention/prefill.cuh"
#include "kernels/attention/shape.h"

namespace rc::kernels::cuda {
namespace {

void require_launched(const char* what) {
  const auto error = cudaGetLastError();
  if (error != cudaSuccess)
    throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

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

int multiprocessors() {
  int device = 0, count = 1;
  if (cudaGetDevice(&device) == cudaSuccess)
    cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return std::max(1, count);
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

template <int KW, int VW>
void launch_prefill(const Shape& s, const View& q, const View& k, const View& v, bool causal,
                    float* out, cudaStream_t stream) {
  constexpr int kBytes = sizeof(PrefillTiles<KW, VW>);
  // More than 48 KiB has to be asked for.
  cudaFuncSetAttribute(prefill_bf16<KW, VW>, cudaFuncAttributeMaxDynamicSharedMemorySize, kBytes);
  const dim3 grid(blocks(s.context, kRows), static_cast<unsigned>(s.heads),
                  static_cast<unsigned>(s.batch));
  prefill_bf16<KW, VW><<<grid, kWarps * 32, kBytes, stream>>>(s, q, k, v, causal, out);
}

template <int KW>
void prefill_of_width(const Shape& s, const View& q, const View& k, const View& v, bool causal,
                      float* out, cudaStream_t stream) {
  if (s.value_width <= 64)
    launch_prefill<KW, 64>(s, q, k, v, causal, out, stream);
  else
    launch_prefill<KW, 128>(s, q, k, v, causal, out, stream);
}

void prefill_on_tensor_cores(const Shape& s, const View& q, const View& k, const View& v,
                             bool causal, float* out, cudaStream_t stream) {
  constexpr decltype(&prefill_of_width<16>) kByWidth[] = {
      prefill_of_width<16>, prefill_of_width<32>, prefill_of_width<48>,  prefill_of_width<64>,
      prefill_of_width<80>, prefill_of_width<96>, prefill_of_width<112>, prefill_of_width<128>};
  kByWidth[(s.key_width - 1) / 16](s, q, k, v, causal, out, stream);
}

template <int PAIRS, int VPAIRS>
void launch_by_key(const Shape& s, const View& q, const View& k, const View& v, bool causal,
                   float* out, cudaStream_t stream) {
  const dim3 grid(blocks(s.context, kDecodeWarps), static_cast<unsigned>(s.heads),
                  static_cast<unsigned>(s.batch));
  prefill_by_key<PAIRS, VPAIRS, float>
      <<<grid, kDecodeWarps * 32, 0, stream>>>(s, q, k, v, causal, out);
}

struct DecodeCall {
  const Shape& s;
  const View &q, &k, &v;
  const std::int64_t* lengths;
  float* workspace;
  cudaStream_t stream;
};

template <int PAIRS, int HEADS, int VPAIRS, typename T>
void launch_split(const DecodeCall& c) {
  const dim3 grid(static_cast<unsigned>(splits_of(c.s)), static_cast<unsigned>(head_blocks(c.s)),
                  static_cast<unsigned>(c.s.batch));
  decode_split<PAIRS, HEADS, VPAIRS, T>
      <<<grid, kDecodeWarps * 32, 0, c.stream>>>(c.s, c.q, c.k, c.v, c.lengths, c.workspace);
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

bool available() {
  int devices = 0, device = 0, major = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return false;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  return major >= 8;
}

void prefill(const Shape& s, const View& q, const View& k, const View& v, bool causal, float* out,
             void* stream) {
  check(s, q, k, v);
  const auto on = static_cast<cudaStream_t>(stream);
  if (q.element == Element::kBFloat16)
    prefill_on_tensor_cores(s, q, k, v, causal, out, on);
  else if (s.key_width <= 64)
    s.value_width <= 64 ? launch_by_key<4, 1>(s, q, k, v, causal, out, on)
                        : launch_by_key<4, 2>(s, q, k, v, causal, out, on);
  else
    s.value_width <= 64 ? launch_by_key<8, 1>(s, q, k, v, causal, out, on)
                        : launch_by_key<8, 2>(s, q, k, v, causal, out, on);
  require_launched("attention, prefill");
}

std::size_t decode_workspace(const Shape& s) {
  check(s);
  return static_cast<std::size_t>(s.batch * s.heads * splits_of(s) * (s.value_width + 2)) *
         sizeof(float);
}

void decode(const Shape& s, const View& q, const View& k, const View& v,
            const std::int64_t* lengths, float* out, void* workspace, void* stream) {
  check(s, q, k, v);
  const auto on = static_cast<cudaStream_t>(stream);
  auto* parts = static_cast<float*>(workspace);
  const DecodeCall call{s, q, k, v, lengths, parts, on};
  if (s.key_width <= 16)
    split_of_heads<1>(call);
  else if (s.key_width <= 32)
    split_of_heads<2>(call);
  else if (s.key_width <= 64)
    split_of_heads<4>(call);
  else
    split_of_heads<8>(call);
  const dim3 grid(static_cast<unsigned>(s.heads), static_cast<unsigned>(s.batch));
  decode_combine<<<grid, static_cast<unsigned>(s.value_width), 0, on>>>(s, parts, splits_of(s),
                                                                        out);
  require_launched("attention, decode");
}

}  // namespace rc::kernels::cuda
