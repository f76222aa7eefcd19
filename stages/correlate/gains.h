// Where gain vectors come from: the snapshots of a run, or the weights of somebody else's model.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace rc {

/// [layer][d_k].
using Rows = std::vector<std::vector<double>>;
/// [layer][pair]: step of the rotary frequencies that turns each rotary pair; step 0 turns
/// fastest. Empty where nothing is known of it.
using RotarySteps = std::vector<std::vector<long>>;

/// Step s of the rotary frequencies turns by base^(-2 s / width) radians a token.
struct RotaryFrequencies {
  double base = 0;
  long width = 0;  // that of the keys as they were trained
};

/// Gains of the RMSNorm on keys and on queries, by snapshot, in the order of the steps;
/// the last one is the end of the training.
struct GainHistory {
  std::vector<long> steps;
  std::vector<Rows> keys;
  std::vector<Rows> queries;
  RotarySteps rotary_pairs = {};
  RotaryFrequencies frequencies = {};
  Rows rope_angles = {};  // [layer][pair], radians a token, where they follow no one base
  long context = 0;       // tokens a sequence of the training
};

/// Key gains of one model.
struct ModelGains {
  Rows keys;
  RotarySteps rotary_pairs = {};
};

/// What is constant is read from the last snapshot: rotary pairs, in order if it says nothing of
/// them, their frequencies and the context. UserError
/// names the snapshot that lacks a tensor or metadata, or differs in shape from the first.
GainHistory read_history(std::span<const std::filesystem::path> snapshots);

/// Tensors named "...layers.<N>.self_attn.k_norm.weight", and
/// "...layers.<N>.self_attn.rotary_pairs" where there are such, of one model, which may be split
/// over several files; other tensors are ignored. UserError if there are no gains, one tensor is
/// there twice, layers are missing or widths differ.
ModelGains read_model(std::span<const std::filesystem::path> files);

}  // namespace rc
