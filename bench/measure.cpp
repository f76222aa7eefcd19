#include "bench/measure.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "bench/clock.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr const char* kFastest = "fastest_s";  // seconds of the fastest call of a run
/// Flushing the caches takes longer than the call it is done for.
constexpr benchmark::IterationCount kMostColdCalls = 2;

using Run = benchmark::BenchmarkReporter::Run;

/// Keeps the runs in the order in which they ran and prints nothing.
class Collector : public benchmark::BenchmarkReporter {
 public:
  explicit Collector(std::function<void()> one_done) : one_done_(std::move(one_done)) {}
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    runs_.insert(runs_.end(), runs.begin(), runs.end());
    one_done_();
  }
  const std::vector<Run>& runs() const { return runs_; }

 private:
  std::function<void()> one_done_;
  std::vector<Run> runs_;
};

benchmark::internal::Benchmark* enlist(const TimedCase& timed) {
  return benchmark::RegisterBenchmark(timed.name().c_str(),
                                      [&timed](benchmark::State& state) { timed.time(state); })
      ->UseManualTime();
}

std::vector<Run> run_enlisted(const std::function<void()>& one_done) {
  Collector collector(one_done);
  benchmark::RunSpecifiedBenchmarks(&collector, "all");
  benchmark::ClearRegisteredBenchmarks();
  return collector.runs();
}

/// How many calls of each case fill `seconds`.
std::vector<benchmark::IterationCount> calls_that_fill(std::span<const TimedCase> cases,
                                                       double seconds,
                                                       const std::function<void()>& one_done) {
  for (const auto& timed : cases) {
    auto* benchmark = enlist(timed);
    timed.cold() ? benchmark->Iterations(kMostColdCalls) : benchmark->MinTime(seconds);
  }
  std::vector<benchmark::IterationCount> calls;
  for (const auto& run : run_enlisted(one_done)) calls.push_back(run.iterations);
  return calls;
}

std::vector<std::size_t> shuffled(std::size_t n, std::mt19937_64& random) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

}  // namespace

TimedCase::TimedCase(const Rival& rival, const AttentionTask& task, const AttentionInputs& inputs,
                     bool cold)
    : rival_(rival), task_(task), cold_(cold), check_(check_kernel(rival, task, inputs)) {
  require_correct(rival_, task_, check_);
  prepared_ = rival_.prepare(task_, inputs);
}

std::string TimedCase::name() const {
  return fmt::format("{}/{}{}/width:{}", phase_name(task_.phase), rival_.name, cold_ ? "/cold" : "",
                     task_.key_width);
}

void TimedCase::time(benchmark::State& state) const {
  const at::NoGradGuard no_gradients;
  const auto device = prepared_.q.device();
  auto out = poisoned_output(task_, device);
  const auto call = [&] { rival_.run(task_, prepared_, out); };
  call();  // the case before this one had the caches
  const long batch = calls_between_readings(device, cold_);
  double fastest = std::numeric_limits<double>::infinity();
  while (state.KeepRunningBatch(batch)) {
    if (cold_)
      flush_caches({prepared_.q, prepared_.k, prepared_.v, prepared_.mask, prepared_.kept}, device);
    const double seconds = seconds_of(device, batch, call);
    state.SetIterationTime(seconds);
    fastest = std::min(fastest, seconds / static_cast<double>(batch));
  }
  state.counters[kFastest] = fastest;
}

std::vector<Samples> measure(std::span<const TimedCase> cases, const Protocol& protocol,
                             const std::function<void(long)>& progress) {
  long count = 0;
  const auto one_done = [&] { progress(++count); };
  const auto calls = calls_that_fill(cases, protocol.seconds, one_done);
  auto random = generator(protocol.seed, "order of kernels");
  std::vector<Samples> samples(cases.size());
  for (long repetition = 0; repetition < protocol.repetitions; ++repetition) {
    const auto order = shuffled(cases.size(), random);
    for (const auto i : order)
      enlist(cases[i])->Iterations(cases[i].cold() ? std::min(calls[i], kMostColdCalls) : calls[i]);
    const auto runs = run_enlisted(one_done);
    for (std::size_t j = 0; j < order.size(); ++j)
      samples[order[j]].push_back(runs[j].counters.at(kFastest));
  }
  return samples;
}

}  // namespace rc
