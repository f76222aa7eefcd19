// Keys, queries and gains of fixed validation sequences at every checkpoint; at the last one also
// the keys that random projections would make there.
#include <fmt/format.h>

#include "kernels/torch.h"
#include "model/batches.h"
#include "model/evaluate.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/transformer.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "stages/snapshot/random_keys.h"
#include "stages/snapshot/settings.h"

namespace {

/// [B, T, heads, d_k] of every layer, as `prefix`.<layer> [B * T, heads, d_k].
void put(rc::NamedTensors& all, const std::string& prefix, const std::vector<torch::Tensor>& taps) {
  for (std::size_t l = 0; l < taps.size(); ++l)
    all[fmt::format("{}.{}", prefix, l)] = taps[l].flatten(0, 1);
}

/// What random projections make of each layer's stream.
std::vector<torch::Tensor> random_keys_of(const rc::ModelConfig& m, const rc::Taps& taps,
                                          long seed) {
  std::vector<torch::Tensor> keys;
  for (std::size_t l = 0; l < taps.stream.size(); ++l)
    keys.push_back(rc::random_keys(taps.stream[l], {.seed = static_cast<std::uint64_t>(seed),
                                                    .layer = static_cast<long>(l),
                                                    .heads = m.kv_heads,
                                                    .d_k = m.d_k,
                                                    .qk_norm = m.qk_norm}));
  return keys;
}

rc::NamedTensors photograph(const rc::Transformer& model, const rc::Taps& taps) {
  rc::NamedTensors all;
  put(all, "q", taps.q);
  put(all, "k", taps.k);
  std::vector<torch::Tensor> gains_q, gains_k, pairs;
  for (const auto& layer : model.weights.layers) {
    gains_q.push_back(layer.gain_q);
    gains_k.push_back(layer.gain_k);
    pairs.push_back(layer.rotary_pairs);
  }
  all["gain_q"] = torch::stack(gains_q);
  all["gain_k"] = torch::stack(gains_k);
  all["rotary_pairs"] = torch::stack(pairs);
  return all;
}

std::map<std::string, std::string> describe(const rc::Context& c, const rc::ModelConfig& m) {
  return {{"arm", c.arm()},
          {"seed", std::to_string(c.seed())},
          {"layers", std::to_string(m.layers)},
          {"heads", std::to_string(m.heads)},
          {"kv_heads", std::to_string(m.kv_heads)},
          {"d_k", std::to_string(m.d_k)},
          {"context", std::to_string(m.context)},
          {"rope_base", fmt::format("{}", m.frequencies.base)},
          {"rope_frequencies", std::to_string(m.frequencies.width)},
          {"sequences", std::to_string(c.settings().integer("snapshot.sequences"))}};
}

void snapshot(rc::Context& c) {
  const torch::NoGradGuard no_grad;
  const auto& s = c.settings();
  const int threads = rc::prepare_cpu(s.integer("threads"));
  const auto device = rc::device_named(s.text("device"));
  c.facts = {{"device", device.str()}, {"threads", threads}, {"libtorch", rc::torch_version()}};
  const auto tokens = rc::load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto config = rc::ModelConfig::from(s, tokens.vocabulary);
  const auto batch = rc::fixed_batch(tokens.validation, s.integer("snapshot.sequences"),
                                     config.context, /*copy=*/false, "snapshot.sequences");
  const auto checkpoints = c.outputs_of({"train", ".safetensors"});
  const auto step_of = [](const std::filesystem::path& checkpoint) {
    return rc::Safetensors::open(checkpoint).metadata().at("step");
  };
  auto metadata = describe(c, config);
  metadata["steps_total"] = step_of(checkpoints.back());
  rc::Progress progress(fmt::format("snapshot {}", c.label()),
                        static_cast<long>(checkpoints.size()));
  for (std::size_t i = 0; i < checkpoints.size(); ++i) {
    const auto saved = rc::load_model(checkpoints[i], config);
    const rc::Transformer model(saved.config, saved.weights, device);
    const auto taps = rc::tap_sequences(model, batch.ids);
    auto tensors = photograph(model, taps);
    if (i + 1 == checkpoints.size())
      put(tensors, "k_random", random_keys_of(saved.config, taps, c.seed()));
    metadata["step"] = step_of(checkpoints[i]);
    const auto file = c.dir() / "snapshots" / checkpoints[i].filename();
    rc::save_tensors(file, tensors, metadata);
    c.made(file);
    progress.update(static_cast<long>(i + 1));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "snapshot",
      .summary = "keys, queries and gains of fixed sequences at every checkpoint",
      .writes = "snapshots/step-<step>.safetensors",
      .scope = rc::Scope::kRun,
      .settings = {rc::kModelSettings, rc::kSnapshotSettings, rc::kDeviceSettings,
                   rc::kThreadSettings},
      .needs = {{"tokenize", ".safetensors"}, {"train", ".safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, snapshot);
}
