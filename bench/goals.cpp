#include "bench/goals.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace rc {
namespace {

constexpr double kBandwidthGoal = 0.85, kDecodeGoal = 0.9, kPrefillGoal = 0.85;

const SpeedCurve& measured_curve(const std::vector<SpeedCurve>& curves, Phase phase, bool cold,
                                 std::string_view kernel) {
  const auto found = std::ranges::find_if(curves, [&](const SpeedCurve& c) {
    return c.phase == phase && c.cold == cold && c.kernel == kernel;
  });
  if (found == curves.end()) throw std::logic_error("the kernel was not timed");
  return *found;
}

/// The number and its interval times `factor`.
Number scaled(Number number, double factor) {
  number.value *= factor;
  number.interval->lo *= factor;
  number.interval->hi *= factor;
  return number;
}

void add_shares_of_cap(std::vector<Goal>& goals, const SpeedCurve& curve, const char* phase,
                       std::initializer_list<long> percents, double target) {
  for (const auto& point : curve.points)
    if (std::ranges::find(percents, point.percent) != percents.end())
      goals.push_back({fmt::format("{}, {} % removed: share of the cap {:.2f}", phase,
                                   point.percent, attention_cap(point.task)),
                       scaled(point.speedup, 1 / attention_cap(point.task)), target});
}

/// The fastest kernel that is not ours, at full width.
const SpeedCurve& best_other(const std::vector<SpeedCurve>& curves, Phase phase,
                             std::string_view ours) {
  std::vector<SpeedCurve> others;
  for (const auto& curve : curves)
    if (curve.kernel != ours) others.push_back(curve);
  return measured_curve(curves, phase, false, fastest(others, phase).kernel);
}

}  // namespace

std::string_view judged(const Goal& goal) {
  if (goal.measured.interval->lo >= goal.target) return "reached";
  return goal.measured.interval->hi < goal.target ? "missed" : "not resolved";
}

double cache_bytes(const AttentionTask& task) {
  return static_cast<double>(task.batch * task.kv_heads * task.context *
                             (task.key_width + task.value_width)) *
         sizeof(float);
}

std::vector<Goal> kernel_goals(const std::vector<SpeedCurve>& curves, std::string_view ours,
                               const Moved& copy, const Moved& read) {
  std::vector<Goal> goals;
  const auto& decode = measured_curve(curves, Phase::kDecode, /*cold=*/true, ours);
  const auto& full = decode.points.front();
  const auto add_share = [&](const char* what, const Moved& moved) {
    goals.push_back(
        {what,
         scaled(speedup_number(moved.seconds, full.samples), cache_bytes(full.task) / moved.bytes),
         kBandwidthGoal});
  };
  add_share("decode: share of the bandwidth of a copy", copy);
  add_share("decode: share of the bandwidth of a read", read);
  add_shares_of_cap(goals, decode, "decode", {50, 60, 75}, kDecodeGoal);
  const auto& prefill = measured_curve(curves, Phase::kPrefill, /*cold=*/false, ours);
  const auto& rival = best_other(curves, Phase::kPrefill, ours);
  goals.push_back({fmt::format("prefill: speed over that of {}", rival.kernel),
                   speedup_number(rival.points.front().samples, prefill.points.front().samples),
                   1});
  add_shares_of_cap(goals, prefill, "prefill", {50, 75}, kPrefillGoal);
  return goals;
}

std::string floor_note(const std::vector<SpeedCurve>& curves, std::string_view ours) {
  std::string note;
  for (const auto& [phase, cold] : {std::pair(Phase::kDecode, true), {Phase::kPrefill, false}}) {
    const auto& last = measured_curve(curves, phase, cold, ours).points.back();
    if (last.task.key_width != 2) return "";
    note += fmt::format("{}{} {:.2f} (cap {:.2f})", note.empty() ? "" : ", ", phase_name(phase),
                        last.speedup.value, attention_cap(last.task));
  }
  return "highest speed-up, keys 2 wide: " + note + "\n";
}

std::string goal_table(const std::vector<Goal>& goals) {
  std::string text = fmt::format("{:<42} {:>5}  {:<13} {:>4}\n", "goal", "now", "95 %", "goal");
  for (const auto& goal : goals) {
    const auto& interval = *goal.measured.interval;
    text += fmt::format("{:<42} {:5.2f}  {:<13} {:4.2f}  {}\n", goal.what, goal.measured.value,
                        fmt::format("{:.2f} to {:.2f}", interval.lo, interval.hi), goal.target,
                        judged(goal));
  }
  return text;
}

}  // namespace rc
