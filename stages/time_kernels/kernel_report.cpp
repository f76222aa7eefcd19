#include "stages/time_kernels/kernel_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace rc {
namespace {

using nlohmann::json;

constexpr Phase kPhases[] = {Phase::kPrefill, Phase::kDecode};

std::string curve_name(const SpeedCurve& curve) {
  return curve.kernel + (curve.cold ? ".cold" : "");
}

json row_json(const SpeedPoint& point) {
  const auto& t = point.task;
  return {{"width", t.key_width},
          {"percent", point.percent},
          {"removed", 1 - static_cast<double>(t.key_width) / static_cast<double>(t.full_width)},
          {"seconds", point.seconds.value},
          {"lo", point.seconds.interval->lo},
          {"hi", point.seconds.interval->hi},
          {"samples", point.samples},
          {"speedup", point.speedup.value},
          {"speedup_lo", point.speedup.interval->lo},
          {"speedup_hi", point.speedup.interval->hi},
          {"cap", attention_cap(t)},
          {"error", point.check.error},
          {"error_bound", point.check.bound}};
}

json rows_json(const SpeedCurve& curve) {
  auto rows = json::array();
  for (const auto& point : curve.points) rows.push_back(row_json(point));
  return rows;
}

json phase_json(const std::vector<SpeedCurve>& curves, Phase phase) {
  const auto& main = fastest(curves, phase);
  const auto& task = main.points[0].task;
  auto others = json::object();
  for (const auto& curve : curves)
    if (curve.phase == phase && &curve != &main) others[curve_name(curve)] = rows_json(curve);
  return {{"context", task.context},   {"batch", task.batch},   {"heads", task.heads},
          {"kv_heads", task.kv_heads}, {"kernel", main.kernel}, {"rows", rows_json(main)},
          {"others", others}};
}

/// "prefix.<p>" for every width but the full one.
void add_speedups(Numbers& numbers, const std::string& prefix, const SpeedCurve& curve) {
  for (std::size_t i = 1; i < curve.points.size(); ++i)
    numbers[fmt::format("{}.{}", prefix, curve.points[i].percent)] = curve.points[i].speedup;
}

void add_caps(Numbers& numbers, const std::string& prefix, const SpeedCurve& curve) {
  for (std::size_t i = 1; i < curve.points.size(); ++i)
    numbers[fmt::format("{}.{}", prefix, curve.points[i].percent)] = {
        .value = attention_cap(curve.points[i].task), .unit = "ratio", .interval = {}};
}

/// amdahl.*.<name>: what `thin` gains over `full` by the models of cost.
void add_modelled(Numbers& numbers, const std::string& name, const ModelConfig& full,
                  const ModelConfig& thin, const std::vector<Workload>& works) {
  double highest = 0;
  const auto add = [&](const std::string& kind, double speedup) {
    numbers[fmt::format("amdahl.{}.{}", kind, name)] = {
        .value = speedup, .unit = "ratio", .interval = {}};
    highest = std::max(highest, speedup);
  };
  for (const auto& work : works) {
    const std::string phase = phase_name(work.phase);
    add(phase + ".flops", modelled_speedup(flops(full, work), flops(thin, work)));
    add(phase + ".bytes", modelled_speedup(bytes(full, work), bytes(thin, work)));
  }
  add("highest", highest);
}

json cost_json(const Cost& cost) {
  return {{"projections", cost.projections},   {"keys", cost.keys},     {"values", cost.values},
          {"feed_forward", cost.feed_forward}, {"output", cost.output}, {"total", cost.total()}};
}

}  // namespace

std::vector<Workload> model_workloads(const Settings& settings) {
  const long context = settings.integer("model.context");
  return {{Phase::kPrefill, settings.integer("kernels.prefill_batch"), context},
          {Phase::kDecode, settings.integer("kernels.decode_batch"), context}};
}

Numbers kernel_numbers(const std::vector<SpeedCurve>& curves) {
  Numbers numbers;
  for (const auto phase : kPhases) {
    const std::string prefix = fmt::format("kernels.{}", phase_name(phase));
    const auto& main = fastest(curves, phase);
    add_speedups(numbers, prefix + ".speedup", main);
    add_caps(numbers, prefix + ".cap", main);
    for (const auto& curve : curves) {
      if (curve.phase != phase) continue;
      if (!curve.thin)
        add_speedups(numbers, fmt::format("{}.{}.speedup", prefix, curve.kernel), curve);
      if (curve.cold && curve.kernel == main.kernel)
        add_speedups(numbers, prefix + ".cold.speedup", curve);
    }
  }
  return numbers;
}

Numbers amdahl_numbers(const ModelConfig& model, const std::vector<Workload>& works,
                       const std::vector<long>& percents) {
  Numbers numbers;
  for (const long p : percents)
    add_modelled(numbers, std::to_string(p), model, with_thin_keys(model, p), works);
  auto without_keys = model;
  without_keys.d_k = 0;
  add_modelled(numbers, "all", model, without_keys, works);
  return numbers;
}

json phases_json(const std::vector<SpeedCurve>& curves) {
  auto phases = json::object();
  for (const auto phase : kPhases) phases[phase_name(phase)] = phase_json(curves, phase);
  return phases;
}

json amdahl_json(const ModelConfig& model, const std::vector<Workload>& works) {
  auto result = json::object();
  for (const auto& work : works)
    result[phase_name(work.phase)] = {{"batch", work.batch},
                                      {"context", work.context},
                                      {"flops", cost_json(flops(model, work))},
                                      {"bytes", cost_json(bytes(model, work))}};
  return result;
}

}  // namespace rc
