// Times attention at thinner and thinner keys, after checking it: kernels.json.
#include "bench/plan.h"
#include "model/tensors.h"
#include "model/torch_compat.h"
#include "pipeline/artifact.h"
#include "pipeline/dag.h"
#include "pipeline/progress.h"
#include "stages/time_kernels/report.h"

namespace {

std::vector<rc::SpeedCurve> time_plan(const rc::Profile& s, const rc::KernelPlan& plan) {
  const rc::Protocol protocol = {.repetitions = s.integer("kernels.repetitions"),
                                 .seconds = s.real("kernels.seconds")};
  rc::Progress progress("time-kernels", protocol.measurements(plan.cases.size()));
  const auto samples =
      rc::measure(plan.cases, protocol, [&](long done) { progress.update(done, "timings"); });
  const auto curves = rc::speed_curves(plan, samples);
  progress.finish(rc::noise_note(curves));
  return curves;
}

void time_kernels(rc::Context& c) {
  const auto& s = c.settings();
  const int threads = rc::prepare_cpu(s.integer("kernels.threads"));
  const auto device = rc::device_named(s.text("device"));
  c.facts = {{"device", device.str()}, {"threads", threads}, {"libtorch", rc::torch_version()}};

  const auto plan = rc::plan_kernels(s, device);
  const auto curves = time_plan(s, plan);
  const auto model =
      rc::ModelConfig::from(s, s.integer("tokens.vocabulary"), rc::arm_named("learned"));
  const auto works = rc::model_workloads(s);
  auto numbers = rc::kernel_numbers(curves);
  numbers.merge(rc::amdahl_numbers(model, works, s.integers("kernels.percents")));

  const auto file = c.dir() / "kernels.json";
  rc::write_json(file, {{"stage", c.spec().name},
                        {"device", device.str()},
                        {"threads", threads},
                        {"value_width", s.integer("kernels.value_width")},
                        {"phases", rc::phases_json(curves)},
                        {"amdahl", rc::amdahl_json(model, works)},
                        {"numbers", rc::to_json(numbers)}});
  c.made(file);
}

}  // namespace

int main(int argc, char** argv) {
  return rc::stage_main(rc::stage("time-kernels"), argc, argv, time_kernels);
}
