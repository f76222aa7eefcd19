#include "stages/measure_rank/synthetic_run.h"

#include "fmt/format.h"
#include "model/tensors.h"
#include "stages/measure_rank/nulls.h"

namespace rc {

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
