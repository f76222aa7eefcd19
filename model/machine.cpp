#include "model/machine.h"

#include <dlfcn.h>

#include <string>

#include "kernels/products/product.h"
#include "kernels/torch.h"
#include "model/tensors.h"
#include "model/transformer.h"

namespace rc {
namespace {

/// "OpenBLAS 0.3.21", or "unknown" where the library in force says nothing of itself. Without the
/// processor's name that follows: a cluster's nodes differ in it.
std::string blas_version() {
  using Describe = char* (*)();
  const auto describe = reinterpret_cast<Describe>(::dlsym(RTLD_DEFAULT, "openblas_get_config"));
  if (!describe) return "unknown";
  const std::string text = describe();
  const auto second = text.find(' ', text.find(' ') + 1);
  return text.substr(0, second);
}

}  // namespace

Environment machine_facts(const Settings& settings) {
  const auto device = device_named(settings.has("device") ? settings.text("device") : "auto");
  return {{"libtorch", torch_version()},
          {"blas", blas_version()},
          {"products", fused::product_library()},
          {"auto.device", device.str()},
          {"auto.train.precision", to_string(precision_named("auto", device))}};
}

}  // namespace rc
