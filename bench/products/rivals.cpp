#include <dlfcn.h>

#include <oneapi/dnnl/dnnl.hpp>

#include "bench/products/product.h"
#include "kernels/torch.h"

namespace rc {
namespace {

/// As the model's operations do.
auto with(fused::Factors factors) {
  return [factors](Operands& x) -> ProductCall {
    return [factors, a = x.a(), b = x.b(), c = x.c(), add = x.product().add] {
      fused::multiply(factors, a, b, c, add);
    };
  };
}

ProductCall by_libtorch(Operands& x) {
  const auto tensor = [](const fused::MatrixView<const float>& m) {
    return torch::from_blob(const_cast<float*>(m.data), {m.rows, m.columns}, {m.down, m.across},
                            torch::kFloat32);
  };
  const double keep = x.product().add ? 1 : 0;
  return [a = tensor(x.a()), b = tensor(x.b()), c = tensor(x.c().read()), keep]() mutable {
    const torch::NoGradGuard no_grad;
    at::addmm_out(c, c, a, b, keep, 1);
  };
}

/// OpenBLAS comes through LibTorch, where that was built with it, and is not linked.
std::string openblas_kernels() {
  using CoreName = char* (*)();
  const auto name = reinterpret_cast<CoreName>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  return name ? name() : "";
}

std::string onednn_instructions() {
  const auto known = [isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa())](auto wanted) {
    return (isa & static_cast<unsigned>(wanted)) == static_cast<unsigned>(wanted);
  };
  if (known(dnnl::cpu_isa::avx512_core_amx)) return "AMX";
  if (fused::multiplies_bfloat16()) return "AVX-512 with bfloat16";
  if (known(dnnl::cpu_isa::avx512_core)) return "AVX-512";
  return known(dnnl::cpu_isa::avx2) ? "AVX2" : "older than AVX2";
}

}  // namespace

std::vector<ProductRival> product_rivals() {
  std::vector<ProductRival> rivals = {{"oneDNN, sgemm", "sgemm", with(fused::Factors::kFloat32)},
                                      {"LibTorch's BLAS", "BLAS", by_libtorch}};
  // Eight bits of mantissa: errors of single numbers average out over the depth.
  if (fused::multiplies_bfloat16())
    rivals.push_back({"oneDNN, bfloat16", "bf16", with(fused::Factors::kBFloat16), 2e-2});
  return rivals;
}

void hold_to_avx2() { dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2); }

std::vector<std::string> product_instructions() {
  std::vector<std::string> lines = {"oneDNN: " + onednn_instructions()};
  if (const auto kernels = openblas_kernels(); !kernels.empty())
    lines.push_back("OpenBLAS, called by LibTorch: " + kernels);
  return lines;
}

}  // namespace rc
