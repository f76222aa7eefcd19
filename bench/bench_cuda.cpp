// The GPU kernels at thinner and thinner keys, in bfloat16, against the bandwidth of a copy and the
// caps of attention:
//
//   build/bin/bench-cuda --json bench/results/gpu.json
#include <cuda_runtime.h>
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "bench/cuda_cases.h"
#include "bench/interleaved.h"
#include "kernels/attention/cuda.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/statistics/statistics.h"

namespace {

namespace po = boost::program_options;

constexpr long kRepetitions = 15;
constexpr std::size_t kCopied = std::size_t{1} << 30;  // bytes
constexpr int kWidths[] = {64, 48, 32, 26, 24, 16, 12, 8};

struct Options {
  rc::CudaShapes shapes;
  std::string json;
  bool help = false;
};

po::options_description describe(Options& o) {
  auto& s = o.shapes;
  po::options_description options(
      "bench-cuda: attention on a GPU at thinner keys, values 64 wide, bfloat16\nOptions");
  auto add = options.add_options();
  add("help", po::bool_switch(&o.help), "this text");
  add("batch", po::value(&s.batch)->default_value(s.batch), "sequences of a decode step");
  add("heads", po::value(&s.heads)->default_value(s.heads), "query heads");
  add("kv-heads", po::value(&s.kv_heads)->default_value(s.kv_heads), "key-value heads");
  add("decode-context", po::value(&s.decode_context)->default_value(s.decode_context),
      "keys a decode step reads");
  add("prefill-context", po::value(&s.prefill_context)->default_value(s.prefill_context),
      "tokens of a prompt, one sequence");
  add("json", po::value(&o.json), "file for all samples, with the machine and the versions");
  return options;
}

/// All that was timed: a copy, then every width of a decode step and of a prompt.
struct Timings {
  std::vector<rc::CudaCase> cases;
  std::vector<rc::Samples> samples;  // of each, by repetition

  double copy_rate() const { return cases[0].work / rc::median(samples[0]); }
};

Timings timings(const rc::CudaShapes& shapes) {
  Timings t;
  t.cases.push_back(rc::copy_case(kCopied));
  for (const int width : kWidths) t.cases.push_back(rc::decode_case(shapes, width));
  for (const int width : kWidths) t.cases.push_back(rc::prefill_case(shapes, width));
  for (const auto& timed : t.cases) rc::seconds_a_call(timed);  // memory and clock warm up
  t.samples = rc::interleaved(t.cases.size(), kRepetitions, /*seed=*/0,
                              [&](std::size_t i) { return rc::seconds_a_call(t.cases[i]); });
  return t;
}

/// A row a width, of the cases from `full` on; ratios are taken within a repetition.
nlohmann::json phase_rows(const Timings& t, std::size_t full, bool decode) {
  fmt::print("\n{:<8}{:>7}{:>12}{:>12}{:>10}{:>7}\n", decode ? "decode" : "prefill", "width",
             "ms, median", decode ? "of a copy" : "TFLOP/s", "speed-up", "cap");
  auto rows = nlohmann::json::array();
  for (std::size_t w = 0; w < std::size(kWidths); ++w) {
    const auto& samples = t.samples[full + w];
    const double work = t.cases[full + w].work, seconds = rc::median(samples);
    const double speedup = rc::paired_ratio(t.samples[full], samples);
    const double shown = decode ? work / t.cases[0].work * rc::paired_ratio(t.samples[0], samples)
                                : work / seconds / 1e12;
    const double cap = 128.0 / (kWidths[w] + 64);
    fmt::print("{:<8}{:>7}{:>12.4f}{:>12.2f}{:>10.2f}{:>7.2f}\n", "", kWidths[w], 1e3 * seconds,
               shown, speedup, cap);
    rows.push_back({{"width", kWidths[w]},
                    {"seconds", seconds},
                    {"samples", samples},
                    {decode ? "share_of_copy" : "tflops", shown},
                    {"speedup", speedup},
                    {"cap", cap}});
  }
  return rows;
}

void check(const rc::CudaShapes& s) {
  for (const long count : {s.batch, s.heads, s.kv_heads, s.decode_context, s.prefill_context})
    if (count < 1) throw rc::UserError("sequences, heads and contexts must be 1 or more");
  if (s.heads % s.kv_heads != 0)
    throw rc::UserError(
        fmt::format("--heads {} is no multiple of --kv-heads {}", s.heads, s.kv_heads));
}

/// The GPU, the versions and what was asked for.
nlohmann::json machine(const cudaDeviceProp& device, const rc::CudaShapes& s) {
  int driver = 0;
  rc::require_cuda(cudaDriverGetVersion(&driver), "driver");
  return {{"device", device.name},
          {"multiprocessors", device.multiProcessorCount},
          {"compute_capability", fmt::format("{}.{}", device.major, device.minor)},
          {"cuda_runtime", CUDART_VERSION},
          {"cuda_driver", driver},
          {"compiler", __VERSION__},
          {"batch", s.batch},
          {"heads", s.heads},
          {"kv_heads", s.kv_heads},
          {"decode_context", s.decode_context},
          {"prefill_context", s.prefill_context}};
}

void bench(const Options& o) {
  if (!rc::kernels::cuda::available())
    throw rc::UserError("no GPU of compute capability 8.0 or newer here");
  cudaDeviceProp device;
  rc::require_cuda(cudaGetDeviceProperties(&device, 0), "device");
  auto json = machine(device, o.shapes);
  const auto t = timings(o.shapes);
  fmt::print("{}; a copy moves {:.0f} GB/s, read and written\n", device.name, t.copy_rate() / 1e9);
  fmt::print("goals: decode 0.85 of a copy, and 0.9 of the cap; prefill 0.85 of the cap\n");
  json["copy_bytes_per_second"] = t.copy_rate();
  json["copy_samples"] = t.samples[0];
  json["decode"] = phase_rows(t, 1, /*decode=*/true);
  json["prefill"] = phase_rows(t, 1 + std::size(kWidths), /*decode=*/false);
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
  check(o.shapes);
  bench(o);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-cuda", [&] { return run(argc, argv); });
}
