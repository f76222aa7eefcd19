#include "kernels/products/gemm.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

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

// Below, at and over a tile, a vector, a panel, a block and the depth of one pass.
const Size kSizes[] = {{1, 1, 1},      {6, 64, 8},    {7, 65, 3},     {5, 16, 130},
                       {121, 31, 129}, {13, 160, 64}, {250, 26, 300}, {12, 100, 513}};

class Gemm : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose(GetParam()); }
  void TearDown() override { choose(0); }  // all again
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }

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

TEST_P(Gemm, MultipliesByAPackedFactor) {
  const auto packed = [](const auto& a, const auto& b, const auto& c, bool add) {
    multiply(a, Packed(b), c, add);
  };
  expect_products<float>(packed);
  expect_products<double>(packed);
}

TEST_P(Gemm, MultipliesByAFactorOfOneCall) {
  const auto once = [](const auto& a, const auto& b, const auto& c, bool add) {
    multiply(a, b, c, add);
  };
  expect_products<float>(once);
  expect_products<double>(once);
}

TEST_P(Gemm, TakesTheFirstRowsAndColumnsOfAPackedFactor) {
  const Matrix<float> b(150, 200, true, 31);
  const Packed<float> packed(b.view());
  for (const std::int64_t columns : {1, 40, 64, 70, 199}) {
    const Matrix<float> a(9, 139, false, 7);
    Matrix<float> part(9, columns, false, 5), whole(9, columns, false, 5);
    multiply(a.view(), packed, part.target(), false);
    const MatrixView<const float> first = {b.values.data(), 139, columns, b.down, b.across};
    multiply(a.view(), first, whole.target(), false);
    for (std::int64_t i = 0; i < 9; ++i)
      for (std::int64_t j = 0; j < columns; ++j)
        ASSERT_NEAR(part.at(i, j), whole.at(i, j), 1e-5) << columns << ": " << i << ", " << j;
  }
}

TEST_P(Gemm, RowsDoNotDependOnTheirNeighbours) {
  const Matrix<float> a(20, 300, false, 7), b(300, 90, false, 11);
  const Packed<float> packed(b.view());
  Matrix<float> all(20, 90, false, 1), one(1, 90, false, 1);
  multiply(a.view(), packed, all.target(), false);
  for (std::int64_t i = 0; i < 20; ++i) {
    multiply({a.values.data() + i * a.down, 1, 300, a.down, a.across}, packed, one.target(), false);
    for (std::int64_t j = 0; j < 90; ++j) ASSERT_EQ(one.at(0, j), all.at(i, j));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Gemm, testing::ValuesIn([] {
                           std::vector<std::int64_t> all;
                           for (const auto target : hwy::SupportedAndGeneratedTargets())
                             all.push_back(target);
                           return all;
                         }()),
                         [](const auto& each) { return std::string(hwy::TargetName(each.param)); });

TEST(GemmShapes, ThatDoNotFitAreRefused) {
  const Matrix<float> a(4, 5, false, 1), b(6, 7, false, 1);
  const Packed<float> packed(b.view());
  Matrix<float> c(4, 7, false, 1), tall(5, 7, false, 1), wide(4, 8, false, 1),
      turned(4, 7, true, 1);
  EXPECT_NO_THROW(multiply(a.view(), packed, c.target(), false));
  EXPECT_THROW(multiply(a.view(), b.view(), c.target(), false), std::invalid_argument);
  EXPECT_THROW(multiply(a.view(), packed, tall.target(), false), std::invalid_argument);
  EXPECT_THROW(multiply(a.view(), packed, wide.target(), false), std::invalid_argument);
  EXPECT_THROW(multiply(a.view(), packed, turned.target(), false), std::invalid_argument);
}

}  // namespace
}  // namespace rc::fused
