// Every attention kernel at every key width under Google Benchmark's own flags. Run it so:
//
//   build/bin/bench-attention --benchmark_filter=decode --benchmark_repetitions=9
//       --benchmark_enable_random_interleaving=true kernels.decode_context=4096
//
// Words without dashes are settings (bench/settings.h: kernels.*; device).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "bench/kernel_plan.h"
#include "bench/settings.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace {

at::Device device_of(const rc::Settings& settings) {
  return settings.text("device") != "cpu" && torch::cuda::is_available() ? at::kCUDA : at::kCPU;
}

int threads_of(const rc::Settings& settings) {
  const long threads = settings.integer("kernels.threads");
  return threads > 0 ? static_cast<int>(threads)
                     : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

/// Calls for one that is not recorded.
constexpr long kBatch = 4;

/// Counts `fastest_s` too, the fastest call in seconds, which bench-check compares.
void time(benchmark::State& state, const rc::TimedCase& timed) {
  double fastest = std::numeric_limits<double>::infinity();
  while (state.KeepRunningBatch(kBatch)) {
    const auto seconds = timed.seconds(kBatch);
    state.SetIterationTime(kBatch * rc::mean(seconds));
    fastest = std::min(fastest, std::ranges::min(seconds));
  }
  state.counters["fastest_s"] = fastest;
}

int bench(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);  // takes its own flags away
  const auto settings = rc::Settings(rc::timing_tables(), {argv + 1, argv + argc});
  at::set_num_threads(threads_of(settings));
  const auto plan = rc::plan_kernels(settings, device_of(settings));
  for (const auto& timed : plan.cases)
    benchmark::RegisterBenchmark(timed.name().c_str(),
                                 [&timed](benchmark::State& state) { time(state, timed); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-attention", [&] { return bench(argc, argv); });
}
