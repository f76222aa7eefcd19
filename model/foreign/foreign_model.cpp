#include "model/foreign/foreign_model.h"

#include <fmt/format.h>

#include "model/foreign/checkpoint_files.h"
#include "pipeline/error.h"

namespace rc {

using torch::Tensor;

namespace {

/// [B, T, heads * d_k] -> [B, T, heads, d_k]
Tensor split_heads(const Tensor& x, long heads) {
  return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads});
}

/// Turns x [B, T, heads, d_k] by the angles of its positions.
Tensor turned(const Tensor& x, const Rope& rope) {
  return apply_rope(x.transpose(1, 2), rope).transpose(1, 2);
}

void check_ids(const Tensor& ids, long vocabulary) {
  if (ids.dim() != 2 || ids.numel() == 0) throw UserError("ids are no [sequences, tokens]");
  const auto least = ids.min().item<std::int64_t>(), most = ids.max().item<std::int64_t>();
  if (least < 0 || most >= vocabulary)
    throw UserError(
        fmt::format("id {} is outside the model's vocabulary of {} tokens; make the ids "
                    "with the checkpoint's own tokenizer",
                    least < 0 ? least : most, vocabulary));
}

}  // namespace

ForeignModel ForeignModel::open(const std::filesystem::path& folder) {
  find_checkpoint(folder);  // other formats are named before a config.json is missed
  auto config = read_foreign_config(folder);
  auto checkpoint = Checkpoint::open(folder);
  checkpoint.check(config);
  return {std::move(config), std::move(checkpoint)};
}

ForeignModel::ForeignModel(ForeignConfig config, Checkpoint checkpoint)
    : config_(std::move(config)),
      checkpoint_(std::move(checkpoint)),
      weights_(foreign_weights(checkpoint_, config_)) {}

Tensor ForeignModel::norm(const Tensor& x, const Tensor& gain) const {
  return foreign_norm(x, gain, config_.epsilon);
}

Tensor ForeignModel::embed(const Tensor& ids) const {
  check_ids(ids, config_.vocabulary);
  return torch::embedding(weights_.embedding, ids).to(torch::kFloat32) * config_.embedding_scale;
}

Tensor ForeignModel::attention(long layer, const Tensor& x, const KeyChange& change,
                               Taps* taps) const {
  const auto& w = weights_.layers[layer];
  const auto& facts = config_.layers[layer];
  const auto q = norm(split_heads(project(x, w.q), config_.heads), w.gain_q);
  const auto k = changed(norm(split_heads(project(x, w.k), config_.kv_heads), w.gain_k), change);
  const auto v = split_heads(project(x, w.v), config_.kv_heads);
  if (taps) {
    taps->stream.push_back(x);
    taps->q.push_back(q);
    taps->k.push_back(k);
  }
  const auto rope = foreign_rope(facts.rotary, config_.d_k, x.size(1));
  const auto mixed =
      foreign_attention(turned(q, rope), turned(k, rope), v, config_.logit_scale, facts.window);
  return project(mixed, w.o);
}

Tensor ForeignModel::feed_forward(const ForeignLayer& w, const Tensor& x) const {
  const auto gate = project(x, w.gate);
  const auto open =
      config_.block.activation == Activation::kSilu ? torch::silu(gate) : torch::gelu(gate, "tanh");
  return project(open * project(x, w.up), w.down);
}

Tensor ForeignModel::through(long first, long last, Tensor x, const KeyChanges& changes,
                             Taps* taps) const {
  const torch::NoGradGuard no_grad;
  for (long l = first; l < last; ++l) {
    const auto& w = weights_.layers.at(l);
    const auto change = changes.find(l);
    const auto read = attention(l, norm(x, w.attention_norm),
                                change == changes.end() ? KeyChange{} : change->second, taps);
    x = x + norm(read, w.attention_out_norm);
    x = x + norm(feed_forward(w, norm(x, w.feed_forward_norm)), w.feed_forward_out_norm);
  }
  return x;
}

Tensor ForeignModel::logits(const Tensor& x) const {
  return project(norm(x, weights_.final_norm), {weights_.head, {}});
}

Tensor ForeignModel::token_losses(const Tensor& x, const Tensor& labels) const {
  check_ids(labels, config_.vocabulary);
  const auto rows = norm(x, weights_.final_norm).flatten(0, 1);  // [N, d_model]
  const auto wanted = labels.flatten();
  // A piece of the vocabulary leaves the logarithm of its sum of exponentials.
  auto sums = torch::empty({row_pieces(weights_.head), rows.size(0)});
  auto right = torch::empty({rows.size(0)});
  for_row_pieces(weights_.head, [&](std::int64_t piece, std::int64_t first, const Tensor& head) {
    const auto logits = torch::matmul(rows, head.t());
    sums[piece].copy_(torch::logsumexp(logits, -1));
    const auto here =
        torch::nonzero((wanted >= first).logical_and(wanted < first + head.size(0))).flatten();
    if (here.numel() == 0) return;
    const auto column = (wanted.index_select(0, here) - first).unsqueeze(1);
    right.index_copy_(0, here, logits.index_select(0, here).gather(1, column).flatten());
  });
  return (torch::logsumexp(sums, 0) - right).reshape(labels.sizes());
}

}  // namespace rc
