#include "model/foreign/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "model/foreign/checkpoint_files.h"
#include "model/foreign/config_fields.h"
#include "pipeline/error.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using Shape = std::vector<std::int64_t>;

constexpr const char* kHead = "lm_head.weight";
constexpr const char* kEmbedding = "embed_tokens.weight";

/// What stands before the language model's own names, in a model of text alone and, in the two
/// notations there are, of text and images.
constexpr std::string_view kPrefixes[] = {"language_model.model.", "model.language_model.",
                                          "language_model.", "model."};
/// The other parts of a model of text and images.
constexpr std::string_view kImages[] = {"vision_tower.", "multi_modal_projector.",
                                        "model.vision_tower.", "model.multi_modal_projector."};

/// The language model's own name of a tensor; "" for one of the parts for images.
std::string own_name(std::string_view name) {
  const auto begins = [&](std::string_view start) { return name.starts_with(start); };
  if (std::ranges::any_of(kImages, begins)) return "";
  const auto prefix = std::ranges::find_if(kPrefixes, begins);
  return std::string(prefix == std::end(kPrefixes) ? name : name.substr(prefix->size()));
}

/// "[64, 32]"
std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

/// Adds a projection's weight [out, in], and its bias [out] if it has one.
void add_linear(std::vector<ExpectedTensor>& all, const std::string& name, long out, long in,
                bool bias) {
  all.push_back({name + ".weight", {out, in}});
  if (bias) all.push_back({name + ".bias", {out}});
}

void add_layer(std::vector<ExpectedTensor>& all, const ForeignConfig& c, std::size_t layer) {
  const auto start = fmt::format("layers.{}.", layer);
  const auto norm = [&](const char* name, long width) {
    all.push_back({start + name + ".weight", {width}});
  };
  const auto linear = [&](const char* name, long out, long in, bool bias) {
    add_linear(all, start + name, out, in, bias);
  };
  const long q = c.heads * c.d_k, k = c.kv_heads * c.d_k;
  linear("self_attn.q_proj", q, c.d_model, c.qkv_bias);
  linear("self_attn.k_proj", k, c.d_model, c.qkv_bias);
  linear("self_attn.v_proj", k, c.d_model, c.qkv_bias);
  linear("self_attn.o_proj", c.d_model, q, c.output_bias);
  linear("mlp.gate_proj", c.d_ff, c.d_model, c.feed_forward_bias);
  linear("mlp.up_proj", c.d_ff, c.d_model, c.feed_forward_bias);
  linear("mlp.down_proj", c.d_model, c.d_ff, c.feed_forward_bias);
  const bool full = c.block.qk_norm == QkNorm::kFullWidth;
  if (c.block.qk_norm != QkNorm::kNone) norm("self_attn.q_norm", full ? q : c.d_k);
  if (c.block.qk_norm != QkNorm::kNone) norm("self_attn.k_norm", full ? k : c.d_k);
  if (c.block.norm_before) norm("input_layernorm", c.d_model);
  norm("post_attention_layernorm", c.d_model);
  if (c.block.norm_before && c.block.norm_after) norm("pre_feedforward_layernorm", c.d_model);
  if (c.block.norm_after) norm("post_feedforward_layernorm", c.d_model);
}

}  // namespace

std::vector<ExpectedTensor> expected_tensors(const ForeignConfig& c) {
  std::vector<ExpectedTensor> all = {{kEmbedding, {c.vocabulary, c.d_model}}};
  for (std::size_t l = 0; l < c.layers.size(); ++l) add_layer(all, c, l);
  all.push_back({"norm.weight", {c.d_model}});
  if (!c.tied) all.push_back({kHead, {c.vocabulary, c.d_model}});
  return all;
}

void Checkpoint::add(const fs::path& file) {
  refuse_other_formats(file);
  files_.push_back(Safetensors::open(file));
  for (const auto& [name, tensor] : files_.back().tensors()) {
    const auto own = own_name(name);
    if (own.empty()) continue;
    if (!tensors_.emplace(own, Entry{files_.size() - 1, &tensor}).second)
      throw UserError(fmt::format("{}: holds {}, which {} holds too; download the checkpoint again",
                                  file.string(), quoted(name), file_of(own)));
  }
}

Checkpoint Checkpoint::open(const fs::path& folder) {
  const auto found = find_checkpoint(folder);
  auto checkpoint = of_files(found.files);
  checkpoint.place_ = folder.string();
  for (const auto& [name, file] : found.index) {
    const auto own = own_name(name);
    if (own.empty()) continue;
    const auto entry = checkpoint.tensors_.find(own);
    if (entry == checkpoint.tensors_.end() || checkpoint.files_[entry->second.file].file() != file)
      throw UserError(fmt::format("{}: lacks {}, which the index promises; download it again",
                                  file.string(), quoted(name)));
  }
  return checkpoint;
}

Checkpoint Checkpoint::of_files(std::span<const fs::path> files) {
  Checkpoint checkpoint;
  for (const auto& file : files) checkpoint.add(file);
  if (!files.empty()) checkpoint.place_ = files.front().string();
  return checkpoint;
}

std::string Checkpoint::file_of(const std::string& name) const {
  return files_[tensors_.at(name).file].file().string();
}

const TensorView& Checkpoint::at(const ExpectedTensor& expected) const {
  const auto entry = tensors_.find(expected.name);
  if (entry == tensors_.end())
    throw UserError(fmt::format(
        "{}: holds no tensor {}, which config.json makes part of the model; download the whole "
        "checkpoint again",
        place_, expected.name));
  const auto& tensor = *entry->second.tensor;
  if (tensor.shape != expected.shape)
    throw UserError(fmt::format(
        "{}: {} is {}, by config.json it should be {}; the two are not of one model",
        file_of(expected.name), expected.name, to_string(tensor.shape), to_string(expected.shape)));
  if (tensor.dtype != "F32" && tensor.dtype != "BF16" && tensor.dtype != "F16")
    throw UserError(fmt::format("{}: {} is of type {}; F32, BF16 and F16 are implemented",
                                file_of(expected.name), expected.name, tensor.dtype));
  return tensor;
}

void Checkpoint::check_tied_head() const {
  const auto head = tensors_.find(kHead), embedding = tensors_.find(kEmbedding);
  if (head == tensors_.end() || embedding == tensors_.end()) return;
  const auto &a = *head->second.tensor, &b = *embedding->second.tensor;
  if (a.dtype != b.dtype || !std::ranges::equal(a.data, b.data))
    throw UserError(
        fmt::format("{}: holds an output layer of its own, but tie_word_embeddings is "
                    "true; set it to false if that layer is meant",
                    file_of(kHead)));
}

void Checkpoint::check(const ForeignConfig& config) const {
  std::set<std::string> known;
  for (const auto& expected : expected_tensors(config)) {
    at(expected);
    known.insert(expected.name);
  }
  for (const auto& [name, entry] : tensors_) {
    if (known.contains(name) || name.ends_with("rotary_emb.inv_freq")) continue;
    if (name != kHead)
      throw UserError(
          fmt::format("{}: holds {}, which no {} of this config.json has; what it does "
                      "is not implemented",
                      file_of(name), quoted(name), config.family));
    check_tied_head();
  }
}

}  // namespace rc
