// Can a cut model be healed? Half of the rotary pairs go for good, and the cut model is trained on
// beside the whole one: heal.json.
#include <fmt/format.h>

#include <algorithm>

#include "kernels/torch.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "model/trainer.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"
#include "pipeline/statistics/statistics.h"
#include "stages/heal/heal_report.h"
#include "stages/heal/settings.h"

namespace {

bool is_asked_for(const rc::Context& c) {
  const auto arms = c.settings().words("heal.arms");
  return std::find(arms.begin(), arms.end(), c.arm()) != arms.end();
}

nlohmann::json healed(rc::Context& c) {
  const auto& s = c.settings();
  const auto device = rc::device_named(s.text("device"));
  const auto precision = rc::precision_named(s.text("train.precision"), device);
  c.facts["device"] = device.str();
  c.facts["precision"] = rc::to_string(precision);
  const auto tokens = rc::load_tokens(c.output_of("tokenize", "tokens.safetensors"));
  const auto model = rc::load_model(c.outputs_of({"train", ".safetensors"}).back(),
                                    rc::ModelConfig::from(s, tokens.vocabulary));
  const bool copy = rc::copies(s);
  const long context = model.config.context, steps = s.integer("heal.steps");
  const auto windows = [&](const auto& text, const char* count) {
    return rc::fixed_batch(text, s.integer(count), context, copy, count);
  };
  rc::Progress progress(fmt::format("heal {}", c.label()), 2 * steps);
  long done = 0;
  const auto healing =
      rc::heal(model, {.settings = s,
                       .seed = static_cast<std::uint64_t>(c.seed()),
                       .device = device,
                       .precision = precision,
                       .first_step = rc::steps_of(s),
                       .steps = steps,
                       .batch =
                           [&](long step) {
                             return rc::random_batch(tokens.train, c.seed(), step,
                                                     s.integer("train.batch"), context, copy);
                           },
                       .validation = windows(tokens.validation, "heal.sequences"),
                       .calibration = windows(tokens.train, "heal.calibration_sequences").ids,
                       .tick =
                           [&](const char* name, double loss) {
                             progress.update(++done, fmt::format("{}, loss {:.3f}", name, loss));
                           }});
  progress.finish(fmt::format("validation loss {:.4f}, whole {:.4f}", rc::mean(healing.healed),
                              rc::mean(healing.whole)));
  auto report = rc::heal_report(healing, rc::kHealedPercent);
  report["numbers"] = rc::to_json(rc::heal_numbers(healing));
  return report;
}

void heal(rc::Context& c) {
  const int threads = rc::prepare_cpu(c.settings().integer("threads"));
  c.facts = {{"threads", threads}, {"libtorch", rc::torch_version()}};
  const nlohmann::json nothing = {{"numbers", nlohmann::json::object()}};
  c.write("heal.json", is_asked_for(c) ? healed(c) : nothing);
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "heal",
      .summary = "cut half of the rotary pairs, then train on",
      .writes = "heal.json",
      .scope = rc::Scope::kRun,
      .settings = {rc::kModelSettings, rc::kTrainSettings, rc::kLabelSettings, rc::kHealSettings,
                   rc::kDeviceSettings, rc::kThreadSettings},
      .needs = {{"tokenize", ".safetensors"}, {"train", ".safetensors"}},
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, heal);
}
