#include "kernels/products/product.h"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace rc::fused {
namespace {

/// A factor as BLAS describes one: by rows or turned, and how far its lines are apart.
struct Factor {
  explicit Factor(const MatrixView<const float>& x) : turned(x.across != 1) {
    if (turned && x.down != 1)
      throw std::invalid_argument("multiply: a factor has neither rows nor columns contiguous");
    // A single line may lie at any distance from the next, which is never read.
    apart = turned ? std::max(x.across, x.rows) : std::max(x.down, x.columns);
  }
  char letter() const { return turned ? 'T' : 'N'; }
  bool turned;
  std::int64_t apart;
};

}  // namespace

std::string product_library() {
  const auto* version = dnnl_version();
  return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

void multiply(const MatrixView<const float>& a, const MatrixView<const float>& b,
              const MatrixView<float>& c, bool add) {
  require_fit(a, b, c);
  const Factor left(a), right(b);
  const auto status = dnnl_sgemm(left.letter(), right.letter(), c.rows, c.columns, a.columns, 1.0f,
                                 a.data, left.apart, b.data, right.apart, add ? 1.0f : 0.0f, c.data,
                                 std::max(c.down, c.columns));
  if (status == dnnl_out_of_memory) throw std::bad_alloc();
  if (status != dnnl_success) throw std::invalid_argument("multiply: oneDNN refuses the product");
}

void multiply(const MatrixView<const double>& a, const MatrixView<const double>& b,
              const MatrixView<double>& c, bool add) {
  require_fit(a, b, c);
  for (std::int64_t i = 0; i < c.rows; ++i) {
    double* row = c.data + i * c.down;
    if (!add) std::fill(row, row + c.columns, 0.0);
    for (std::int64_t k = 0; k < a.columns; ++k) {
      const double left = a.data[i * a.down + k * a.across];
      const double* right = b.data + k * b.down;
      for (std::int64_t j = 0; j < c.columns; ++j) row[j] += left * right[j * b.across];
    }
  }
}

}  // namespace rc::fused
