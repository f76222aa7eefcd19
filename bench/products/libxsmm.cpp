#include <hwy/aligned_allocator.h>
#include <libxsmm.h>

#include <algorithm>

#include "bench/products/product.h"

namespace rc {
namespace {

// The library compiles kernels for small products; larger ones are tiles of its caller's. It counts
// by columns: c^T = b^T a^T.
constexpr std::int64_t kRows = 64, kColumns = 64, kDepth = 256;

class Tiles {
 public:
  explicit Tiles(Operands& x) : a_(x.a()), b_(x.b()), c_(x.c()), turned_(x.product().right_turned) {
    if (turned_)
      scratch_ = hwy::AllocateAligned<float>(static_cast<std::size_t>(b_.rows * b_.columns));
    add_ = x.product().add;
    for_tiles([&](const auto& tile, auto...) { known_ = known_ && kernel(tile); });
  }
  bool known() const { return known_; }

  void operator()() {
    const float* right = b_.data;
    if (turned_) {  // no kernel of this version reads its first factor turned
      libxsmm_otrans(scratch_.get(), b_.data, sizeof(float), int(b_.rows), int(b_.columns),
                     int(b_.across), int(b_.columns));
      right = scratch_.get();
    }
    for_tiles([&](const Tile& t, std::int64_t i, std::int64_t j, std::int64_t k) {
      kernel(t)(right + k * b_.columns + j, a_.data + i * a_.down + k * a_.across,
                c_.data + i * c_.down + j);
    });
  }

 private:
  struct Tile {
    std::int64_t rows, columns, depth;
    bool first;
  };

  template <typename Body>
  void for_tiles(const Body& body) const {
    for (std::int64_t k = 0; k < a_.columns; k += kDepth)
      for (std::int64_t j = 0; j < b_.columns; j += kColumns)
        for (std::int64_t i = 0; i < a_.rows; i += kRows)
          body(Tile{std::min(kRows, a_.rows - i), std::min(kColumns, b_.columns - j),
                    std::min(kDepth, a_.columns - k), k == 0 && !add_},
               i, j, k);
  }

  /// Compiled once, then found in the library's table.
  libxsmm_smmfunction kernel(const Tile& t) const {
    const auto right = static_cast<libxsmm_blasint>(b_.columns),
               left = static_cast<libxsmm_blasint>(a_.across == 1 ? a_.down : a_.across),
               out = static_cast<libxsmm_blasint>(c_.down);
    const float alpha = 1, beta = t.first ? 0 : 1;
    const int flags = a_.across == 1 ? LIBXSMM_GEMM_FLAG_NONE : LIBXSMM_GEMM_FLAG_TRANS_B;
    return libxsmm_smmdispatch(int(t.columns), int(t.rows), int(t.depth), &right, &left, &out,
                               &alpha, &beta, &flags, nullptr);
  }

  fused::MatrixView<const float> a_, b_;
  fused::MatrixView<float> c_;
  bool turned_, add_ = false, known_ = true;
  hwy::AlignedFreeUniquePtr<float[]> scratch_;
};

}  // namespace

ProductRival libxsmm_products() {
  return {"libxsmm, tiles", "libxsmm", [](Operands& x) -> ProductCall {
            const auto tiles = std::make_shared<Tiles>(x);
            if (!tiles->known()) return nullptr;
            return [tiles] { (*tiles)(); };
          }};
}

}  // namespace rc
