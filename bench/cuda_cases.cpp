#include "bench/cuda_cases.h"

#include <cuda_runtime.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "kernels/attention/cuda.h"
#include "pipeline/error.h"

namespace rc {
namespace {

constexpr int kDecodeCalls = 32, kLongCalls = 4;
constexpr long kValueWidth = 64;

/// Memory on the GPU.
class Buffer {
 public:
  explicit Buffer(std::size_t bytes) { require_cuda(cudaMalloc(&data_, bytes), "GPU memory"); }
  template <typename T>
  explicit Buffer(const std::vector<T>& filled) : Buffer(filled.size() * sizeof(T)) {
    require_cuda(
        cudaMemcpy(data_, filled.data(), filled.size() * sizeof(T), cudaMemcpyHostToDevice),
        "copy to the GPU");
  }
  ~Buffer() { cudaFree(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  template <typename T = void>
  T* data() const {
    return static_cast<T*>(data_);
  }

 private:
  void* data_ = nullptr;
};

class Event {
 public:
  Event() { require_cuda(cudaEventCreate(&event_), "event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record() const { require_cuda(cudaEventRecord(event_), "event"); }
  double seconds_since(const Event& start) const {
    require_cuda(cudaEventSynchronize(event_), "a kernel");
    float milliseconds = 0;
    require_cuda(cudaEventElapsedTime(&milliseconds, start.event_, event_), "event");
    return milliseconds / 1e3;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

/// bfloat16 between 0.5 and 2, of either sign.
std::vector<std::uint16_t> noise(long count) {
  std::mt19937 random(0);
  std::vector<std::uint16_t> values(static_cast<std::size_t>(count));
  for (auto& x : values) x = static_cast<std::uint16_t>(0x3F00 | (random() & 0x80FF));
  return values;
}

/// Caches that the calls take in turn, so many that none is still in the L2 when its turn comes.
int caches_of(long bytes) {
  int device = 0, l2 = 0;
  require_cuda(cudaGetDevice(&device), "device");
  require_cuda(cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, device), "device");
  return std::clamp(static_cast<int>(std::ceil(4.0 * l2 / static_cast<double>(bytes))), 1,
                    kDecodeCalls);
}

/// Queries, several caches, and what a call writes.
struct Attention {
  kernels::Shape shape;
  long queries, keys, values;  // numbers of each in one cache
  int caches;
  Buffer q, k, v, out;

  Attention(const kernels::Shape& s, bool decode)
      : shape(s),
        queries(s.batch * s.heads * (decode ? 1 : s.context)),
        keys(s.batch * s.kv_heads * s.context * s.key_width),
        values(s.batch * s.kv_heads * s.context * s.value_width),
        caches(decode ? caches_of(2 * (keys + values)) : 1),
        q(noise(queries * s.key_width)),
        k(noise(keys * caches)),
        v(noise(values * caches)),
        out(static_cast<std::size_t>(queries * s.value_width) * sizeof(float)) {}

  kernels::View query_view() const {
    return view(q, 0, shape.heads, queries / (shape.batch * shape.heads), shape.key_width);
  }
  kernels::View key_view(int call) const {
    return view(k, call % caches * keys, shape.kv_heads, shape.context, shape.key_width);
  }
  kernels::View value_view(int call) const {
    return view(v, call % caches * values, shape.kv_heads, shape.context, shape.value_width);
  }

 private:
  static kernels::View view(const Buffer& buffer, long at, long heads, long tokens, long width) {
    return {buffer.data<std::uint16_t>() + at, kernels::Element::kBFloat16, heads * tokens * width,
            tokens * width, width};
  }
};

kernels::Shape shape_of(const CudaShapes& shapes, bool decode, int width) {
  return {decode ? shapes.batch : 1,
          shapes.heads,
          shapes.kv_heads,
          decode ? shapes.decode_context : shapes.prefill_context,
          width,
          kValueWidth,
          static_cast<float>(1 / std::sqrt(width))};
}

}  // namespace

void require_cuda(int error, const char* what) {
  if (error != cudaSuccess)
    throw UserError(
        fmt::format("{}: {}", what, cudaGetErrorString(static_cast<cudaError_t>(error))));
}

CudaCase copy_case(std::size_t bytes) {
  const auto from = std::make_shared<Buffer>(bytes), to = std::make_shared<Buffer>(bytes);
  return {2 * static_cast<double>(bytes), kLongCalls, [=](int) {
            require_cuda(cudaMemcpyAsync(to->data(), from->data(), bytes, cudaMemcpyDeviceToDevice),
                         "copy");
          }};
}

CudaCase decode_case(const CudaShapes& shapes, int width) {
  const auto s = shape_of(shapes, /*decode=*/true, width);
  const auto on_gpu = std::make_shared<Attention>(s, /*decode=*/true);
  const auto lengths = std::make_shared<Buffer>(
      std::vector<std::int64_t>(static_cast<std::size_t>(s.batch), s.context));
  const auto workspace = std::make_shared<Buffer>(kernels::cuda::decode_workspace(s));
  // Groups of more than four heads read the cache once for every four.
  const long reads = (s.heads / s.kv_heads + 3) / 4;
  return {2 * static_cast<double>(reads * (on_gpu->keys + on_gpu->values)), kDecodeCalls,
          [=](int call) {
            kernels::cuda::decode(s, on_gpu->query_view(), on_gpu->key_view(call),
                                  on_gpu->value_view(call), lengths->data<std::int64_t>(),
                                  on_gpu->out.data<float>(), workspace->data(), nullptr);
          }};
}

CudaCase prefill_case(const CudaShapes& shapes, int width) {
  const auto s = shape_of(shapes, /*decode=*/false, width);
  const auto on_gpu = std::make_shared<Attention>(s, /*decode=*/false);
  const auto pairs = static_cast<double>(s.heads * s.context) * static_cast<double>(s.context + 1);
  return {pairs * static_cast<double>(width + kValueWidth), kLongCalls, [=](int call) {
            kernels::cuda::prefill(s, on_gpu->query_view(), on_gpu->key_view(call),
                                   on_gpu->value_view(call), /*causal=*/true,
                                   on_gpu->out.data<float>(), nullptr);
          }};
}

double seconds_a_call(const CudaCase& timed) {
  const Event start, stop;
  timed.call(0);
  start.record();
  for (int call = 1; call <= timed.calls; ++call) timed.call(call);
  stop.record();
  return stop.seconds_since(start) / timed.calls;
}

}  // namespace rc
