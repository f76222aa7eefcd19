// A checkpoint's tensors as this project orders them.
#pragma once

#include <vector>

#include "kernels/torch.h"
#include "model/foreign/checkpoint.h"
#include "model/foreign/foreign_config.h"
#include "model/foreign/foreign_linear.h"

namespace rc {

/// One block. Gains are effective ones in float32 (the 1 of 1 + w is added); where a family lacks a
/// norm its gain is undefined.
struct ForeignLayer {
  torch::Tensor attention_norm, attention_out_norm;        // [d_model]
  torch::Tensor feed_forward_norm, feed_forward_out_norm;  // [d_model]
  torch::Tensor gain_q, gain_k;  // [d_k], or [heads, d_k] and [kv_heads, d_k]
  ForeignLinear q, k, v, o;      // q and k: dimensions of a head in our order
  ForeignLinear gate, up, down;
};

/// Weights of a checkpoint. A matrix is a view of the mapped file and keeps the file's type; those
/// of queries and keys are copies in that type with their rows in our order, pair i at (2i, 2i +
/// 1), and their place in the map is given back.
struct ForeignWeights {
  torch::Tensor embedding;  // [vocabulary, d_model]
  torch::Tensor head;       // [vocabulary, d_model]; the embedding where they are tied
  torch::Tensor final_norm;
  std::vector<ForeignLayer> layers;
};

/// The tensors view `checkpoint`, which has to outlive them.
ForeignWeights foreign_weights(const Checkpoint& checkpoint, const ForeignConfig& config);

/// x [..., d_k] from the checkpoint's order of dimensions to ours.
torch::Tensor pairs_from_halves(const torch::Tensor& x);

}  // namespace rc
