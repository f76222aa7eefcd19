// The GPU kernels at thinner and thinner keys, in bfloat16, against the bandwidth of a copy and the
// caps of attention:
//
//   build/bin/bench-cuda --json bench/results/gpu.json
#include <cuda_runtime.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "kernels/attention/cuda.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/statistics/statistics.h"

namespace {

namespace po = boost::program_options;
namespace kernels = rc::kernels;

constexpr int kRepetitions = 15, kCalls = 32, kWidths[] = {64, 48, 32, 26, 24, 16, 12, 8};

struct Options {
  long batch = 16, heads = 16, kv_heads = 4, decode_context = 8192, prefill_context = 4096;
  std::string json;
  bool help = false;
};

po::options_description describe(Options& o) {
  po::options_description options(
      "bench-cuda: attention on a GPU at thinner keys, values 64 wide, bfloat16\nOptions");
  auto add = options.add_options();
  add("help", po::bool_switch(&o.help), "this text");
  add("batch", po::value(&o.batch)->default_value(o.batch), "sequences of a decode step");
  add("heads", po::value(&o.heads)->default_value(o.heads), "query heads");
  add("kv-heads", po::value(&o.kv_heads)->default_value(o.kv_heads), "key-value heads");
  add("decode-context", po::value(&o.decode_context)->default_value(o.decode_context),
      "keys a decode step reads");
  add("prefill-context", po::value(&o.prefill_context)->default_value(o.prefill_context),
      "tokens of a prompt, one sequence");
  add("json", po::value(&o.json), "file for all samples, with the machine and the versions");
  return options;
}

void require(cudaError_t error, const char* what) {
  if (error != cudaSuccess)
    throw rc::UserError(fmt::format("{}: {}", what, cudaGetErrorString(error)));
}

/// Memory on the GPU; noise where `filled`.
class Buffer {
 public:
  Buffer(std::size_t bytes, bool filled) {
    require(cudaMalloc(&data_, bytes), "GPU memory");
    if (!filled) return;
    std::mt19937 random(0);
    std::vector<std::uint16_t> noise(bytes / 2);  // bfloat16 between 0.5 and 2, of either sign
    for (auto& x : noise) x = static_cast<std::uint16_t>(0x3F00 | (random() & 0x80FF));
    require(cudaMemcpy(data_, noise.data(), noise.size() * 2, cudaMemcpyHostToDevice), "copy");
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

/// Seconds a call, of each of several batches of calls after one unrecorded, by the GPU's own
/// clock. Calls queue up behind each other: waiting for each would add the way to the GPU and back.
std::vector<double> timed(int calls, const std::function<void(int call)>& work) {
  cudaEvent_t start, stop;
  require(cudaEventCreate(&start), "event");
  require(cudaEventCreate(&stop), "event");
  std::vector<double> samples;
  for (int r = 0; r <= kRepetitions; ++r) {
    require(cudaEventRecord(start), "event");
    for (int c = 0; c < calls; ++c) work(c);
    require(cudaEventRecord(stop), "event");
    require(cudaEventSynchronize(stop), "a kernel");
    float milliseconds = 0;
    require(cudaEventElapsedTime(&milliseconds, start, stop), "event");
    if (r > 0) samples.push_back(milliseconds / 1e3 / calls);
  }
  cudaEventDestroy(start);
  cudaEventDestroy(stop);
  return samples;
}

/// Caches that the calls take in turn, so many that none is still in the L2 when its turn comes.
int caches_of(double bytes) {
  int device = 0, l2 = 0;
  require(cudaGetDevice(&device), "device");
  require(cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, device), "device");
  return std::clamp(static_cast<int>(std::ceil(4.0 * l2 / bytes)), 1, kCalls);
}

kernels::Shape shape_of(const Options& o, bool decode, int width) {
  return {decode ? o.batch : 1,
          o.heads,
          o.kv_heads,
          decode ? o.decode_context : o.prefill_context,
          width,
          64,
          static_cast<float>(1 / std::sqrt(width))};
}

/// A contiguous tensor [batch, heads, tokens, width].
kernels::View view_of(const Buffer& at, long heads, long tokens, long width) {
  return {at.data(), kernels::Element::kBFloat16, heads * tokens * width, tokens * width, width};
}

std::size_t elements(long batch, long heads, long tokens, long width) {
  return static_cast<std::size_t>(batch * heads * tokens * width);
}

std::vector<double> time_width(const Options& o, bool decode, int width) {
  const auto s = shape_of(o, decode, width);
  const long queries = decode ? 1 : s.context;
  const auto keys = elements(s.batch, s.kv_heads, s.context, width);
  const auto values = elements(s.batch, s.kv_heads, s.context, 64);
  const int caches = decode ? caches_of(2.0 * static_cast<double>(keys + values)) : 1;
  const auto all = static_cast<std::size_t>(caches);
  const Buffer q(2 * elements(s.batch, s.heads, queries, width), true);
  const Buffer k(2 * keys * all, true), v(2 * values * all, true);
  const Buffer out(4 * elements(s.batch, s.heads, queries, 64), false);
  const auto qs = view_of(q, s.heads, queries, width);
  const auto nth = [&](const Buffer& buffer, std::size_t each, int call, long columns) {
    auto view = view_of(buffer, s.kv_heads, s.context, columns);
    view.data = buffer.data<std::uint16_t>() + each * static_cast<std::size_t>(call % caches);
    return view;
  };
  if (!decode)
    return timed(4, [&](int call) {
      kernels::cuda::prefill(s, qs, nth(k, keys, call, width), nth(v, values, call, 64), true,
                             out.data<float>(), nullptr);
    });
  const std::vector<std::int64_t> lengths(static_cast<std::size_t>(s.batch), s.context);
  const Buffer on_gpu(lengths.size() * sizeof(lengths[0]), false);
  require(cudaMemcpy(on_gpu.data(), lengths.data(), lengths.size() * sizeof(lengths[0]),
                     cudaMemcpyHostToDevice),
          "copy");
  const Buffer workspace(kernels::cuda::decode_workspace(s), false);
  return timed(kCalls, [&](int call) {
    kernels::cuda::decode(s, qs, nth(k, keys, call, width), nth(v, values, call, 64),
                          on_gpu.data<std::int64_t>(), out.data<float>(), workspace.data(),
                          nullptr);
  });
}

/// Bytes a second of a copy within the GPU's memory, read and written.
double copy_rate() {
  constexpr std::size_t kBytes = std::size_t{1} << 30;
  const Buffer from(kBytes, false), to(kBytes, false);
  const auto samples = timed(4, [&](int) {
    require(cudaMemcpyAsync(to.data(), from.data(), kBytes, cudaMemcpyDeviceToDevice), "copy");
  });
  return 2 * static_cast<double>(kBytes) / rc::median(samples);
}

/// What a call does: bytes of the cache that it reads (decode), floating-point operations
/// (prefill).
double work_of(const kernels::Shape& s, bool decode) {
  const auto width = static_cast<double>(s.key_width + s.value_width);
  const auto context = static_cast<double>(s.context);
  // Groups of more than four heads read it once for every four.
  const auto reads = static_cast<double>(s.kv_heads * ((s.heads / s.kv_heads + 3) / 4));
  if (decode) return 2 * static_cast<double>(s.batch) * reads * context * width;
  return static_cast<double>(s.batch * s.heads) * context * (context + 1) * width;
}

nlohmann::json bench_phase(const Options& o, bool decode, double copied) {
  fmt::print("\n{:<8}{:>7}{:>12}{:>12}{:>10}{:>7}\n", decode ? "decode" : "prefill", "width",
             "ms, median", decode ? "of a copy" : "TFLOP/s", "speed-up", "cap");
  auto rows = nlohmann::json::array();
  double full = 0;
  for (const int width : kWidths) {
    const auto samples = time_width(o, decode, width);
    const double seconds = rc::median(samples);
    if (full == 0) full = seconds;
    const double rate = work_of(shape_of(o, decode, width), decode) / seconds;
    const double shown = decode ? rate / copied : rate / 1e12, cap = 128.0 / (width + 64);
    fmt::print("{:<8}{:>7}{:>12.4f}{:>12.2f}{:>10.2f}{:>7.2f}\n", "", width, 1e3 * seconds, shown,
               full / seconds, cap);
    rows.push_back({{"width", width},
                    {"seconds", seconds},
                    {"samples", samples},
                    {decode ? "share_of_copy" : "tflops", shown},
                    {"speedup", full / seconds},
                    {"cap", cap}});
  }
  return rows;
}

void check(const Options& o) {
  for (const long count : {o.batch, o.heads, o.kv_heads, o.decode_context, o.prefill_context})
    if (count < 1) throw rc::UserError("sequences, heads and contexts must be 1 or more");
  if (o.heads % o.kv_heads != 0)
    throw rc::UserError(
        fmt::format("--heads {} is no multiple of --kv-heads {}", o.heads, o.kv_heads));
}

void bench(const Options& o) {
  if (!kernels::cuda::available())
    throw rc::UserError("no GPU of compute capability 8.0 or newer here");
  cudaDeviceProp device;
  require(cudaGetDeviceProperties(&device, 0), "device");
  const double copied = copy_rate();
  fmt::print("{}; a copy moves {:.0f} GB/s, read and written\n", device.name, copied / 1e9);
  fmt::print("goals: decode 0.85 of a copy, and 0.9 of the cap; prefill 0.85 of the cap\n");
  int driver = 0;
  require(cudaDriverGetVersion(&driver), "driver");
  nlohmann::json json = {{"device", device.name},
                         {"multiprocessors", device.multiProcessorCount},
                         {"compute_capability", fmt::format("{}.{}", device.major, device.minor)},
                         {"cuda_runtime", CUDART_VERSION},
                         {"cuda_driver", driver},
                         {"compiler", __VERSION__},
                         {"copy_bytes_per_second", copied},
                         {"batch", o.batch},
                         {"heads", o.heads},
                         {"kv_heads", o.kv_heads},
                         {"decode_context", o.decode_context},
                         {"prefill_context", o.prefill_context}};
  json["decode"] = bench_phase(o, true, copied);
  json["prefill"] = bench_phase(o, false, copied);
  if (!o.json.empty()) rc::write_json(o.json, json);
}

int run(int argc, char** argv) {
  Options o;
  const auto options = describe(o);
  rc::parse_options(argc, argv, options);
  if (o.help) {
    std::cout << options;
    return 0;
  }
  check(o);
  bench(o);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-cuda", [&] { return run(argc, argv); });
}
