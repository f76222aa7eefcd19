#include "bench/growth/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/growth/theory.h"

namespace rc {
namespace {

/// Bytes a doubling must add: peaks of two runs differ by nearly so many.
constexpr double kLeastGrowth = 8e6;
constexpr double kTrusted = 0.15;  // operations are not all equally fast, nor caches endless

double value_of(const Taken& taken, Measure measure) {
  return measure == Measure::kTime ? taken.seconds : taken.bytes;
}

/// [point][round]
std::vector<std::vector<double>> samples_of(const Growth& growth, Measure measure) {
  std::vector<std::vector<double>> points(growth.rounds.front().size());
  for (const auto& round : growth.rounds)
    for (std::size_t p = 0; p < points.size(); ++p)
      points[p].push_back(value_of(round[p], measure));
  return points;
}

std::optional<double> fitted(std::span<const double> upper, Measure measure) {
  if (measure == Measure::kTime) return power(upper);
  return power_of_growth(upper, kLeastGrowth);
}

std::string value_text(double value, Measure measure) {
  if (measure == Measure::kMemory) return fmt::format("{:.0f}", value / 1e6);
  return value < 9.95 ? fmt::format("{:.2f}", value) : fmt::format("{:.1f}", value);
}

/// Bytes that the upper points add.
double added_bytes(const Growth& growth) {
  const auto points = least(growth, Measure::kMemory);
  return points.back() - points[kFirstFitted];
}

/// Of a memory that has no exponent.
std::string growth_text(const Growth& growth) {
  if (is_flat(growth)) return "flat";
  return fmt::format("+{:.0f} MB, too little", added_bytes(growth) / 1e6);
}

std::string exponent_text(const Growth& growth, Measure measure) {
  const auto e = measured_exponent(growth, measure);
  return e ? fmt::format("{:.2f} ({:.2f} to {:.2f})", e->value, e->lo, e->hi) : growth_text(growth);
}

std::string row(const Growth& growth, Measure measure) {
  std::string text = fmt::format("  {:<13}", growth.stage);
  for (const double value : least(growth, measure))
    text += fmt::format("{:>7}", value_text(value, measure));
  const auto theory = counted_exponent(growth, measure);
  return text + fmt::format("  {:<20} {:>5}{}\n", exponent_text(growth, measure),
                            theory ? fmt::format("{:.2f}", *theory) : "flat",
                            is_worse(growth, measure) ? " *" : "");
}

}  // namespace

std::vector<double> least(const Growth& growth, Measure measure) {
  std::vector<double> values;
  for (const auto& samples : samples_of(growth, measure))
    values.push_back(std::ranges::min(samples));
  return values;
}

std::optional<Exponent> measured_exponent(const Growth& growth, Measure measure) {
  auto points = samples_of(growth, measure);
  points.erase(points.begin(), points.begin() + kFirstFitted);
  return exponent_of(std::move(points), [&](auto y) { return fitted(y, measure); });
}

std::optional<double> counted_exponent(const Growth& growth, Measure measure) {
  const auto counted = measure == Measure::kTime ? counted_operations : counted_bytes;
  std::vector<double> points;
  for (int p = kFirstFitted; p < kGrowthPoints; ++p)
    points.push_back(counted(growth.stage, growth.quantity.at(p)));
  return fitted(points, measure);
}

bool is_flat(const Growth& growth) { return added_bytes(growth) < 2 * kLeastGrowth; }

bool is_worse(const Growth& growth, Measure measure) {
  const auto measured = measured_exponent(growth, measure);
  return measured && measured->lo > counted_exponent(growth, measure).value_or(0) + kTrusted;
}

std::string growth_table(const std::vector<Growth>& all) {
  std::string text;
  for (const auto measure : {Measure::kTime, Measure::kMemory}) {
    text += fmt::format("{:<50}  {:<20} {}\n",
                        measure == Measure::kTime ? "seconds" : "peak memory, MB", "exponent",
                        "theory");
    std::string name;
    for (const auto& growth : all) {
      if (name != growth.quantity.name)
        text += fmt::format("{} {}\n", growth.quantity.name, growth.quantity.range());
      name = growth.quantity.name;
      text += row(growth, measure);
    }
    if (measure == Measure::kTime) text += "\n";
  }
  return text;
}

}  // namespace rc
