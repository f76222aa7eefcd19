// Whole models, full and with a share of their rotary pairs cut out, at several batches and
// contexts:
//
//   build/bin/bench-inference --profile laptop --percent 60
//   build/bin/bench-inference --full runs/laptop/seed-0/learned/checkpoints/step-000320.safetensors
//     --compacted runs/laptop/seed-0/learned/compacted-60.safetensors
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>

#include "bench/inference.h"
#include "bench/options.h"
#include "bench/settings.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/settings/options.h"

namespace {

namespace po = boost::program_options;

struct Options {
  rc::BenchOptions common;
  std::vector<long> batches = {1, 8, 32}, contexts = {256, 2048, 8192};
  long percent = 60;
  double prefill_tokens = 8192;
  std::string full, compacted;
};

po::options_description describe(Options& o) {
  po::options_description options(
      "bench-inference: tokens a second of whole models, full and with thinner keys\nOptions");
  o.common.describe(options);
  options.add_options()("batches", po::value(&o.batches)->multitoken(), "sequences [1 8 32]");
  options.add_options()("contexts", po::value(&o.contexts)->multitoken(),
                        "tokens of a prompt, keys a decode step reads [256 2048 8192]");
  options.add_options()("percent", po::value(&o.percent)->default_value(o.percent),
                        "% of the key dimensions removed, to the nearest whole rotary pair");
  options.add_options()("prefill-tokens",
                        po::value(&o.prefill_tokens)->default_value(o.prefill_tokens),
                        "prompts of more tokens in all are not timed");
  options.add_options()("full", po::value(&o.full), "checkpoint of a full model");
  options.add_options()("compacted", po::value(&o.compacted), "checkpoint with pairs cut out");
  return options;
}

void check(const Options& o) {
  const auto positive = [](const std::vector<long>& list) {
    return std::ranges::all_of(list, [](long x) { return x >= 1; });
  };
  if (!positive(o.batches)) throw rc::UserError("--batches must be 1 or more");
  if (!positive(o.contexts)) throw rc::UserError("--contexts must be 1 or more");
  if (o.percent < 1 || o.percent > 99) throw rc::UserError("--percent must lie in 1 to 99");
  if (o.full.empty() != o.compacted.empty())
    throw rc::UserError("--full and --compacted go together; give both or neither");
}

/// The full and the thin model, of checkpoints or at random weights.
std::vector<rc::ThinModel> models_of(const Options& o, const rc::Settings& s) {
  const auto config = rc::ModelConfig::from(s, s.integer("tokens.vocabulary"));
  std::vector<rc::ThinModel> models;
  if (o.full.empty())
    models = rc::thin_models(config, {o.percent});
  else
    models = {{0, rc::load_model(o.full, config)},
              {o.percent, rc::load_model(o.compacted, config)}};
  const auto &full = models.front().model.config, &narrow = models.back().model.config;
  if (narrow.d_k >= full.d_k)
    throw rc::UserError(fmt::format("keys {} wide against {}: none were removed; check --compacted",
                                    narrow.d_k, full.d_k));
  if (!rc::generates(full, at::kCPU))
    throw rc::UserError("our kernels serve keys up to 128 wide and values a multiple of 16 wide");
  for (const auto& thin : models) rc::require_same_logits(thin);
  return models;
}

/// Bytes of the caches of all models, which are there at once.
double cache_bytes(const std::vector<rc::ThinModel>& models, double tokens) {
  double floats = 0;
  for (const auto& thin : models)
    floats += static_cast<double>(thin.model.config.layers * thin.model.config.kv_floats());
  return sizeof(float) * floats * tokens;
}

double memory_bytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
}

/// Those that fit: caches may take half of the memory, prompts as many tokens as was said.
std::vector<rc::Workload> works_of(const Options& o, const std::vector<rc::ThinModel>& models) {
  std::vector<rc::Workload> works;
  for (const auto phase : {rc::Phase::kPrefill, rc::Phase::kDecode})
    for (const long context : o.contexts)
      for (const long batch : o.batches) {
        const auto tokens = static_cast<double>(batch) * static_cast<double>(context);
        if (phase == rc::Phase::kPrefill && tokens > o.prefill_tokens) continue;
        if (const double need = cache_bytes(models, tokens); need > memory_bytes() / 2)
          fmt::print("left out: {} sequences of {} tokens, whose caches take {:.1f} GB\n", batch,
                     context, need / 1e9);
        else
          works.push_back({phase, batch, context});
      }
  return works;
}

void print_head(const std::vector<rc::ThinModel>& models) {
  fmt::print(
      "key width {} against {}; beside the speed-up what operations and bytes alone would give\n\n",
      models[0].model.config.d_k, models[1].model.config.d_k);
  fmt::print("{:<8}{:>5}{:>7}{:>14}{:>15}   {:<19}{:>6}{:>6}\n", "", "", "", "cache, MB",
             "tokens/s", "speed-up", "by cost", "");
  fmt::print("{:<8}{:>5}{:>7}{:>7}{:>7}{:>8}{:>7}   {:<19}{:>6}{:>6}\n", "phase", "batch", "tokens",
             "full", "thin", "full", "thin", "", "ops", "bytes");
}

void print_row(const rc::InferenceCurve& curve) {
  const auto &full = curve.points[0], &thin = curve.points[1];
  const auto rate = [&](const rc::InferencePoint& p) { return curve.tokens() / p.seconds.value; };
  const auto speedup = fmt::format("{:.2f} ({:.2f} to {:.2f})", thin.speedup.value,
                                   thin.speedup.interval->lo, thin.speedup.interval->hi);
  fmt::print("{:<8}{:>5}{:>7}{:>7.0f}{:>7.0f}{:>8.0f}{:>7.0f}   {:<19}{:>6.2f}{:>6.2f}\n",
             rc::phase_name(curve.work.phase), curve.work.batch, curve.work.context,
             full.cache_bytes / 1e6, thin.cache_bytes / 1e6, rate(full), rate(thin), speedup,
             thin.flops, thin.bytes);
}

void bench(const Options& o) {
  const auto settings = o.common.load(rc::timing_tables());
  rc::prepare_cpu_for_timing(settings.integer("kernels.threads"));
  const auto models = models_of(o, settings);
  const auto works = works_of(o, models);
  const auto curves =
      rc::time_workloads(models, works, rc::protocol_of(settings), "bench-inference");
  print_head(models);
  for (const auto& curve : curves) print_row(curve);
}

int run(int argc, char** argv) {
  Options o;
  const auto options = describe(o);
  rc::parse_options(argc, argv, options);
  if (o.common.help) {
    std::cout << options;
    return 0;
  }
  check(o);
  bench(o);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-inference", [&] { return run(argc, argv); });
}
