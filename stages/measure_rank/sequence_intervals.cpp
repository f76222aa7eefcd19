#include "stages/measure_rank/sequence_intervals.h"

#include "pipeline/statistics/statistics.h"

namespace rc {

std::vector<double> to_vector(const torch::Tensor& x) {
  const auto flat = x.to(torch::kFloat64).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

Number mean_number(const torch::Tensor& sequences, std::string unit) {
  const auto values = to_vector(sequences);
  auto interval = t_interval(values);
  interval.method = kOverSequences;
  return {mean(values), std::move(unit), 1, interval};
}

torch::Tensor leave_one_out_weights(long sequences) {
  const auto n = static_cast<double>(sequences);
  const auto all = torch::full({1, sequences}, 1 / n, torch::kFloat64);
  const auto others = (1 - torch::eye(sequences, torch::kFloat64)) / (n - 1);
  return torch::cat({all, others});
}

Number jackknife_number(std::span<const double> values, std::string unit) {
  const double whole = values.front();
  const auto n = static_cast<double>(values.size() - 1);
  // Tukey's pseudovalues: their standard error is the jackknife's.
  std::vector<double> pseudovalues;
  for (const double left : values.subspan(1)) pseudovalues.push_back(n * whole - (n - 1) * left);
  auto interval = t_interval(pseudovalues);
  const double reach = (interval.hi - interval.lo) / 2;
  return {whole, std::move(unit), 1,
          Interval{whole - reach, whole + reach, interval.level, "t over sequences (jackknife)"}};
}

}  // namespace rc
