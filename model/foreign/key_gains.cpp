#include "model/foreign/key_gains.h"

#include <fmt/format.h>

#include "model/foreign/checkpoint.h"
#include "pipeline/error.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// The folder that all `paths` lie in, or the folder that the only one is.
fs::path folder_of(std::span<const fs::path> paths) {
  if (paths.empty()) throw std::logic_error("gains of no files");
  if (paths.size() == 1 && fs::is_directory(paths.front())) return paths.front();
  const auto folder = paths.front().parent_path();
  for (const auto& path : paths)
    if (path.parent_path() != folder)
      throw UserError(fmt::format("{} and {} lie in different folders; name the files of one model",
                                  paths.front().string(), path.string()));
  return folder;
}

/// Gains as stored, [heads * d_k] in the checkpoint's order, as rows of heads in ours.
std::vector<std::vector<double>> effective(const std::vector<float>& stored,
                                           const ForeignConfig& config) {
  std::vector<std::vector<double>> heads(stored.size() / config.d_k);
  for (std::size_t h = 0; h < heads.size(); ++h)
    for (long i = 0; i < config.d_k; ++i)
      heads[h].push_back(config.block.gain_offset +
                         stored[h * config.d_k + half_split_index(i, config.d_k)]);
  return heads;
}

}  // namespace

KeyGains read_key_gains(std::span<const fs::path> paths) {
  const auto folder = folder_of(paths);
  const bool whole = paths.front() == folder;
  const auto checkpoint = whole ? Checkpoint::open(folder) : Checkpoint::of_files(paths);
  KeyGains gains{.config = read_foreign_config(folder)};
  const auto& c = gains.config;
  if (c.block.qk_norm == QkNorm::kNone)
    throw UserError(fmt::format("{}: models of the family {} have no norm on keys, so no gains",
                                folder.string(), c.family));
  const long heads = c.block.qk_norm == QkNorm::kFullWidth ? c.kv_heads : 1;
  for (std::size_t l = 0; l < c.layers.size(); ++l) {
    const auto name = fmt::format("layers.{}.self_attn.k_norm.weight", l);
    gains.layers.push_back(effective(to_floats(checkpoint.at({name, {heads * c.d_k}})), c));
  }
  return gains;
}

}  // namespace rc
