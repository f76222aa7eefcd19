#include "kernels/fused/qk_norm_rope.h"

#include <hwy/aligned_allocator.h>

#include "kernels/fused/rows.h"

namespace rc::fused {

using torch::Tensor;

namespace {

/// Memory for a row. Sums are taken in an order that depends on where a row begins: always at the
/// same distance from a vector's boundary, or one seed gives two results.
template <typename T>
auto aligned_row(std::int64_t n) {
  return hwy::AllocateAligned<T>(static_cast<std::size_t>(n));
}

/// Row r of a result [B, H / group, T, group, w], and where it stands in a view x [B, T, H, w].
struct Rows {
  Rows(const Tensor& x, std::int64_t heads_a_key)
      : tokens(x.size(1)),
        group(heads_a_key),
        key_heads(x.size(2) / group),
        width(x.size(3)),
        count(x.size(0) * tokens * x.size(2)),
        strides(x.strides().vec()) {}
  std::int64_t token(std::int64_t r) const { return r / group % tokens; }
  std::int64_t offset(std::int64_t r) const {
    const auto head = r / group / tokens % key_heads * group + r % group;
    const auto batch = r / group / tokens / key_heads;
    return batch * strides[0] + token(r) * strides[1] + head * strides[2];
  }
  std::int64_t tokens, group, key_heads, width, count;
  std::vector<std::int64_t> strides;
};

}  // namespace

TurnedHeads qk_norm_rope(const Tensor& x, const Tensor& gain, const Rope& rope, bool normalise,
                         long group) {
  TORCH_CHECK(x.stride(-1) == 1, "qk_norm_rope: rows must be contiguous");
  const Rows at(x, group);
  const auto w = at.width;
  const auto cos = rope.cos.to(x.scalar_type()), sin = rope.sin.to(x.scalar_type());
  auto y = torch::empty({x.size(0), at.key_heads, at.tokens, group, w}, x.options());
  auto inverse = torch::ones({at.count}, x.options());
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "qk_norm_rope", [&] {
    const auto *px = x.data_ptr<scalar_t>(), *pg = gain.data_ptr<scalar_t>();
    const auto *pc = cos.data_ptr<scalar_t>(), *ps = sin.data_ptr<scalar_t>();
    auto *py = y.data_ptr<scalar_t>(), *pi = inverse.data_ptr<scalar_t>();
    at::parallel_for(0, at.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      const auto scaled = aligned_row<scalar_t>(w);
      for (auto r = begin; r < end; ++r) {
        const auto t = at.token(r);
        const auto* row = px + at.offset(r);
        if (normalise) pi[r] = inverse_rms(row, w);
        scale_row(scaled.get(), row, pg, pi[r], w);
        rotate_row(py + r * w, scaled.get(), pc + t * w / 2, ps + t * w / 2, scalar_t(1), w);
      }
    });
  });
  return {y, inverse};
}

Tensor qk_norm_rope_back(const Tensor& d_rows, const Tensor& x, const Tensor& gain,
                         const Tensor& inverse, const Rope& rope, bool normalise,
                         const Tensor& d_x) {
  const auto group = d_rows.size(3);
  const Rows at(x, group), to(d_x, group);
  const auto w = at.width;
  const auto cos = rope.cos.to(x.scalar_type()), sin = rope.sin.to(x.scalar_type());
  Tensor dgain;
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "qk_norm_rope_back", [&] {
    const auto *px = x.data_ptr<scalar_t>(), *pg = gain.data_ptr<scalar_t>();
    const auto *pc = cos.data_ptr<scalar_t>(), *ps = sin.data_ptr<scalar_t>();
    const auto *pd = d_rows.data_ptr<scalar_t>(), *pi = inverse.data_ptr<scalar_t>();
    auto* out = d_x.data_ptr<scalar_t>();
    dgain = sum_over_slices<scalar_t>(at.count, gain, [&](auto begin, auto end, scalar_t* dg) {
      const auto turned = aligned_row<scalar_t>(w);
      for (auto r = begin; r < end; ++r) {
        const auto t = at.token(r);
        rotate_row(turned.get(), pd + r * w, pc + t * w / 2, ps + t * w / 2, scalar_t(-1), w);
        scale_row_back(out + to.offset(r), dg, turned.get(), px + at.offset(r), pg, pi[r],
                       normalise, w);
      }
    });
  });
  return dgain;
}

}  // namespace rc::fused
