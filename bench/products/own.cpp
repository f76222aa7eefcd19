#include <hwy/targets.h>

#include "bench/products/product.h"

namespace rc {

ProductRival own_products() {
  return {"ours", "ours", [](Operands& x) -> ProductCall {
            const auto a = x.a(), b = x.b();
            const auto c = x.c();
            const bool add = x.product().add;
            // As the fused operations call them: a weight is packed whole for all rows that meet
            // it, a factor as long as the tokens piece by piece.
            if (x.product().left_turned) return [=] { fused::multiply(a, b, c, add); };
            return [=] { fused::multiply(a, fused::Packed<float>(b), c, add); };
          }};
}

}  // namespace rc
