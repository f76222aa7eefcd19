// Keys, queries and gains of fixed validation sequences at every checkpoint; at the last one also
// the keys that random projections would make there.
#include <fmt/format.h>

#include "kernels/torch.h"
#include "model/batches.h"
#include "model/evaluate.h"
#include "model/machine.h"
#include "model/random_keys.h"
#include "model/settings.h"
#include "model/snapshot_tensors.h"
#include "model/transformer.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "stages/snapshot/settings.h"

namespace {

/// What the model makes of the sequences; of the last checkpoint also what random projections do.
rc::NamedTensors photograph(const rc::Transformer& model, const rc::Taps& taps, bool last,
                            long seed) {
  const auto& m = model.config();
  rc::NamedTensors all;
  for (long l = 0; l < m.layers; ++l) {
    const auto i = static_cast<std::size_t>(l);
    rc::put_layer(all, "q", l, taps.q[i]);
    rc::put_layer(all, "k", l, taps.k[i]);
    if (!last) continue;
    rc::put_layer(all, "k_random", l,
                  rc::random_keys(taps.stream[i], {.seed = static_cast<std::uint64_t>(seed),
                                                   .layer = l,
                                                   .heads = m.kv_heads,
                                                   .d_k = m.d_k,
                                                   .qk_norm = m.qk_norm}));
  }
  rc::put_gains(all, model.weights);
  return all;
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
  auto metadata = rc::snapshot_metadata(c.arm(), c.seed(), config, batch.ids.size(0));
  metadata["steps_total"] = step_of(checkpoints.back());
  rc::Progress progress(fmt::format("snapshot {}", c.label()),
                        static_cast<long>(checkpoints.size()));
  for (std::size_t i = 0; i < checkpoints.size(); ++i) {
    const auto saved = rc::load_model(checkpoints[i], config);
    const rc::Transformer model(saved.config, saved.weights, device);
    const auto taps = rc::tap_sequences(model, batch.ids);
    const auto tensors = photograph(model, taps, i + 1 == checkpoints.size(), c.seed());
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
