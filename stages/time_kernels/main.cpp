// Times attention and whole models at thinner and thinner keys, after checking them: kernels.json.
#include "bench/inference.h"
#include "bench/kernel_plan.h"
#include "bench/settings.h"
#include "kernels/torch.h"
#include "model/machine.h"
#include "model/tensors.h"
#include "pipeline/stage/progress.h"
#include "stages/time_kernels/kernel_report.h"
#include "stages/time_kernels/original_model.h"

namespace {

std::vector<rc::SpeedCurve> time_plan(const rc::Settings& s, const rc::KernelPlan& plan) {
  const auto protocol = rc::protocol_of(s);
  rc::Progress progress("time-kernels", protocol.measurements(plan.cases.size()));
  const auto samples = rc::measure(rc::timed(plan.cases), protocol,
                                   [&](long done) { progress.update(done, "timings"); });
  const auto curves = rc::speed_curves(plan, samples);
  progress.finish(rc::noise_note(curves));
  return curves;
}

/// Nothing where our own kernels do not serve the model: they need a CPU and widths they know.
std::vector<rc::InferenceCurve> time_models(const rc::ModelConfig& model,
                                            std::vector<long> percents,
                                            const std::vector<rc::Workload>& works,
                                            const rc::Protocol& protocol, at::Device device,
                                            const std::string& label) {
  if (!rc::generates(model, device)) return {};
  percents.push_back(rc::kAllButOnePair);
  const auto models = rc::thin_models(model, percents);
  for (const auto& thin : models) rc::require_same_logits(thin);
  return rc::time_workloads(models, works, protocol, label);
}

/// With what the claim is about removed, and at the limit.
std::vector<rc::InferenceCurve> time_original(const rc::Settings& s, at::Device device) {
  if (s.text("kernels.original") == "off") return {};
  return time_models(rc::original_model(), {60}, rc::original_workloads(s), rc::original_protocol(),
                     device, "time the original's shape");
}

void time_kernels(rc::Context& c) {
  const auto& s = c.settings();
  const int threads = rc::prepare_cpu_for_timing(s.integer("kernels.threads"));
  const auto device = rc::device_named(s.text("device"));
  c.facts = {{"device", device.str()}, {"threads", threads}, {"libtorch", rc::torch_version()}};

  const auto plan = rc::plan_kernels(s, device);
  const auto curves = time_plan(s, plan);
  const auto model = rc::ModelConfig::from(s, s.integer("tokens.vocabulary"));
  const auto works = rc::model_workloads(s);
  const auto inference = time_models(model, s.integers("kernels.percents"), works,
                                     rc::protocol_of(s), device, "time whole models");
  const auto original = time_original(s, device);
  auto numbers = rc::kernel_numbers(curves);
  numbers.merge(rc::inference_numbers(inference));
  numbers.merge(rc::inference_numbers(original, "inference.original"));
  numbers.merge(rc::amdahl_numbers(model, works, s.integers("kernels.percents")));

  c.write("kernels.json", {{"device", device.str()},
                           {"threads", threads},
                           {"value_width", s.integer("kernels.value_width")},
                           {"phases", rc::phases_json(curves)},
                           {"amdahl", rc::amdahl_json(model, works)},
                           {"inference", rc::inference_json(inference)},
                           {"original", rc::inference_json(original)},
                           {"numbers", rc::to_json(numbers)}});
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{.name = "time-kernels",
                           .summary = "time attention at thinner keys, prefill and decode",
                           .writes = "kernels.json",
                           .settings = rc::timing_tables(),
                           .environment = rc::machine_facts,
                           .alone = true};
  return rc::stage_main(spec, argc, argv, time_kernels);
}
