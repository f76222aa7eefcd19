#include "bench/training_speed.h"

#include <algorithm>
#include <optional>

#include "bench/clock.h"
#include "kernels/torch.h"
#include "model/microbatches.h"
#include "model/trainer.h"

namespace rc {
namespace {

/// Seconds of a product by as many threads as a step has. In a step they take pieces, and LibTorch
/// has one; the first product of a new team fetches memory and is not recorded.
double seconds_of_product(const torch::Tensor& square) {
  at::set_num_threads(worker_threads());
  torch::mm(square, square);
  const double seconds = seconds_of(square.device(), 1, [&] { torch::mm(square, square); });
  at::set_num_threads(1);
  return seconds;
}

/// One of the ways, with a model and optimizers of its own.
class Path {
 public:
  Path(const ModelConfig& config, const Settings& settings, torch::Device device,
       Precision precision, const char* operations)
      : model_(config, initial_weights(config, 0, settings.real("train.init_std")), device,
               precision, operations_named(operations, device, precision)),
        trainer_(model_, settings, precision, 0) {}

  void step(const Batch& batch) { trainer_.step(++steps_, batch); }

 private:
  Transformer model_;
  Trainer trainer_;
  long steps_ = 0;
};

nlohmann::json timed_way(const char* name, const std::vector<double>& seconds) {
  return {{"name", name}, {"fastest_s", std::ranges::min(seconds)}, {"seconds", seconds}};
}

}  // namespace

double training_flops(const ModelConfig& c) {
  const double attention = 3.0 * static_cast<double>(c.layers * c.heads * c.context) *
                           static_cast<double>(c.d_k + c.d_v);
  return 6.0 * static_cast<double>(c.parameters()) + attention;
}

Rounds time_steps(const ModelConfig& config, const Settings& settings, torch::Device device,
                  long rounds) {
  constexpr auto kWide = Precision::kFloat32, kNarrow = Precision::kBFloat16;
  Path reference(config, settings, device, kWide, "reference");
  Path fused(config, settings, device, kWide, "fused");
  Path reference_bfloat16(config, settings, device, kNarrow, "reference");
  std::optional<Path> fused_bfloat16;
  if (operations_named("fused", device, kNarrow) == Operations::kFused)
    fused_bfloat16.emplace(config, settings, device, kNarrow, "fused");
  auto random = cpu_generator(0);
  const auto tokens =
      torch::randint(config.vocabulary, {64 * (config.context + 1)}, random, torch::kInt32);
  const auto square = torch::rand({kProductSize, kProductSize}, device);
  Rounds taken;
  for (long round = 0; round <= rounds; ++round) {
    const auto batch = random_batch(tokens, 0, round, settings.integer("train.batch"),
                                    config.context, /*copy=*/false);
    const auto time = [&](Path& path, std::vector<double>& seconds) {
      const double taken_now = seconds_of(device, 1, [&] { path.step(batch); });
      if (round > 0) seconds.push_back(taken_now);  // in the first, kernels are chosen
    };
    time(reference, taken.reference);
    time(fused, taken.fused);
    time(reference_bfloat16, taken.reference_bfloat16);
    if (fused_bfloat16) time(*fused_bfloat16, taken.fused_bfloat16);
    taken.product.push_back(seconds_of_product(square));
  }
  taken.product.erase(taken.product.begin());
  return taken;
}

nlohmann::json to_json(const Rounds& rounds) {
  auto ways = nlohmann::json::array({timed_way("training/reference", rounds.reference),
                                     timed_way("training/fused", rounds.fused)});
  if (!rounds.fused_bfloat16.empty())
    ways.push_back(timed_way("training/fused/bfloat16", rounds.fused_bfloat16));
  return {{"benchmarks", std::move(ways)}};
}

}  // namespace rc
