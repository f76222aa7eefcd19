#include <oneapi/dnnl/dnnl.hpp>

#include "bench/products/product.h"

namespace rc {
namespace {

using dnnl::memory;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

memory::desc described(const fused::MatrixView<const float>& x) {
  return {{x.rows, x.columns}, memory::data_type::f32, memory::dims{x.down, x.across}};
}

ProductCall by_sgemm(Operands& x) {
  const auto a = x.a(), b = x.b();
  const auto c = x.c();
  const auto& p = x.product();
  const float keep = p.add ? 1 : 0;
  return [=, left = p.left_turned, right = p.right_turned] {
    dnnl_sgemm(left ? 'T' : 'N', right ? 'T' : 'N', a.rows, b.columns, a.columns, 1, a.data,
               left ? a.across : a.down, b.data, right ? b.across : b.down, keep, c.data, c.down);
  };
}

/// A primitive for the shape, with both factors in `type` and the right one in whatever order the
/// library wants; `factor_reorder` brings them there.
class Matmul {
 public:
  Matmul(Operands& x, memory::data_type type)
      : stream_(engine()), plain_(type == memory::data_type::f32) {
    const auto a = x.a(), b = x.b();
    const auto c = x.c();
    a_given_ = memory(described(a), engine(), const_cast<float*>(a.data));
    b_given_ = memory(described(b), engine(), const_cast<float*>(b.data));
    c_ = memory(described(c.read()), engine(), c.data);
    const auto any = [&](const auto& m) {
      return memory::desc({m.rows, m.columns}, type, memory::format_tag::any);
    };
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops sums;
    if (x.product().add) sums.append_sum(1.0f);
    attributes.set_post_ops(sums);
    const auto left = plain_ ? a_given_.get_desc() : any(a);
    const dnnl::matmul::primitive_desc chosen({left, any(b), c_.get_desc()}, attributes, engine());
    a_ = chosen.src_desc() == a_given_.get_desc() ? a_given_ : memory(chosen.src_desc(), engine());
    b_ = chosen.weights_desc() == b_given_.get_desc() ? b_given_
                                                      : memory(chosen.weights_desc(), engine());
    scratch_ = memory(chosen.scratchpad_desc(), engine());
    primitive_ = dnnl::matmul(chosen);
    if (a_.get() != a_given_.get()) arrange_a_ = dnnl::reorder(a_given_, a_);
    if (b_.get() != b_given_.get()) arrange_b_ = dnnl::reorder(b_given_, b_);
  }

  void operator()() {
    if (arrange_a_) arrange_a_.execute(stream_, a_given_, a_);
    if (arrange_b_) arrange_b_.execute(stream_, b_given_, b_);
    primitive_.execute(stream_, {{DNNL_ARG_SRC, a_},
                                 {DNNL_ARG_WEIGHTS, b_},
                                 {DNNL_ARG_DST, c_},
                                 {DNNL_ARG_SCRATCHPAD, scratch_}});
    stream_.wait();
  }

 private:
  dnnl::stream stream_;
  bool plain_;
  memory a_given_, b_given_, a_, b_, c_, scratch_;
  dnnl::matmul primitive_;
  dnnl::reorder arrange_a_, arrange_b_;
};

auto by_primitive(memory::data_type type) {
  return [type](Operands& x) -> ProductCall {
    const auto matmul = std::make_shared<Matmul>(x, type);
    return [matmul] { (*matmul)(); };
  };
}

}  // namespace

std::vector<ProductRival> onednn_products() {
  std::vector<ProductRival> rivals = {
      {"oneDNN, sgemm", "sgemm", by_sgemm},
      {"oneDNN, matmul", "matmul", by_primitive(memory::data_type::f32)}};
  // Eight bits of mantissa: errors of single numbers average out over the depth.
  if (dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_bf16)
    rivals.push_back(
        {"oneDNN, matmul, bfloat16", "bf16", by_primitive(memory::data_type::bf16), 2e-2});
  return rivals;
}

}  // namespace rc
