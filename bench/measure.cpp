#include "bench/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "bench/clock.h"

namespace rc {
namespace {

/// Flushing the caches takes longer than the call it is done for.
constexpr long kColdCalls = 2;

double fastest(const Timed& timed, long calls) { return std::ranges::min(timed.seconds(calls)); }

/// How many calls of a case fill `seconds`.
long calls_that_fill(const Timed& timed, double seconds) {
  for (long calls = timed.least_calls;; calls *= 2) {
    const double call = std::max(fastest(timed, calls), 1e-9);
    if (static_cast<double>(calls) * call >= seconds || calls >= timed.most_calls)
      return std::clamp(static_cast<long>(std::ceil(seconds / call)), timed.least_calls,
                        timed.most_calls);
  }
}

/// Calls of a repetition, by curve.
std::map<std::string, long> calls_of_curves(std::span<const Timed> cases, double seconds,
                                            const std::function<void()>& one_done) {
  std::map<std::string, long> calls;
  for (const auto& timed : cases) {
    auto& most = calls[timed.curve];
    most = std::max(most, calls_that_fill(timed, seconds));
    one_done();
  }
  return calls;
}

}  // namespace

TimedCase::TimedCase(const Rival& rival, const AttentionTask& task, const AttentionInputs& inputs,
                     bool cold)
    : rival_(rival), task_(task), cold_(cold), check_(check_kernel(rival, task, inputs)) {
  require_correct(rival_, task_, check_);
  prepared_ = rival_.prepare(task_, inputs);
}

std::string TimedCase::curve() const {
  return fmt::format("{}/{}{}", phase_name(task_.phase), rival_.name, cold_ ? "/cold" : "");
}

std::string TimedCase::name() const { return fmt::format("{}/width:{}", curve(), task_.key_width); }

Samples TimedCase::seconds(long calls) const {
  const at::NoGradGuard no_gradients;
  const auto device = prepared_.q.device();
  auto out = poisoned_output(task_, device);
  const auto call = [&] { rival_.run(task_, prepared_, out); };
  call();  // the case before this one had the caches
  const long batch = calls_between_readings(device, cold_);
  Samples samples;
  for (long done = 0; done < calls; done += batch) {
    if (cold_)
      flush_caches({prepared_.q, prepared_.k, prepared_.v, prepared_.mask, prepared_.kept}, device);
    samples.push_back(seconds_of(device, batch, call) / static_cast<double>(batch));
  }
  return samples;
}

std::vector<Timed> timed(std::span<const TimedCase> cases) {
  std::vector<Timed> all;
  for (const auto& c : cases) {
    all.push_back({c.curve(), [&c](long calls) { return c.seconds(calls); }});
    if (c.cold()) all.back().least_calls = all.back().most_calls = kColdCalls;
  }
  return all;
}

Timed timed_copy(long bytes) {
  const auto from = at::ones({bytes}, at::kByte), to = at::empty_like(from);
  const auto seconds = [=](long calls) {
    Samples samples;
    for (long i = 0; i < calls; ++i)
      samples.push_back(seconds_of(at::kCPU, 1, [&] { at::Tensor(to).copy_(from); }));
    return samples;
  };
  return {"copy", seconds, kColdCalls, kColdCalls};
}

Timed timed_read(long bytes) {
  const auto words = at::ones({bytes / 8}, at::kLong);
  const auto seconds = [=](long calls) {
    const auto* first = words.data_ptr<std::int64_t>();
    Samples samples;
    for (long i = 0; i < calls; ++i) {
      flush_caches({words}, at::kCPU);
      volatile std::int64_t sum = 0;  // read by nobody, and so computed all the same
      samples.push_back(seconds_of(
          at::kCPU, 1, [&] { sum = std::accumulate(first, first + words.numel(), 0L); }));
    }
    return samples;
  };
  return {"read", seconds, kColdCalls, kColdCalls};
}

std::vector<Samples> measure(std::span<const Timed> cases, const Protocol& protocol,
                             const std::function<void(long)>& progress) {
  long count = 0;
  const auto one_done = [&] { progress(++count); };
  const auto calls = calls_of_curves(cases, protocol.seconds, one_done);
  return interleaved(cases.size(), protocol.repetitions, protocol.seed, [&](std::size_t i) {
    const double seconds = fastest(cases[i], calls.at(cases[i].curve));
    one_done();
    return seconds;
  });
}

}  // namespace rc
