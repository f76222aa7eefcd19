#include "kernels/fused/rope.h"

namespace rc {

Rope make_rope(long context, const torch::Tensor& angles, torch::Device device) {
  const auto angle =
      torch::outer(torch::arange(context, torch::TensorOptions(torch::kFloat64)), angles);
  return {torch::cos(angle).to(torch::kFloat32).to(device),
          torch::sin(angle).to(torch::kFloat32).to(device)};
}

Rope make_rope(long context, const torch::Tensor& steps, const RopeFrequencies& frequencies,
               torch::Device device) {
  const auto exponent =
      -2.0 * steps.to(torch::kCPU).to(torch::kFloat64) / static_cast<double>(frequencies.width);
  return make_rope(context, torch::pow(frequencies.base, exponent), device);
}

Rope make_rope(long context, long d_k, double base, torch::Device device) {
  return make_rope(context, torch::arange(d_k / 2), {d_k, base}, device);
}

torch::Tensor apply_rope(const torch::Tensor& x, const Rope& rope) {
  const auto tokens = x.size(-2);
  const auto cos = rope.cos.narrow(0, 0, tokens).to(x.scalar_type());
  const auto sin = rope.sin.narrow(0, 0, tokens).to(x.scalar_type());
  auto paired = x.sizes().vec();
  paired.back() /= 2;
  paired.push_back(2);
  const auto pairs = x.reshape(paired).unbind(-1);
  return torch::stack({pairs[0] * cos - pairs[1] * sin, pairs[0] * sin + pairs[1] * cos}, -1)
      .flatten(-2);
}

}  // namespace rc
