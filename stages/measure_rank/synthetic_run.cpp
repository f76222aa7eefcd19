#include "stages/measure_rank/synthetic_run.h"

#include <fmt/format.h>

#include "kernels/torch.h"
#include "model/tensors.h"
#include "stages/measure_rank/nulls.h"

namespace rc {
namespace {

/// The order of a layer's rotary pairs, [d_k / 2] int64.
torch::Tensor scattered(long pairs, long layer) {
  auto random = cpu_generator(static_cast<std::uint64_t>(layer) + 1);
  return torch::randperm(pairs, random, torch::kInt64);
}

/// Moves the pairs of every tensor and says where they went.
void scatter_pairs(NamedTensors& tensors, const SyntheticRun& run) {
  std::vector<torch::Tensor> steps;
  for (long l = 0; l < run.layers; ++l) {
    const auto order = scattered(run.d_k / 2, l);
    const auto columns = torch::stack({2 * order, 2 * order + 1}, -1).flatten();
    for (const std::string prefix : {"k.", "q."}) {
      auto& tensor = tensors[prefix + std::to_string(l)];
      tensor = tensor.index_select(-1, columns);
    }
    for (const std::string name : {"gain_k", "gain_q"})
      tensors[name][l] = tensors[name][l].index_select(0, columns);
    steps.push_back(order);
  }
  tensors["rotary_pairs"] = torch::stack(steps).to(torch::kInt32);
}

}  // namespace

std::vector<std::filesystem::path> write_synthetic_run(const std::filesystem::path& folder,
                                                       const SyntheticRun& run) {
  std::vector<std::filesystem::path> files;
  torch::manual_seed(1);
  for (long s = 0; s < run.snapshots; ++s) {
    const double age =
        static_cast<double>(s) / static_cast<double>(std::max(1L, run.snapshots - 1));
    const auto gain = torch::pow(1 + torch::arange(run.d_k), -age);
    NamedTensors tensors{{"gain_k", gain.repeat({run.layers, 1})},
                         {"gain_q", gain.repeat({run.layers, 1})}};
    const auto draw = [&](long heads) {
      const auto x = torch::randn({run.sequences * run.context, heads, run.d_k});
      return same_gains_keys(x, gain).to(torch::kFloat32);
    };
    for (long l = 0; l < run.layers; ++l) {
      tensors["k." + std::to_string(l)] = draw(run.kv_heads);
      tensors["q." + std::to_string(l)] = draw(run.heads);
    }
    if (run.scattered_pairs) scatter_pairs(tensors, run);
    for (long l = 0; s + 1 == run.snapshots && l < run.layers; ++l)
      tensors["k_random." + std::to_string(l)] =
          torch::randn({run.sequences * run.context, 2 * run.kv_heads, run.d_k});
    files.push_back(folder / fmt::format("step-{:06}.safetensors", 10 * s));
    save_tensors(files.back(), tensors,
                 {{"step", std::to_string(10 * s)},
                  {"context", std::to_string(run.context)},
                  {"sequences", std::to_string(run.sequences)},
                  {"rope_base", "10000"}});
  }
  return files;
}

}  // namespace rc
