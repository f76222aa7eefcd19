#include "model/foreign/foreign_weights.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model/tensors.h"

namespace rc {
namespace {

using torch::Tensor;

/// Gives back the whole pages of a mapped tensor that nobody will read again.
void give_back(const TensorView& tensor) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto start = reinterpret_cast<std::uintptr_t>(tensor.data.data());
  const auto first = (start + page - 1) / page * page;
  const auto end = (start + tensor.data.size()) / page * page;
  if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

class Reader {
 public:
  Reader(const Checkpoint& checkpoint, const ForeignConfig& config)
      : checkpoint_(checkpoint), c_(config) {}

  /// A view, or a copy where a file lays numbers at odd addresses.
  Tensor matrix(const std::string& name, long out, long in) const {
    return viewed(checkpoint_.at({name, {out, in}}));
  }

  Tensor gain(const std::string& name, long width) const {
    return floats({name, {width}}) + c_.block.gain_offset;
  }

  /// The gain of a norm over heads: [d_k], or [heads, d_k] where it is taken over all.
  Tensor head_gain(const std::string& name, long heads) const {
    const bool full = c_.block.qk_norm == QkNorm::kFullWidth;
    const auto stored = gain(name, full ? heads * c_.d_k : c_.d_k);
    return pairs_from_halves(full ? stored.reshape({heads, c_.d_k}) : stored).contiguous();
  }

  ForeignLinear linear(const std::string& name, long out, long in, bool bias) const {
    ForeignLinear all{matrix(name + ".weight", out, in), {}};
    if (bias) all.bias = floats({name + ".bias", {out}});
    return all;
  }

  /// A projection to heads whose dimensions change to our order.
  ForeignLinear rotary(const std::string& name, long heads) const {
    auto all = linear(name, heads * c_.d_k, c_.d_model, c_.qkv_bias);
    // Rows [heads, d_k, d_model]: the order is that of the middle.
    const auto rows = all.weight.reshape({heads, c_.d_k, c_.d_model}).transpose(1, 2);
    all.weight = pairs_from_halves(rows).transpose(1, 2).reshape(all.weight.sizes()).contiguous();
    if (all.bias.defined())
      all.bias = pairs_from_halves(all.bias.reshape({heads, c_.d_k})).flatten();
    give_back(checkpoint_.at({name + ".weight", {heads * c_.d_k, c_.d_model}}));
    return all;
  }

 private:
  static Tensor viewed(const TensorView& tensor) {
    const auto address = reinterpret_cast<std::uintptr_t>(tensor.data.data());
    if (address % element_bytes(tensor.dtype) != 0) return to_torch(tensor);
    const auto type = tensor.dtype == "F32"   ? torch::kFloat32
                      : tensor.dtype == "F16" ? torch::kFloat16
                                              : torch::kBFloat16;
    return torch::from_blob(const_cast<std::byte*>(tensor.data.data()), tensor.shape, type);
  }

  Tensor floats(const ExpectedTensor& expected) const {
    return viewed(checkpoint_.at(expected)).to(torch::kFloat32, /*non_blocking=*/false, true);
  }

  const Checkpoint& checkpoint_;
  const ForeignConfig& c_;
};

ForeignLayer read_layer(const Reader& reader, const ForeignConfig& c, std::size_t layer) {
  const auto name = [&](const char* end) { return fmt::format("layers.{}.{}", layer, end); };
  const auto norm = [&](const char* end) { return reader.gain(name(end) + ".weight", c.d_model); };
  ForeignLayer w;
  if (c.block.norm_before) w.attention_norm = norm("input_layernorm");
  if (c.block.norm_after) w.attention_out_norm = norm("post_attention_layernorm");
  // The name of the norm that follows attention means the norm before the feed-forward in families
  // that have only those.
  if (c.block.norm_before)
    w.feed_forward_norm =
        norm(c.block.norm_after ? "pre_feedforward_layernorm" : "post_attention_layernorm");
  if (c.block.norm_after) w.feed_forward_out_norm = norm("post_feedforward_layernorm");
  w.q = reader.rotary(name("self_attn.q_proj"), c.heads);
  w.k = reader.rotary(name("self_attn.k_proj"), c.kv_heads);
  w.v = reader.linear(name("self_attn.v_proj"), c.kv_heads * c.d_k, c.d_model, c.qkv_bias);
  w.o = reader.linear(name("self_attn.o_proj"), c.d_model, c.heads * c.d_k, c.output_bias);
  w.gate = reader.linear(name("mlp.gate_proj"), c.d_ff, c.d_model, c.feed_forward_bias);
  w.up = reader.linear(name("mlp.up_proj"), c.d_ff, c.d_model, c.feed_forward_bias);
  w.down = reader.linear(name("mlp.down_proj"), c.d_model, c.d_ff, c.feed_forward_bias);
  if (c.block.qk_norm != QkNorm::kNone) {
    w.gain_q = reader.head_gain(name("self_attn.q_norm.weight"), c.heads);
    w.gain_k = reader.head_gain(name("self_attn.k_norm.weight"), c.kv_heads);
  }
  return w;
}

}  // namespace

Tensor pairs_from_halves(const Tensor& x) {
  auto halves = x.sizes().vec();
  halves.back() /= 2;
  halves.insert(halves.end() - 1, 2);
  return x.reshape(halves).transpose(-1, -2).flatten(-2);
}

ForeignWeights foreign_weights(const Checkpoint& checkpoint, const ForeignConfig& c) {
  const Reader reader(checkpoint, c);
  ForeignWeights w;
  w.embedding = reader.matrix("embed_tokens.weight", c.vocabulary, c.d_model);
  w.head = c.tied ? w.embedding : reader.matrix("lm_head.weight", c.vocabulary, c.d_model);
  w.final_norm = reader.gain("norm.weight", c.d_model);
  for (std::size_t l = 0; l < c.layers.size(); ++l) w.layers.push_back(read_layer(reader, c, l));
  return w;
}

}  // namespace rc
