// Tokens in, checkpoints and the loss curve out.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "kernels/torch.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/trainer.h"
#include "pipeline/error.h"
#include "pipeline/stage/interruption.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "pipeline/statistics/statistics.h"
#include "stages/train/record.h"
#include "stages/train/resume.h"
#include "stages/train/validation.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void keep_checkpoint(rc::Context& c, const rc::Transformer& model, long step) {
  const auto file = c.dir() / "checkpoints" / fmt::format("step-{:06}.safetensors", step);
  rc::save_model(file, {model.config(), model.weights},
                 {{"step", std::to_string(step)}, {"arm", c.arm()}});
  c.made(file);
}

/// The sequences that validation losses are taken over.
rc::Batch validation_windows(const rc::Settings& s, const rc::Tokens& tokens, bool copy) {
  return rc::fixed_batch(tokens.validation, s.integer("train.validation_sequences"),
                         s.integer("model.context"), copy, "train.validation_sequences");
}

/// Runs all steps; keeps checkpoints and validation losses on the way.
rc::Record run(rc::Context& c, rc::Transformer& model, rc::Trainer& trainer,
               const rc::Tokens& tokens) {
  const auto& s = c.settings();
  const bool copy = rc::copies(s);
  const long steps = rc::steps_of(s), batch = s.integer("train.batch");
  const long context = model.config().context, checkpoints = s.integer("train.checkpoints");
  const rc::Validation validation(validation_windows(s, tokens, copy),
                                  s.integer("train.curve_sequences"), batch);
  const auto kept = rc::checkpoint_steps(steps, checkpoints);
  const auto last = rc::final_steps(steps, checkpoints);
  rc::Resume resume(c, trainer);
  rc::Record record;
  const long begun = resume.take_up(record);
  rc::Progress progress(fmt::format("train {}", c.label()), steps);
  for (long step = begun;; ++step) {
    // What was saved after a validation holds it.
    const bool validated =
        !record.validation_steps.empty() && record.validation_steps.back() == step;
    if (!validated && std::binary_search(kept.begin(), kept.end(), step)) {
      trainer.require_finite_weights(step);
      const bool is_final = std::binary_search(last.begin(), last.end(), step);
      validation.add(model, step, is_final, record, [&](long done) {
        progress.update(step, fmt::format("validation: {} of {} sequences", done,
                                          validation.sequences(is_final)));
      });
      keep_checkpoint(c, model, step);
    }
    if (step == steps) break;
    if (step > begun) resume.after(step, record);
    const auto start = Clock::now();
    const auto drawn = rc::random_batch(tokens.train, c.seed(), step, batch, context, copy);
    record.losses.push_back(trainer.step(step + 1, drawn));
    record.step_seconds.push_back(seconds_since(start));
    progress.update(step + 1, fmt::format("loss {:.3f}  {:.0f} tok/s", record.losses.back(),
                                          rc::tokens_per_second(record, batch * context)));
  }
  progress.finish(fmt::format("validation loss {:.4f}", rc::mean(rc::final_sequences(record))));
  return record;
}

/// What the arm that this one's file says it reads ended with, of the same seed; nothing for an arm
/// that reads none.
std::optional<rc::Weights> weights_to_go_by(const rc::Context& c, const rc::ModelConfig& config) {
  if (c.settings().text("train.trainable") != "final_gain") return std::nullopt;
  const auto of_this_seed = [&](const rc::InputManifest& input) {
    return input.manifest.stage == "train" && input.manifest.seed == c.seed();
  };
  const auto checkpoints = c.outputs_of({"train", ".safetensors"});
  if (checkpoints.empty() || std::ranges::none_of(c.manifests(), of_this_seed))
    throw rc::UserError(
        fmt::format("arm {0} trains the key dimensions whose gain is highest at the end of another "
                    "arm with seed {1}, whose manifest it was not given; its file needs the line "
                    "reads = learned; run: make train ARMS={0} SEEDS={1} PROFILE={2}",
                    c.arm(), c.seed(), c.profile()));
  return rc::load_model(checkpoints.back(), config).weights;
}

void train(rc::Context& c) {
  rc::note_interruptions();
  const auto& s = c.settings();
  const int threads = rc::prepare_cpu(s.integer("threads"));
  const auto device = rc::device_named(s.text("device"));
  const auto precision = rc::precision_named(s.text("train.precision"), device);
  c.facts = {{"device", device.str()},
             {"threads", threads},
             {"libtorch", rc::torch_version()},
             {"precision", rc::to_string(precision)}};
  const auto tokens = rc::load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto config = rc::ModelConfig::from(s, tokens.vocabulary);
  rc::Transformer model(config, rc::initial_weights(config, c.seed(), s.real("train.init_std")),
                        device, precision,
                        rc::operations_named(s.text("model.operations"), device, precision));
  rc::Trainer trainer(model, s, precision, static_cast<std::uint64_t>(c.seed()),
                      weights_to_go_by(c, config));
  const auto record = run(c, model, trainer, tokens);

  auto report = rc::to_json(record, config, s.integer("train.batch") * config.context);
  report["floor"] = rc::floors(tokens, validation_windows(s, tokens, /*copy=*/false));
  report["numbers"]["train.gain_decay_line"] = rc::to_json(rc::gain_decay_line(
      s.real("train.adam_lr"), rc::gain_decay(s), static_cast<long>(record.losses.size())));
  report["labels"] = s.text("train.labels");  // another task where they are the same
  c.write("train.json", std::move(report));
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "train",
      .summary = "train one arm with one seed, keep checkpoints",
      .writes = "train.json and checkpoints/step-<step>.safetensors",
      .scope = rc::Scope::kRun,
      .settings = {rc::kModelSettings, rc::kAttentionSettings, rc::kTrainSettings,
                   rc::kLabelSettings, rc::kDeviceSettings, rc::kThreadSettings},
      .needs = {{"tokenize", ".safetensors"}, {"train", ".safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, train);
}
