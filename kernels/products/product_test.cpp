#include "kernels/products/product.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rc::fused {
namespace {

/// Numbers between -0.5 and 0.5 that repeat only after a thousand.
template <typename T>
std::vector<T> numbers(std::int64_t count, std::int64_t step) {
  std::vector<T> x(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    x[static_cast<std::size_t>(i)] = static_cast<T>(i * step % 1009) / 1009 - T(0.5);
  return x;
}

/// A matrix of its own memory: by rows, or by columns where `turned`, `gap` numbers between lines.
template <typename T>
struct Matrix {
  Matrix(std::int64_t m, std::int64_t n, bool turned, std::int64_t step, std::int64_t gap = 3)
      : down(turned ? 1 : n + gap),
        across(turned ? m + gap : 1),
        rows(m),
        columns(n),
        values(numbers<T>((turned ? n : m) * (turned ? m + gap : n + gap), step)) {}
  MatrixView<const T> view() const { return {values.data(), rows, columns, down, across}; }
  MatrixView<T> target() { return {values.data(), rows, columns, down, across}; }
  double at(std::int64_t i, std::int64_t j) const {
    return values[static_cast<std::size_t>(i * down + j * across)];
  }
  std::int64_t down, across, rows, columns;
  std::vector<T> values;
};

struct Size {
  std::int64_t rows, columns, depth;
};

// A row, a column, odd sizes, and more than a tile, a vector or a block of the library's.
const Size kSizes[] = {{1, 1, 1},      {6, 64, 8},    {7, 65, 3},     {5, 16, 130},
                       {121, 31, 129}, {13, 160, 64}, {250, 26, 300}, {12, 100, 513}};

class Multiply : public testing::Test {
 protected:
  /// c (+)= a b against sums in float64, and nothing between the rows of c touched.
  template <typename T, typename Multiply>
  void expect_product(const Size& s, bool turn_a, bool turn_b, bool add, const Multiply& multiply) {
    const Matrix<T> a(s.rows, s.depth, turn_a, 7919), b(s.depth, s.columns, turn_b, 104729);
    Matrix<T> c(s.rows, s.columns, false, 611);
    const auto before = c;
    multiply(a.view(), b.view(), c.target(), add);
    const double bound = 4 * std::numeric_limits<T>::epsilon() * static_cast<double>(s.depth);
    for (std::int64_t i = 0; i < s.rows; ++i) {
      for (std::int64_t j = 0; j < s.columns; ++j) {
        double sum = add ? before.at(i, j) : 0;
        for (std::int64_t k = 0; k < s.depth; ++k) sum += a.at(i, k) * b.at(k, j);
        ASSERT_NEAR(c.at(i, j), sum, bound) << "element " << i << ", " << j;
      }
      for (std::int64_t j = s.columns; j < c.down; ++j) ASSERT_EQ(c.at(i, j), before.at(i, j));
    }
  }

  template <typename T, typename Multiply>
  void expect_products(const Multiply& multiply) {
    for (const auto& s : kSizes)
      for (const int way : {0, 1, 2, 3, 4, 5, 6, 7}) {
        SCOPED_TRACE(testing::Message()
                     << s.rows << " x " << s.columns << " x " << s.depth << ", way " << way);
        expect_product<T>(s, way & 1, way & 2, way & 4, multiply);
      }
  }
};

TEST_F(Multiply, IsRightWhateverTheStrides) {
  const auto product = [](const auto& a, const auto& b, const auto& c, bool add) {
    multiply(a, b, c, add);
  };
  expect_products<float>(product);
  expect_products<double>(product);
}

TEST_F(Multiply, ReadsASingleLineWhoseStrideMeansNothing) {
  const std::vector<float> numbers = {1, 2, 3};
  float product = 0;
  multiply({numbers.data(), 1, 3, 1, 1}, {numbers.data(), 3, 1, 1, 1}, {&product, 1, 1, 1, 1},
           false);
  EXPECT_EQ(product, 14);
}

TEST_F(Multiply, RefusesShapesThatDoNotFit) {
  const Matrix<float> a(4, 5, false, 1), b(5, 7, false, 1), deep(6, 7, false, 1);
  Matrix<float> c(4, 7, false, 1), tall(5, 7, false, 1), wide(4, 8, false, 1),
      turned(4, 7, true, 1);
  EXPECT_NO_THROW(multiply(a.view(), b.view(), c.target(), false));
  for (const auto& target : {tall.target(), wide.target(), turned.target()})
    EXPECT_THROW(multiply(a.view(), b.view(), target, false), std::invalid_argument);
  EXPECT_THROW(multiply(a.view(), deep.view(), c.target(), false), std::invalid_argument);
}

TEST_F(Multiply, RefusesAFactorWithoutContiguousLines) {
  const Matrix<float> a(4, 9, false, 1), b(5, 7, false, 1);
  Matrix<float> c(4, 7, false, 1);
  const MatrixView<const float> every_second = {a.values.data(), 4, 5, a.down, 2};
  EXPECT_THROW(multiply(every_second, b.view(), c.target(), false), std::invalid_argument);
}

/// Numbers that bfloat16 holds are not rounded: what is left of the error is that of float32.
TEST_F(Multiply, InBFloat16IsThatOfTheRoundedFactors) {
  if (!multiplies_bfloat16()) GTEST_SKIP() << "this processor does not multiply bfloat16";
  for (const int way : {0, 1, 2, 3, 4, 5, 6, 7}) {
    SCOPED_TRACE(way);
    Matrix<float> a(70, 130, way & 1, 7919), b(130, 45, way & 2, 104729);
    for (auto* values : {&a.values, &b.values})
      for (auto& x : *values) x = std::round(x * 128) / 128;
    Matrix<float> narrow(70, 45, false, 611), wide = narrow;
    multiply_bfloat16(a.view(), b.view(), narrow.target(), way & 4);
    multiply(a.view(), b.view(), wide.target(), way & 4);
    for (std::size_t i = 0; i < wide.values.size(); ++i)
      ASSERT_NEAR(narrow.values[i], wide.values[i], 1e-4) << i;
  }
}

TEST_F(Multiply, InBFloat16RoundsTheFactors) {
  if (!multiplies_bfloat16()) GTEST_SKIP() << "this processor does not multiply bfloat16";
  const float a = 1 + 1.0f / 512, b = 1;  // eight bits of mantissa do not hold a
  float product = 0;
  multiply(Factors::kBFloat16, MatrixView<const float>{&a, 1, 1, 1, 1}, {&b, 1, 1, 1, 1},
           {&product, 1, 1, 1, 1}, false);
  EXPECT_EQ(product, 1);
}

}  // namespace
}  // namespace rc::fused
