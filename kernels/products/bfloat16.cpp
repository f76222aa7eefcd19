#include <hwy/aligned_allocator.h>

#include <array>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>

#include "kernels/products/product.h"

namespace rc::fused {
namespace {

using dnnl::memory;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

memory::desc described(const MatrixView<const float>& x) {
  return {{x.rows, x.columns}, memory::data_type::f32, memory::dims{x.down, x.across}};
}

/// In whatever order the library wants.
memory::desc rounded(const MatrixView<const float>& x) {
  return {{x.rows, x.columns}, memory::data_type::bf16, memory::format_tag::any};
}

dnnl::matmul::primitive_desc chosen_for(const MatrixView<const float>& a,
                                        const MatrixView<const float>& b,
                                        const MatrixView<float>& c, bool add) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops sums;
  if (add) sums.append_sum(1.0f);
  attributes.set_post_ops(sums);
#if DNNL_VERSION_MAJOR >= 3
  return {engine(), rounded(a), rounded(b), described(c.read()), attributes};
#else
  return {{rounded(a), rounded(b), described(c.read())}, attributes, engine()};
#endif
}

/// Memory that every product of a thread uses in turn.
class Workspace {
 public:
  memory at(const memory::desc& needed) {
    if (needed.get_size() > size_) {
      size_ = needed.get_size();
      bytes_ = hwy::AllocateAligned<std::byte>(size_);
      if (!bytes_) throw std::bad_alloc();
    }
    return memory(needed, engine(), bytes_.get());
  }

 private:
  std::size_t size_ = 0;
  hwy::AlignedFreeUniquePtr<std::byte[]> bytes_;
};

struct Workspaces {
  Workspace left, right, scratch;
};

/// The kernels for one shape: two that round and arrange the factors, and the product.
class Plan {
 public:
  Plan(const MatrixView<const float>& a, const MatrixView<const float>& b,
       const MatrixView<float>& c, bool add)
      : left_(described(a)), right_(described(b)), result_(described(c.read())) {
    const auto chosen = chosen_for(a, b, c, add);
    rounded_left_ = chosen.src_desc(), rounded_right_ = chosen.weights_desc();
    scratch_ = chosen.scratchpad_desc();
    round_left_ = dnnl::reorder({engine(), left_, engine(), rounded_left_});
    round_right_ = dnnl::reorder({engine(), right_, engine(), rounded_right_});
    product_ = dnnl::matmul(chosen);
  }

  void run(const float* a, const float* b, float* c, Workspaces& work) const {
    dnnl::stream stream(engine());
    auto left = work.left.at(rounded_left_), right = work.right.at(rounded_right_);
    memory from_left(left_, engine(), const_cast<float*>(a)),
        from_right(right_, engine(), const_cast<float*>(b));
    round_left_.execute(stream, from_left, left);
    round_right_.execute(stream, from_right, right);
    product_.execute(stream, {{DNNL_ARG_SRC, left},
                              {DNNL_ARG_WEIGHTS, right},
                              {DNNL_ARG_DST, memory(result_, engine(), c)},
                              {DNNL_ARG_SCRATCHPAD, work.scratch.at(scratch_)}});
    stream.wait();
  }

 private:
  memory::desc left_, right_, result_, rounded_left_, rounded_right_, scratch_;
  dnnl::reorder round_left_, round_right_;
  dnnl::matmul product_;
};

using Shape = std::array<std::int64_t, 9>;

Shape shape_of(const MatrixView<const float>& a, const MatrixView<const float>& b,
               const MatrixView<float>& c, bool add) {
  return {a.rows, a.columns, b.columns, a.down, a.across, b.down, b.across, c.down, add};
}

}  // namespace

bool multiplies_bfloat16() {
  constexpr auto kNeeded = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);  // bits
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kNeeded) == kNeeded;
}

void multiply_bfloat16(const MatrixView<const float>& a, const MatrixView<const float>& b,
                       const MatrixView<float>& c, bool add) {
  require_fit(a, b, c);
  // Choosing a kernel takes longer than many a product; a model has some dozens of shapes.
  static thread_local std::map<Shape, Plan> plans;
  static thread_local Workspaces work;
  const auto shape = shape_of(a, b, c, add);
  auto found = plans.find(shape);
  if (found == plans.end()) found = plans.try_emplace(shape, a, b, c, add).first;
  found->second.run(a.data, b.data, c.data, work);
}

}  // namespace rc::fused
