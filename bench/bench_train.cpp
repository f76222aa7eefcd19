// Tokens a second of each way to compute a training step, taken in turn, against the rate at which
// this machine multiplies matrices:
//
//   build/bin/bench-train --settings runs/laptop/seed-0/learned/settings/train.conf --rounds 9
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <iostream>

#include "bench/interleaved.h"
#include "bench/options.h"
#include "bench/training_speed.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/statistics/statistics.h"

namespace {

namespace po = boost::program_options;

constexpr double kSpeedUpGoal = 2.4;
constexpr double kShareGoal = 0.7;

/// Median and quartiles of `units` done in each round's seconds.
std::string rate(const std::vector<double>& seconds, double units) {
  std::vector<double> rates;
  for (const double s : seconds) rates.push_back(units / s);
  return fmt::format("{:>8.0f}  ({:.0f} to {:.0f})", rc::median(rates), rc::quantile(rates, 0.25),
                     rc::quantile(rates, 0.75));
}

const char* against(double value, double goal) { return value >= goal ? "reached" : "not reached"; }

void print(const rc::Rounds& rounds, const rc::ModelConfig& config, double tokens) {
  const double step_flops = tokens * rc::training_flops(config);
  const auto share = [&](const std::vector<double>& seconds) {
    return rc::paired_ratio(rounds.product, seconds) * step_flops / rc::kProductFlops;
  };
  fmt::print("tokens/s, median (quartiles) of {} rounds\n", rounds.fused.size());
  fmt::print("  reference            {}\n", rate(rounds.reference, tokens));
  fmt::print("  fused                {}\n", rate(rounds.fused, tokens));
  fmt::print("  reference, bfloat16  {}\n", rate(rounds.reference_bfloat16, tokens));
  if (rounds.fused_bfloat16.empty())
    fmt::print("  fused, bfloat16      this processor does not multiply bfloat16\n");
  else
    fmt::print("  fused, bfloat16      {}   over fused {:.2f}\n",
               rate(rounds.fused_bfloat16, tokens),
               rc::paired_ratio(rounds.fused, rounds.fused_bfloat16));
  fmt::print("\nmatrix product {0} x {0}, float32, GFLOP/s: {1}\n", rc::kProductSize,
             rate(rounds.product, rc::kProductFlops / 1e9));
  fmt::print("a training step does {:.1f} MFLOP a token\n\n", rc::training_flops(config) / 1e6);
  const auto& fastest = rounds.fused_bfloat16.empty() ? rounds.fused : rounds.fused_bfloat16;
  const double speed_up = rc::paired_ratio(rounds.reference, fastest);
  fmt::print("fastest over reference     {:5.2f}   goal {:.1f}: {}  (fused, float32: {:.2f})\n",
             speed_up, kSpeedUpGoal, against(speed_up, kSpeedUpGoal),
             rc::paired_ratio(rounds.reference, rounds.fused));
  fmt::print("share of the product rate  {:4.0f} %   goal {:.0f} %: {}  (reference {:.0f} %)\n",
             100 * share(rounds.fused), 100 * kShareGoal, against(share(rounds.fused), kShareGoal),
             100 * share(rounds.reference));
}

int bench(int argc, char** argv) {
  rc::BenchOptions common;
  po::options_description options(
      "bench-train: how fast is a training step, fused and composed?\nOptions");
  common.describe(options);
  long rounds = 9;
  std::string json;
  options.add_options()("rounds", po::value(&rounds)->default_value(rounds),
                        "recorded steps of each way, taken in turn");
  options.add_options()("json", po::value(&json),
                        "file for all samples too, as Google Benchmark would write them");
  rc::parse_options(argc, argv, options);
  if (common.help) {
    std::cout << options;
    return 0;
  }
  if (rounds < 3) throw rc::UserError("--rounds must be at least 3 for a median");
  const auto settings =
      common.load({rc::kDeviceSettings, rc::kThreadSettings, rc::kVocabularySettings,
                   rc::kModelSettings, rc::kLabelSettings, rc::kTrainSettings});
  rc::prepare_cpu(settings.integer("threads"));
  const auto device = rc::device_named(settings.text("device"));
  const auto config = rc::ModelConfig::from(settings, settings.integer("tokens.vocabulary"));
  const auto tokens = static_cast<double>(settings.integer("train.batch") * config.context);
  const auto timed = rc::time_steps(config, settings, device, rounds);
  print(timed, config, tokens);
  if (!json.empty()) rc::write_json(json, rc::to_json(timed));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-train", [&] { return bench(argc, argv); });
}
