#include "bench/error_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "bench/reference.h"
#include "pipeline/error.h"

namespace rc {
namespace {

/// Outputs are means of standard normal values; a few roundings of numbers near 1 are below this.
constexpr double kLeastBound = 1e-6;

double largest_difference(const at::Tensor& x, const at::Tensor& truth) {
  if (x.sizes() != truth.sizes()) return std::numeric_limits<double>::quiet_NaN();
  return (x.to(at::kCPU, at::kDouble) - truth).abs().max().item<double>();  // max passes NaN on
}

}  // namespace

ErrorCheck check_kernel(const Rival& rival, const AttentionTask& task,
                        const AttentionInputs& inputs) {
  const auto truth = reference_attention(task, inputs, at::kDouble);
  const auto plain = reference_attention(task, inputs, at::kFloat);
  const auto prepared = rival.prepare(task, inputs);
  at::Tensor out;
  for (int call = 0; call < 2; ++call) {
    out = poisoned_output(task, inputs.q.device());
    rival.run(task, prepared, out);
  }
  return {.error = largest_difference(out, truth),
          .bound = std::max(kLeastBound, 2 * largest_difference(plain, truth))};
}

void require_correct(const Rival& rival, const AttentionTask& task, const ErrorCheck& check) {
  if (check.passed()) return;
  throw UserError(fmt::format(
      "attention kernel '{}' is wrong at {}, key width {}: its largest error is {:.3g}, allowed is "
      "{:.3g}; nothing was timed. Mend it in bench/rivals/ or take it out of bench/rivals.cpp",
      rival.name, phase_name(task.phase), task.key_width, check.error, check.bound));
}

}  // namespace rc
