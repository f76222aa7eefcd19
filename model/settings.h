// Settings of the model and of its training, by section.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Where tensors live.
inline constexpr auto kDeviceSettings = std::to_array<Setting>({
    {"device", Kind::kText, "auto", "auto|cpu|cuda", 0, 0, "where tensors live"},
});

/// How many threads work; no number depends on it.
inline constexpr auto kThreadSettings = std::to_array<Setting>({
    {"threads", Kind::kInteger, "0", "threads", 0, 1024,
     "0: one a core, shared among the stages that run side by side", false},
});

/// What the tokenizer and a model without tokens share.
inline constexpr auto kVocabularySettings = std::to_array<Setting>({
    {"tokens.vocabulary", Kind::kInteger, "4096", "pieces", 300, 65536,
     "size of the BPE vocabulary"},
});

/// The shape of the model.
inline constexpr auto kModelSettings = std::to_array<Setting>({
    {"model.layers", Kind::kInteger, "22", "layers", 3, 512, "transformer blocks"},
    {"model.d_model", Kind::kInteger, "128", "floats", 2, 65536, "width of the residual stream"},
    {"model.heads", Kind::kInteger, "2", "heads", 1, 512, "query heads"},
    {"model.kv_heads", Kind::kInteger, "1", "heads", 1, 512, "key-value heads (grouped-query)"},
    {"model.d_k", Kind::kInteger, "64", "floats", 2, 1024, "key width of a head"},
    {"model.d_ff", Kind::kInteger, "512", "floats", 1, 262144, "width of the feed-forward layer"},
    {"model.feed_forward", Kind::kText, "relu2", "relu2|swiglu", 0, 0,
     "squared ReLU of two matrices, or SwiGLU of three, which checkpoints elsewhere have"},
    {"model.context", Kind::kInteger, "256", "tokens", 8, 65536, "sequence length"},
    {"model.rope_base", Kind::kReal, "10000", "-", 1, 1e9, "base of the rotary frequencies"},
    {"model.operations", Kind::kText, "fused", "fused|reference", 0, 0,
     "one pass over memory, or the plain composition of LibTorch's operations"},
    {"model.d_v", Kind::kInteger, "0", "floats", 0, 65536, "width of a value; 0: d_model / heads"},
    {"model.logit_width", Kind::kInteger, "0", "floats", 0, 1024,
     "logits are scaled by sqrt(this) / d_k, so that QK-norm lets them get as large as those of "
     "keys so wide; 0: d_k, the usual 1 / sqrt(d_k)"},
    {"model.qk_norm", Kind::kText, "on", "on|off", 0, 0, "RMSNorm on queries and keys"},
    {"model.rope_order", Kind::kText, "falling", "falling|shuffled", 0, 0,
     "rotary frequencies fall with the index, or stand in another order in each layer"},
});

/// How tokens look at each other. Only stage train knows another way: without queries and keys
/// there is nothing that the other stages could look at.
inline constexpr auto kAttentionSettings = std::to_array<Setting>({
    {"model.attention", Kind::kText, "softmax", "softmax|uniform", 0, 0,
     "of keys and queries, or a mean over all tokens of the past without any"},
});

/// What a token is asked to predict.
inline constexpr auto kLabelSettings = std::to_array<Setting>({
    {"train.labels", Kind::kText, "next", "next|same", 0, 0,
     "a token's label is the one that follows, or the token itself, as in the original's surgery"},
});

/// How it is trained.
inline constexpr auto kTrainSettings = std::to_array<Setting>({
    {"train.steps", Kind::kInteger, "320", "steps", 8, 1e9, "optimizer steps"},
    {"train.copy_steps", Kind::kInteger, "0", "steps", 0, 1e9,
     "steps where labels are the inputs, which is learnt fast; 0: train.steps"},
    {"train.length", Kind::kReal, "1", "times", 1, 1e6,
     "how many times as many steps are taken: an arm's, whatever the profile's steps are"},
    {"train.batch", Kind::kInteger, "16", "sequences", 1, 65536, "sequences a step"},
    {"train.microbatches", Kind::kInteger, "4", "pieces", 1, 65536,
     "a batch is differentiated in so many pieces on a CPU, which threads share; their gradients "
     "are "
     "summed in a fixed order, so that no number depends on threads"},
    {"train.muon_lr", Kind::kReal, "0.024", "-", 0, 10, "learning rate of Muon (matrices)"},
    {"train.muon_momentum", Kind::kReal, "0.95", "-", 0, 0.9999, "Nesterov momentum of Muon"},
    {"train.adam_lr", Kind::kReal, "0.006", "-", 0, 10,
     "learning rate of AdamW (embedding, gains)"},
    {"train.weight_decay", Kind::kReal, "0.2", "-", 0, 10, "decoupled weight decay of AdamW"},
    {"train.clip", Kind::kReal, "1.0", "norm", 0, 1e9,
     "gradient norm is clipped to this; 0: never"},
    {"train.init_std", Kind::kReal, "0.02", "-", 0, 10, "standard deviation of initial matrices"},
    {"train.precision", Kind::kText, "auto", "auto|f32|bf16", 0, 0,
     "matrix products; auto, the faster one: bf16 on a GPU or a CPU that multiplies it, else f32"},
    {"train.checkpoints", Kind::kInteger, "14", "files", 12, 1000,
     "at least so many: log-spaced, then regular"},
    {"train.save_seconds", Kind::kReal, "60", "s", 1, 1e9,
     "a training that was stopped goes on from where it stood so long ago at most (longer where "
     "saving would take more than 1 % of the time)",
     false},
    {"train.validation_sequences", Kind::kInteger, "64", "sequences", 2, 65536,
     "sequences the final validation losses are taken over, those that claims read"},
    {"train.curve_sequences", Kind::kInteger, "16", "sequences", 1, 65536,
     "of them, those that the curve of validation losses over training is taken over"},
    {"train.gains", Kind::kText, "learned", "learned|fixed", 0, 0,
     "gains of QK-norm are parameters, or stay 1"},
    {"train.gain_decay", Kind::kText, "on", "on|off", 0, 0,
     "weight decay shrinks the gains of QK-norm too"},
    {"train.trainable", Kind::kText, "all", "all|highest_gain|random|final_gain", 0, 0,
     "key dimensions that are trained after the first tenth of the steps: final_gain are those "
     "whose "
     "gain is highest at the end of the run of another arm with the same seed"},
    {"train.trainable_dimensions", Kind::kInteger, "12", "dimensions", 1, 1024,
     "how many of them a layer, where not all"},
});

}  // namespace rc
