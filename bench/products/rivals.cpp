#include <dlfcn.h>
#include <hwy/targets.h>

#include "bench/products/product.h"
#ifdef RC_HAS_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif
#ifdef RC_HAS_LIBXSMM
#include <libxsmm.h>
#endif

namespace rc {
namespace {

/// OpenBLAS comes through LibTorch, where that was built with it, and is not linked.
std::string openblas_kernels() {
  using CoreName = char* (*)();
  const auto name = reinterpret_cast<CoreName>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  return name ? name() : "";
}

#ifdef RC_HAS_ONEDNN
std::string onednn_instructions() {
  const auto isa = dnnl::get_effective_cpu_isa();
  if (isa >= dnnl::cpu_isa::avx512_core_amx) return "AMX";
  if (isa >= dnnl::cpu_isa::avx512_core_bf16) return "AVX-512 with bfloat16";
  if (isa >= dnnl::cpu_isa::avx512_core) return "AVX-512";
  return isa >= dnnl::cpu_isa::avx2 ? "AVX2" : "older than AVX2";
}
#endif

}  // namespace

std::vector<ProductRival> product_rivals() {
  std::vector<ProductRival> rivals = {own_products(), libtorch_products()};
#ifdef RC_HAS_ONEDNN
  for (auto& rival : onednn_products()) rivals.push_back(std::move(rival));
#endif
#ifdef RC_HAS_LIBXSMM
  rivals.push_back(libxsmm_products());
#endif
  return rivals;
}

void hold_to_avx2() {
  hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
#ifdef RC_HAS_ONEDNN
  dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
#endif
#ifdef RC_HAS_LIBXSMM
  libxsmm_init();  // asks the processor, and would do so after the next line
  libxsmm_set_target_archid(LIBXSMM_X86_AVX2);
#endif
}

std::vector<std::string> product_instructions() {
  std::vector<std::string> lines;
  lines.push_back(std::string("ours: ") +
                  hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()));
  if (const auto kernels = openblas_kernels(); !kernels.empty())
    lines.push_back("OpenBLAS, called by LibTorch: " + kernels);
#ifdef RC_HAS_ONEDNN
  lines.push_back("oneDNN: " + onednn_instructions());
#endif
#ifdef RC_HAS_LIBXSMM
  lines.push_back(std::string("libxsmm: ") + libxsmm_get_target_arch());
#endif
  return lines;
}

}  // namespace rc
