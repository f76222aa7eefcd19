// All attention kernels at all key widths, taken in turn, and our own held against its goals:
//
//   build/bin/bench-goals --set kernels.decode_context=4096
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/program_options.hpp>
#include <iostream>

#include "bench/goals.h"
#include "bench/options.h"
#include "bench/settings.h"
#include "kernels/attention/attention.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/progress.h"
#include "pipeline/statistics/statistics.h"

namespace {

namespace po = boost::program_options;

constexpr long kCopied = 256L << 20;  // bytes; more than caches hold
constexpr const char* kOurs = "highway";

void print_curve(const rc::SpeedCurve& curve) {
  std::string line = fmt::format(
      "{:<8} {:<22}", rc::phase_name(curve.phase),
      curve.kernel + (curve.cold ? ", cold" : "") + (curve.thin ? "" : ", saves nothing"));
  for (const auto& point : curve.points) line += fmt::format(" {:5.2f}", 1e3 * point.seconds.value);
  fmt::print("{}\n", line);
}

void print_curves(const std::vector<rc::SpeedCurve>& curves) {
  std::vector<long> widths;
  for (const auto& point : curves.front().points) widths.push_back(point.task.key_width);
  fmt::print("milliseconds, median; key width      {}\n", fmt::join(widths, ", "));
  for (const auto& curve : curves) print_curve(curve);
}

/// The settings' widths, and the narrowest that there can be: a rotary pair.
rc::Settings with_narrowest(rc::Settings settings) {
  settings.set("kernels.percents", settings.text("kernels.percents") + " 99", "bench-goals");
  return settings;
}

void bench(const rc::Settings& settings) {
  const auto threads = rc::prepare_cpu_for_timing(settings.integer("kernels.threads"));
  const auto plan = rc::plan_kernels(settings, at::kCPU);
  const auto protocol = rc::protocol_of(settings);
  auto cases = rc::timed(plan.cases);
  const auto bytes = rc::cache_bytes(rc::task_of(settings, rc::Phase::kDecode));
  cases.push_back(rc::timed_copy(kCopied));
  cases.push_back(rc::timed_read(static_cast<long>(bytes)));
  rc::Progress progress("bench", protocol.measurements(cases.size()));
  const auto samples =
      rc::measure(cases, protocol, [&](long done) { progress.update(done, "timings"); });
  progress.finish();
  const rc::Moved copy = {samples[samples.size() - 2], 2.0 * kCopied},
                  read = {samples.back(), bytes};
  const auto curves = rc::speed_curves(plan, samples);
  const auto rate = [](const rc::Moved& moved) {
    return moved.bytes / rc::median(moved.seconds) / 1e9;
  };
  fmt::print("{}, {} thread(s); a copy moves {:.1f} GB/s, read and written; a read {:.1f}\n\n",
             rc::kernels::instruction_set(), threads, rate(copy), rate(read));
  print_curves(curves);
  fmt::print("\n{}\n{}", rc::goal_table(rc::kernel_goals(curves, kOurs, copy, read)),
             rc::floor_note(curves, kOurs));
  if (const auto note = rc::noise_note(curves); !note.empty()) fmt::print("\n{}\n", note);
}

int run(int argc, char** argv) {
  rc::BenchOptions common;
  po::options_description options(
      "bench-goals: every attention kernel, and the goals of our own\nOptions");
  common.describe(options);
  rc::parse_options(argc, argv, options);
  if (common.help)
    std::cout << options;
  else
    bench(with_narrowest(common.load(rc::timing_tables())));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-goals", [&] { return run(argc, argv); });
}
