#include "stages/measure_rank/key_snapshot.h"

#include <fmt/format.h>

#include <charconv>

#include "model/tensors.h"
#include "pipeline/error.h"

namespace rc {
namespace {

/// A positive number (step 0 aside) of the file's metadata.
double metadata(const Safetensors& file, const std::string& name) {
  const auto entry = file.metadata().find(name);
  double value = -1;
  if (entry != file.metadata().end()) {
    const auto& text = entry->second;
    std::from_chars(text.data(), text.data() + text.size(), value);
  }
  if (value < 0)
    throw UserError(fmt::format("{}: metadata \"{}\" is missing or no number; rerun stage snapshot",
                                file.file().string(), name));
  return value;
}

}  // namespace

KeySnapshot KeySnapshot::open(const std::filesystem::path& path) {
  KeySnapshot snapshot(Safetensors::open(path));
  const auto& file = snapshot.file_;
  snapshot.step_ = static_cast<long>(metadata(file, "step"));
  snapshot.context_ = static_cast<long>(metadata(file, "context"));
  snapshot.sequences_ = static_cast<long>(metadata(file, "sequences"));
  snapshot.gains_ = to_torch(file.at("gain_k"));
  if (snapshot.gains_.dim() != 2)
    throw UserError(path.string() + ": gain_k is not [layers, d_k]; rerun stage snapshot");
  snapshot.read_frequencies();
  snapshot.read_angles();
  return snapshot;
}

void KeySnapshot::read_frequencies() {
  const bool wide = file_.metadata().contains("rope_frequencies");
  frequencies_ = {wide ? static_cast<long>(metadata(file_, "rope_frequencies")) : d_k(),
                  metadata(file_, "rope_base")};
  rotary_pairs_ = torch::arange(d_k() / 2).expand({layers(), -1});
  if (!file_.tensors().contains("rotary_pairs")) return;
  const auto pairs = to_torch(file_.at("rotary_pairs")).to(torch::kInt64);
  const auto steps = frequencies_.width / 2;
  if (pairs.sizes() != rotary_pairs_.sizes() || ((pairs < 0) | (pairs >= steps)).any().item<bool>())
    throw UserError(
        fmt::format("{}: rotary_pairs is not [{}, {}] of steps 0 to {}; rerun stage "
                    "snapshot",
                    file_.file().string(), layers(), d_k() / 2, steps - 1));
  rotary_pairs_ = pairs;
}

void KeySnapshot::read_angles() {
  if (!file_.tensors().contains("rope_angles")) return;
  rope_angles_ = to_torch(file_.at("rope_angles")).to(torch::kFloat64);
  if (rope_angles_.sizes() != rotary_pairs_.sizes())
    throw UserError(fmt::format("{}: rope_angles is not [{}, {}]; rerun the stage that wrote it",
                                file_.file().string(), layers(), d_k() / 2));
}

Rope KeySnapshot::rope(long layer) const {
  return rope_angles_.defined() ? make_rope(context_, rope_angles_[layer])
                                : make_rope(context_, rotary_pairs_[layer], frequencies_);
}

torch::Tensor KeySnapshot::tensor(const char* prefix, long layer) const {
  const auto name = prefix + std::to_string(layer);
  const auto flat = to_torch(file_.at(name));  // [sequences * context, heads, d_k]
  if (flat.dim() != 3 || flat.size(0) != sequences_ * context_ || flat.size(2) != d_k())
    throw UserError(fmt::format("{}: tensor {} is not [{}, heads, {}]; rerun stage snapshot",
                                file_.file().string(), name, sequences_ * context_, d_k()));
  return flat.view({sequences_, context_, -1, d_k()}).permute({2, 0, 1, 3}).contiguous();
}

}  // namespace rc
