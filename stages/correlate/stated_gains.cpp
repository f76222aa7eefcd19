#include "stages/correlate/stated_gains.h"

#include <fmt/format.h>

#include <numeric>

#include "model/foreign/key_gains.h"
#include "pipeline/error.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWidestHead = 256;  // that a known family has

fs::path folder_of(const fs::path& path) {
  return fs::is_directory(path) ? path : path.parent_path();
}

/// Of one layer, the mean over its heads.
std::vector<double> mean_over_heads(const std::vector<std::vector<double>>& heads) {
  std::vector<double> mean(heads.front().size());
  for (const auto& head : heads)
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean[i] += head[i] / static_cast<double>(heads.size());
  return mean;
}

StatedGains as_config_says(std::span<const fs::path> paths) {
  const auto gains = read_key_gains(paths);
  StatedGains stated{.pairing = Pairing::kInterleaved};
  for (const auto& heads : gains.layers) stated.model.keys.push_back(mean_over_heads(heads));
  std::vector<long> steps(static_cast<std::size_t>(gains.config.d_k / 2));
  std::iota(steps.begin(), steps.end(), 0L);
  stated.model.rotary_pairs.assign(gains.layers.size(), steps);
  const auto heads = gains.layers.front().size();
  stated.read_as = fmt::format(
      "config.json: {}, gains are {}{}, pairs (i, i + {})", gains.config.family,
      gains.config.block.gain_offset == 0 ? "w"
                                          : fmt::format("{:g} + w", gains.config.block.gain_offset),
      heads == 1 ? ", the same for all heads" : fmt::format(", the mean over {} key heads", heads),
      gains.config.d_k / 2);
  return stated;
}

StatedGains as_stored(std::span<const fs::path> paths, Pairing assumed) {
  StatedGains stated{.model = read_model(paths), .pairing = assumed};
  const auto width = stated.model.keys.front().size();
  if (!stated.model.rotary_pairs.empty()) {
    stated.read_as = "the file names its rotary pairs: a checkpoint of this project";
    return stated;
  }
  if (width > kWidestHead)
    throw UserError(fmt::format(
        "{}: {} gains a layer are those of several heads, and only config.json tells of how many; "
        "lay it beside the file",
        paths.front().string(), width));
  stated.read_as = fmt::format(
      "no config.json beside it: assumed that gains are w (Gemma has 1 + w), of one head or the "
      "same for all, pairs {}",
      assumed == Pairing::kHalves ? fmt::format("(i, i + {})", width / 2) : "(2i, 2i + 1)");
  return stated;
}

}  // namespace

StatedGains stated_gains(std::span<const fs::path> paths, Pairing assumed) {
  const auto folder = folder_of(paths.front());
  if (fs::exists(folder / "config.json")) return as_config_says(paths);
  if (fs::is_directory(paths.front()))
    throw UserError(folder.string() +
                    " has no config.json; name the folder of a Hugging Face checkpoint, or its "
                    "safetensors files");
  return as_stored(paths, assumed);
}

}  // namespace rc
