// The files of a Hugging Face checkpoint: one model.safetensors, or shards with an index. They are
// mapped, not read. Nothing in the folder is executed, and no name in it leads out of it.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/foreign/foreign_config.h"
#include "pipeline/files/safetensors.h"

namespace rc {

/// A tensor that a model of some configuration has to have. Names are those of the language model
/// alone: "embed_tokens.weight", "layers.3.self_attn.k_proj.weight", "norm.weight",
/// "lm_head.weight".
struct ExpectedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
};

/// All of them, layer by layer.
std::vector<ExpectedTensor> expected_tensors(const ForeignConfig& config);

class Checkpoint {
 public:
  /// Maps all files of the checkpoint in `folder`. UserError if there is none: the folder is
  /// missing or empty, has other formats only (GGUF, pickle), a shard is missing or damaged, a
  /// tensor is there twice, or the index names a file outside the folder.
  static Checkpoint open(const std::filesystem::path& folder);

  /// Maps these files, which may be some of a checkpoint's.
  static Checkpoint of_files(std::span<const std::filesystem::path> files);

  /// UserError names the file and the first tensor that is missing, of another shape or type, or
  /// that no model of this configuration has.
  void check(const ForeignConfig& config) const;

  /// UserError names what is wrong with the tensor: absent, or another shape or type than a
  /// float's.
  const TensorView& at(const ExpectedTensor& expected) const;

 private:
  void add(const std::filesystem::path& file);
  void check_tied_head() const;
  std::string file_of(const std::string& name) const;

  std::string place_;  // for messages about the whole
  std::vector<Safetensors> files_;
  struct Entry {
    std::size_t file;
    const TensorView* tensor;
  };
  std::map<std::string, Entry> tensors_;  // by the language model's names
};

}  // namespace rc
