// The model of the original study: pre-norm decoder with QK-norm, rotary positions, grouped-query
// attention and a squared-ReLU (or SwiGLU) feed-forward.
#pragma once

#include <vector>

#include "kernels/fused/rope.h"
#include "kernels/products/product.h"
#include "kernels/torch.h"
#include "model/config.h"
#include "model/weights.h"

namespace rc {

/// The type matrices are multiplied in; everything else stays in the weights' own, float32 (or
/// float64, where a test wants gradients it can check).
enum class Precision { kFloat32, kBFloat16 };

/// "f32", "bf16", or "auto" for what is faster (bench-train shows by how much): bf16 on a GPU and
/// on a CPU that multiplies it (AVX512-BF16, AMX), f32 on others. UserError for another word.
Precision precision_named(const std::string& name, torch::Device device);
std::string to_string(Precision precision);

/// How the model is computed. The reference is the plain composition of LibTorch's operations; the
/// fused ones (kernels/fused/) give the same to rounding in fewer passes over memory, on a CPU; in
/// bf16 they round the factors of the products with weights, and nothing of attention.
enum class Operations { kReference, kFused };

/// "reference" or "fused"; a device or a precision that the fused ones do not serve gets the
/// reference.
Operations operations_named(const std::string& name, torch::Device device, Precision precision);

/// Queries and keys of every layer, after QK-norm and its gains and before RoPE. Queries hold the
/// factor of model.logit_width too: turned by RoPE, q k^T / sqrt(d_k) are the logits of every
/// model.
struct Taps {
  std::vector<torch::Tensor> q;  // a layer: [B, T, heads, d_k]
  std::vector<torch::Tensor> k;  // a layer: [B, T, kv_heads, d_k]
  /// The normed residual stream that W_q, W_k and W_v read, a layer: [B, T, d_model].
  std::vector<torch::Tensor> stream;
};

class Transformer {
 public:
  Transformer(ModelConfig config, Weights weights, torch::Device device,
              Precision precision = Precision::kFloat32,
              Operations operations = Operations::kReference);

  /// ids [B, T] int64, T <= context; returns [B, T, d_model] after the final norm.
  torch::Tensor hidden(const torch::Tensor& ids, Taps* taps = nullptr) const;

  /// Logits [B, T, vocabulary].
  torch::Tensor logits(const torch::Tensor& ids) const;

  /// Cross-entropy of each label in nats, [B, T]. With fused operations only their mean or sum can
  /// be differentiated.
  torch::Tensor token_losses(const torch::Tensor& ids, const torch::Tensor& labels) const;

  /// The residual stream below layer `depth`: what the embedded ids have become in the layers under
  /// it, [B, T, d_model]. Models that differ from this one above it alone can go on from there.
  torch::Tensor stream_below(std::size_t depth, const torch::Tensor& ids) const;

  /// token_losses() of the ids that stream_below(depth, ids) was of.
  torch::Tensor token_losses_above(std::size_t depth, torch::Tensor stream,
                                   const torch::Tensor& labels) const;

  const ModelConfig& config() const { return config_; }
  torch::Device device() const { return device_; }
  Operations operations() const { return operations_; }
  Weights weights;

 private:
  fused::Factors factors() const;
  torch::Tensor product(const torch::Tensor& x, const torch::Tensor& weight) const;
  torch::Tensor norm(const torch::Tensor& x, const torch::Tensor& gain) const;
  torch::Tensor embedded(const torch::Tensor& ids) const;
  // The stream x goes through layers [from, to); returns it normed for what comes next.
  torch::Tensor pass(torch::Tensor& x, std::size_t from, std::size_t to, Taps* taps) const;
  // Cross-entropy of each label under what the final norm left.
  torch::Tensor losses_of(const torch::Tensor& hidden, const torch::Tensor& labels) const;
  // Adds delta to the stream x and norms what comes out.
  torch::Tensor add_and_norm(torch::Tensor& x, const torch::Tensor& delta,
                             const torch::Tensor& gain) const;
  torch::Tensor attention(const torch::Tensor& x, const LayerWeights& w, const Rope& rope,
                          Taps* taps) const;
  // What the heads read, side by side, from the projections: [B, T, heads * d_v].
  torch::Tensor mix(const torch::Tensor& qkv, const LayerWeights& w, const Rope& rope,
                    Taps* taps) const;
  torch::Tensor mix_uniform(const torch::Tensor& v) const;
  torch::Tensor mix_reference(const torch::Tensor& qkv, const LayerWeights& w, const Rope& rope,
                              Taps* taps) const;
  torch::Tensor feed_forward(const torch::Tensor& x, const LayerWeights& w) const;

  ModelConfig config_;
  torch::Device device_;
  Precision precision_;
  Operations operations_;
  std::vector<Rope> ropes_;  // a layer
};

/// x / sqrt(mean(x^2) + 1e-6) * gain over the last dimension (Zhang & Sennrich 2019).
torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& gain);

/// softmax(q k^T / sqrt(d_k) + mask) v for q [B, H, T, d_k], k [B, Hkv, T, d_k], v [B, Hkv, T,
/// d_v]; query head h reads key head h / (H / Hkv). Keys are not repeated. Returns [B, H, T, d_v].
torch::Tensor causal_attention(const torch::Tensor& q, const torch::Tensor& k,
                               const torch::Tensor& v, const torch::Tensor& mask);

}  // namespace rc
