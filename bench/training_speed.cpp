#include "bench/training_speed.h"

#include <chrono>

#include "kernels/torch.h"
#include "model/microbatches.h"
#include "model/trainer.h"

namespace rc {
namespace {

double seconds_of(torch::Device device, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  if (device.is_cuda()) torch::cuda::synchronize();
  const auto start = Clock::now();
  work();
  if (device.is_cuda()) torch::cuda::synchronize();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// By as many threads as a step has. In a step they take pieces, and LibTorch has one.
void multiply(const torch::Tensor& square) {
  at::set_num_threads(worker_threads());
  torch::mm(square, square);
  at::set_num_threads(1);
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

}  // namespace

double training_flops(const ModelConfig& c) {
  const double attention = 3.0 * static_cast<double>(c.layers * c.heads * c.context) *
                           static_cast<double>(c.d_k + c.d_v);
  return 6.0 * static_cast<double>(c.parameters()) + attention;
}

Rounds time_steps(const ModelConfig& config, const Settings& settings, torch::Device device,
                  long rounds) {
  const auto precision = precision_named(settings.text("train.precision"), device);
  Path reference(config, settings, device, precision, "reference");
  Path fused(config, settings, device, precision, "fused");
  Path bfloat16(config, settings, device, Precision::kBFloat16, "reference");
  auto random = cpu_generator(0);
  const auto tokens =
      torch::randint(config.vocabulary, {64 * (config.context + 1)}, random, torch::kInt32);
  const auto type = precision == Precision::kBFloat16 ? torch::kBFloat16 : torch::kFloat32;
  const auto square = torch::rand({kProductSize, kProductSize}, device).to(type);
  Rounds taken;
  for (long round = 0; round <= rounds; ++round) {
    const auto batch = random_batch(tokens, 0, round, settings.integer("train.batch"),
                                    config.context, /*copy=*/false);
    const double first = seconds_of(device, [&] { reference.step(batch); });
    const double second = seconds_of(device, [&] { fused.step(batch); });
    const double third = seconds_of(device, [&] { bfloat16.step(batch); });
    const double fourth = seconds_of(device, [&] { multiply(square); });
    if (round == 0) continue;  // memory is fetched and kernels are chosen
    taken.reference.push_back(first);
    taken.fused.push_back(second);
    taken.bfloat16.push_back(third);
    taken.product.push_back(fourth);
  }
  return taken;
}

}  // namespace rc
