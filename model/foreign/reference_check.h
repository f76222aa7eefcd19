// Is a checkpoint evaluated as those who trained it do? Held against what Hugging Face's own code
// computes from it in float32.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// The largest absolute difference of one quantity; not a number where one side is none.
struct Difference {
  std::string quantity;  // "logits", "loss", "keys"
  long layer = -1;       // of keys
  double largest = 0;
};

struct ReferenceCheck {
  std::string model;  // one line about it
  std::vector<Difference> differences;
};

/// Evaluates the checkpoint in `folder` on its input_ids.json, [sequence][token], and compares with
/// its reference.safetensors: "logits" [B, T, vocabulary], "k.<layer>" [B, T, kv_heads, d_k], keys
/// after norm and bias and before RoPE in the checkpoint's order of dimensions, and, where it is
/// there, "loss" [1], mean cross-entropy of each next token in nats. UserError for whatever of
/// these is missing or of another shape.
ReferenceCheck check_reference(const std::filesystem::path& folder);

/// A table, a row a difference.
std::string table(const ReferenceCheck& check);

/// The first row of the largest difference; one that is not a number is the largest.
const Difference& worst(const ReferenceCheck& check);

/// Whether every difference is a number of at most `tolerance`.
bool within(const ReferenceCheck& check, double tolerance);

}  // namespace rc
