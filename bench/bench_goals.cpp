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

void bench(const rc::Settings& settings) {
  const auto threads = rc::prepare_cpu_for_timing(settings.integer("kernels.threads"));
  const auto plan = rc::plan_kernels(settings, at::kCPU);
  const auto protocol = rc::protocol_of(settings);
  auto cases = rc::timed(plan.cases);
  cases.push_back(rc::timed_copy(kCopied));
  rc::Progress progress("bench", protocol.measurements(cases.size()));
  const auto samples =
      rc::measure(cases, protocol, [&](long done) { progress.update(done, "timings"); });
  progress.finish();
  const auto& copies = samples.back();
  const auto curves = rc::speed_curves(plan, samples);
  fmt::print("{}, {} thread(s); a copy moves {:.1f} GB/s, read and written\n\n",
             rc::kernels::instruction_set(), threads,
             2 * kCopied / rc::seconds_number(copies).value / 1e9);
  print_curves(curves);
  fmt::print("\n{}", rc::goal_table(rc::kernel_goals(curves, kOurs, copies, 2.0 * kCopied)));
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
    bench(common.load(rc::timing_tables()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-goals", [&] { return run(argc, argv); });
}
