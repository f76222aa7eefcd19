// Tokens in, checkpoints and the loss curve out.
#include <fmt/format.h>

#include "model/evaluate.h"
#include "model/ngram.h"
#include "model/torch_compat.h"
#include "pipeline/artifact.h"
#include "pipeline/dag.h"
#include "pipeline/numbers.h"
#include "pipeline/progress.h"
#include "pipeline/stage.h"
#include "pipeline/statistics.h"
#include "stages/train/trainer.h"

namespace {

using Clock = std::chrono::steady_clock;

/// What train.json tells of a run.
struct Record {
  std::vector<long> steps, validation_steps;
  std::vector<double> losses, validation_losses, step_seconds;
  std::vector<double> final_sequences;  // validation loss of each sequence at the end
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void save_checkpoint(rc::Context& c, const rc::Transformer& model, long step) {
  const auto file = c.dir() / "checkpoints" / fmt::format("step-{:06}.safetensors", step);
  rc::save_tensors(file, rc::named(model.weights, model.config()),
                   {{"step", std::to_string(step)}, {"arm", c.arm()}});
  c.made(file);
}

/// Runs all steps; keeps checkpoints and validation losses on the way.
Record run(rc::Context& c, rc::Transformer& model, rc::Trainer& trainer, const rc::Tokens& tokens,
           bool copy) {
  const auto& s = c.settings();
  const long steps = s.integer("train.steps"), batch = s.integer("train.batch");
  const long context = model.config().context;
  const auto validation = rc::fixed_batch(tokens.validation, s.integer("train.validation_sequences"),
                                          context, copy, "train.validation_sequences");
  const auto kept = rc::checkpoint_steps(steps, s.integer("train.checkpoints"));
  rc::Progress progress(fmt::format("train {}", c.label()), steps);
  Record record;
  for (long step = 0;; ++step) {
    if (std::binary_search(kept.begin(), kept.end(), step)) {
      save_checkpoint(c, model, step);
      record.final_sequences = rc::evaluate_sequences(model, validation, batch);
      record.validation_steps.push_back(step);
      record.validation_losses.push_back(rc::mean(record.final_sequences));
    }
    if (step == steps) break;
    const auto start = Clock::now();
    const auto sequences =
        rc::random_batch(tokens.train, c.seed(), step, batch, context, copy);
    record.losses.push_back(trainer.step(step + 1, sequences));
    record.steps.push_back(step + 1);
    record.step_seconds.push_back(seconds_since(start));
    const double rate = static_cast<double>(batch * context) / rc::median(record.step_seconds);
    progress.update(step + 1, fmt::format("loss {:.3f}  {:.0f} tok/s", record.losses.back(), rate));
  }
  progress.finish(fmt::format("validation loss {:.4f}", record.validation_losses.back()));
  return record;
}

rc::Numbers numbers_of(const Record& r, const rc::ModelConfig& config, long tokens_a_step) {
  const auto& x = r.final_sequences;
  const auto resampled_mean = [&](std::span<const std::size_t> index) {
    double sum = 0;
    for (const auto i : index) sum += x[i];
    return sum / static_cast<double>(index.size());
  };
  auto interval = rc::bootstrap(x.size(), 1000, 0, resampled_mean);
  interval.method = "bootstrap over sequences";
  double seconds = 0;
  for (const double t : r.step_seconds) seconds += t;
  const double tokens = static_cast<double>(tokens_a_step);
  return {
      {"loss", {r.validation_losses.back(), "nats/token", 1, interval}},
      {"train.initial_loss", {r.validation_losses.front(), "nats/token", 1, {}}},
      {"train.tokens_per_second", {tokens / rc::median(r.step_seconds), "tokens/s", 1, {}}},
      {"train.seconds", {seconds, "s", 1, {}}},
      {"train.parameters", {static_cast<double>(config.parameters()), "parameters", 1, {}}},
      {"train.steps", {static_cast<double>(r.losses.size()), "steps", 1, {}}},
      {"train.tokens", {tokens * static_cast<double>(r.losses.size()), "tokens", 1, {}}},
  };
}

nlohmann::json floors(const rc::Tokens& tokens) {
  const auto span = [](const torch::Tensor& t) {
    return std::span<const std::int32_t>(t.data_ptr<int>(), static_cast<std::size_t>(t.numel()));
  };
  const auto loss = rc::ngram_loss(span(tokens.train), span(tokens.validation), tokens.vocabulary);
  return {{"unigram", loss.unigram}, {"bigram", loss.bigram}};
}

nlohmann::json describe(const rc::ModelConfig& m) {
  return {{"layers", m.layers}, {"d_model", m.d_model}, {"heads", m.heads},
          {"kv_heads", m.kv_heads}, {"d_k", m.d_k}, {"d_v", m.d_v}, {"d_ff", m.d_ff},
          {"context", m.context}, {"vocabulary", m.vocabulary}};
}

void train(rc::Context& c) {
  const auto& s = c.settings();
  const int threads = rc::prepare_cpu(s.integer("threads"));
  const auto device = rc::device_named(s.text("device"));
  const auto precision = rc::precision_named(s.text("train.precision"), device);
  c.facts = {{"device", device.str()}, {"threads", threads}, {"libtorch", rc::torch_version()},
             {"precision", rc::to_string(precision)}};
  const auto arm = rc::arm_named(c.arm());
  const auto tokens = rc::load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto config = rc::ModelConfig::from(s, tokens.vocabulary, arm);
  rc::Transformer model(config, rc::initial_weights(config, c.seed(), s.real("train.init_std")),
                        device, precision,
                        rc::operations_named(s.text("model.operations"), device, precision));
  rc::Trainer trainer(model, arm, s, precision);
  const auto record = run(c, model, trainer, tokens, arm.copy_labels);

  const auto file = c.dir() / "train.json";
  rc::write_json(
      file, {{"stage", "train"},
             {"arm", c.arm()},
             {"seed", c.seed()},
             {"numbers", rc::to_json(numbers_of(record, config, s.integer("train.batch") * config.context))},
             {"curve", {{"step", record.steps}, {"train_loss", record.losses}}},
             {"validation", {{"step", record.validation_steps}, {"loss", record.validation_losses}}},
             {"floor", floors(tokens)},
             {"model", describe(config)}});
  c.made(file);
}

}  // namespace

int main(int argc, char** argv) {
  return rc::stage_main(rc::stage("train"), argc, argv, train);
}
