#include <dlfcn.h>

#include "bench/products/product.h"
#include "kernels/torch.h"

namespace rc {
namespace {

torch::Tensor tensor(const fused::MatrixView<const float>& x) {
  return torch::from_blob(const_cast<float*>(x.data), {x.rows, x.columns}, {x.down, x.across},
                          torch::kFloat32);
}

}  // namespace

/// The BLAS that LibTorch calls: OpenBLAS in Debian's.
ProductRival libtorch_products() {
  return {"LibTorch's BLAS", "BLAS", [](Operands& x) -> ProductCall {
            const auto a = tensor(x.a()), b = tensor(x.b());
            auto c = tensor(x.c().read());
            const double keep = x.product().add ? 1 : 0;
            return [=]() mutable {
              const torch::NoGradGuard no_grad;
              at::addmm_out(c, c, a, b, keep, 1);
            };
          }};
}

}  // namespace rc
