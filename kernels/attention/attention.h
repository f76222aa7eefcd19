// Attention with keys of any even width, for a CPU's vector units: plain pointers, no tensor
// library.
//
// Design goals: the time follows the bytes (decode) and the operations (prefill) that thin keys
// leave, and a new instruction set costs no new code (Google Highway picks one at run time).
// Non-goals: gradients, dropout, biases, sequences that share pages.
#pragma once

#include <cstdint>

namespace rc::kernels {

enum class Element { kFloat32, kBFloat16 };

/// A tensor in memory by its strides, counted in elements; the last dimension is contiguous.
struct View {
  const void* data = nullptr;
  Element element = Element::kFloat32;
  std::int64_t sequence_stride = 0;
  std::int64_t head_stride = 0;
  std::int64_t token_stride = 0;
};

/// Query head h reads key-value head h / (heads / kv_heads).
struct Shape {
  std::int64_t batch = 1;
  std::int64_t heads = 1;  // a multiple of kv_heads
  std::int64_t kv_heads = 1;
  std::int64_t context = 1;       // tokens of a prefill
  std::int64_t key_width = 64;    // even, 2 to 128
  std::int64_t value_width = 64;  // a multiple of 16 up to 128
  float scale = 0.125f;           // of the logits
};

/// out [batch, heads, context, value_width] = softmax(scale q k^T) v, contiguous; `causal`: a query
/// sees the keys up to its own position. Sums in float32.
/// std::invalid_argument for a shape out of range.
void prefill(const Shape& shape, const View& q, const View& k, const View& v, bool causal,
             float* out, int threads);

/// out [batch, heads, value_width], one query a head; sequence b sees the first lengths[b] >= 1
/// tokens of its caches. token_stride of q is not read, nor is shape.context.
void decode(const Shape& shape, const View& q, const View& k_cache, const View& v_cache,
            const std::int64_t* lengths, float* out, int threads);

/// The instruction set in use: "AVX3", "AVX2", ...
const char* instruction_set();

}  // namespace rc::kernels
