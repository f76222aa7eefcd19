// The matrix products of a training step, as tasks that rivals solve.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/products/product.h"
#include "model/config.h"

namespace rc {

/// c = a b in float32, or c += a b where `add`: a [rows, depth], b [depth, columns], c by rows.
/// A factor that is turned lies by columns. All of them are read where they lie: what a rival
/// arranges for itself it arranges in every call, as a step does, whose weights are new.
struct Product {
  std::string what = {};
  std::int64_t rows = 1, columns = 1, depth = 1;
  bool left_turned = false, right_turned = false;
  std::int64_t left_gap = 0;  // floats between the columns of a left factor that is turned
  bool add = false;
  double count = 1;  // how many of them a piece of a batch needs

  double flops() const { return 2.0 * static_cast<double>(rows * columns * depth); }
};

/// The products of one piece of a batch, `tokens` long, forward and back. Those of attention are
/// the ones of its longest tile; the others of a head are shorter.
std::vector<Product> training_products(const ModelConfig& config, std::int64_t tokens);

/// One product's matrices, with numbers of a fixed seed.
class Operands {
 public:
  Operands(const Product& product, std::uint64_t seed);
  const Product& product() const { return product_; }
  fused::MatrixView<const float> a() const;
  fused::MatrixView<const float> b() const;
  fused::MatrixView<float> c();
  void clear();  // c <- 0

  /// The largest error of c, which holds the product, over the largest element of that in float64.
  double error() const;

 private:
  Product product_;
  std::vector<float> a_, b_, c_;
};

/// Multiplies operands: a call that can be repeated.
using ProductCall = std::function<void()>;

/// Whoever multiplies. `prepare` does once what a program does once (choose a kernel for a shape).
/// Calls of several threads at once are its caller's.
struct ProductRival {
  std::string name, column;  // what it is called, and over its column
  std::function<ProductCall(Operands&)> prepare;
  double tolerance = 1e-4;  // of Operands::error
};

/// The one that the model multiplies with comes first, then LibTorch's BLAS, then the model's in
/// bfloat16, conversions included, where the processor multiplies that.
std::vector<ProductRival> product_rivals();

/// Holds them to the instructions of processors with AVX2, as far as can be done once a program
/// runs (OpenBLAS reads OPENBLAS_CORETYPE before). Before any product.
void hold_to_avx2();

/// What each library says that it runs on, a line each.
std::vector<std::string> product_instructions();

}  // namespace rc
