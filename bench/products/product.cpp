#include "bench/products/product.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace rc {
namespace {

std::vector<float> numbers(std::int64_t count, std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  std::vector<float> x(static_cast<std::size_t>(count));
  for (auto& value : x) value = normal(random);
  return x;
}

fused::MatrixView<const float> view(const std::vector<float>& x, std::int64_t rows,
                                    std::int64_t columns, bool turned, std::int64_t gap) {
  return turned ? fused::MatrixView<const float>{x.data(), rows, columns, 1, rows + gap}
                : fused::MatrixView<const float>{x.data(), rows, columns, columns, 1};
}

void add_linear(std::vector<Product>& all, const std::string& name, std::int64_t tokens,
                std::int64_t in, std::int64_t out, double count, std::int64_t gap) {
  const auto add = [&](const char* part, Product product) {
    product.what = name + part;
    product.count = count;
    all.push_back(std::move(product));
  };
  add("", {.rows = tokens, .columns = out, .depth = in, .right_turned = true});
  add(", back", {.rows = tokens, .columns = in, .depth = out});
  add(", weight", {.rows = out,
                   .columns = in,
                   .depth = tokens,
                   .left_turned = true,
                   .left_gap = gap,
                   .add = true});
}

/// Of its longest tile, as many as make up all tiles, which see half of the keys on average.
void add_attention(std::vector<Product>& all, const ModelConfig& c, std::int64_t tokens) {
  constexpr std::int64_t kTile = 64;  // positions whose scores are formed at once
  const auto rows = std::min<std::int64_t>(kTile, c.context) * c.group();
  const auto tiles =
      static_cast<double>(c.layers * tokens * c.kv_heads) / static_cast<double>(kTile) / 2;
  all.push_back({.what = "scores",
                 .rows = rows,
                 .columns = c.context,
                 .depth = c.d_k,
                 .right_turned = true,
                 .count = 2 * tiles});
  all.push_back(
      {.what = "values", .rows = rows, .columns = c.d_v, .depth = c.context, .count = 3 * tiles});
  all.push_back({.what = "values, back",
                 .rows = c.context,
                 .columns = c.d_k,
                 .depth = rows,
                 .left_turned = true,
                 .add = true,
                 .count = 2 * tiles});
}

}  // namespace

std::vector<Product> training_products(const ModelConfig& c, std::int64_t tokens) {
  const auto layers = static_cast<double>(c.layers);
  constexpr std::int64_t kGap = 16;  // where the fused operations lay out the factor themselves
  std::vector<Product> all;
  add_linear(all, "q, k, v", tokens, c.d_model, c.q_rows() + c.k_rows() + c.v_rows(), layers, 0);
  add_linear(all, "output", tokens, c.mixed(), c.d_model, layers, 0);
  add_linear(all, "up", tokens, c.d_model, c.d_ff, layers, kGap);
  add_linear(all, "down", tokens, c.d_ff, c.d_model, layers, kGap);
  add_attention(all, c, tokens);
  constexpr std::int64_t kChunk = 256;  // rows whose logits are held
  const auto chunk = std::min(kChunk, tokens);
  add_linear(all, "logits", chunk, c.d_model, c.vocabulary,
             static_cast<double>(tokens) / static_cast<double>(chunk), kGap);
  return all;
}

Operands::Operands(const Product& product, std::uint64_t seed) : product_(product) {
  std::mt19937_64 random(seed);
  a_ = numbers((product.rows + product.left_gap) * product.depth, random);
  b_ = numbers(product.depth * product.columns, random);
  c_.resize(static_cast<std::size_t>(product.rows * product.columns));
}

fused::MatrixView<const float> Operands::a() const {
  return view(a_, product_.rows, product_.depth, product_.left_turned, product_.left_gap);
}

fused::MatrixView<const float> Operands::b() const {
  return view(b_, product_.depth, product_.columns, product_.right_turned, 0);
}

fused::MatrixView<float> Operands::c() {
  return {c_.data(), product_.rows, product_.columns, product_.columns, 1};
}

void Operands::clear() { std::ranges::fill(c_, 0.0f); }

double Operands::error() const {
  const auto left = a(), right = b();
  double worst = 0, largest = 0;
  std::vector<double> row(static_cast<std::size_t>(product_.columns));
  // Every row costs as much as the product itself: enough of them to meet every tile.
  const auto step = std::max<std::int64_t>(1, product_.rows / 61);
  for (std::int64_t i = 0; i < product_.rows; i += step) {
    std::ranges::fill(row, 0.0);
    for (std::int64_t k = 0; k < product_.depth; ++k) {
      const double x = left.data[i * left.down + k * left.across];
      for (std::size_t j = 0; j < row.size(); ++j)
        row[j] += x * right.data[k * right.down + static_cast<std::int64_t>(j) * right.across];
    }
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double got = c_[static_cast<std::size_t>(i) * row.size() + j];
      worst = std::max(worst, std::isfinite(got) ? std::abs(got - row[j]) : INFINITY);
      largest = std::max(largest, std::abs(row[j]));
    }
  }
  return worst / largest;
}

}  // namespace rc
