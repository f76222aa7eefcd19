#include "stages/audit_model/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "model/foreign/audited_model.h"
#include "model/snapshot_tensors.h"
#include "pipeline/error.h"
#include "pipeline/files/hash.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/progress.h"
#include "stages/audit_model/key_record.h"
#include "stages/audit_model/model_facts.h"
#include "stages/audit_model/sequences.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

constexpr long kRecorded = 8;  // sequences whose keys are kept, as of a model trained here

constexpr long kFewestTokens = 8;

EncodedText text_of(const Settings& s) {
  const auto &text = s.text("audit.text"), &ids = s.text("audit.ids");
  if (text.empty() == ids.empty())
    throw UserError("either a text or ids are expected: TEXT=FILE or IDS=FILE.json");
  return ids.empty() ? encode_files(s.text("audit.model"), {text}) : read_ids(ids);
}

/// SHA-256 of what was read: other weights or another text are another audit, for the stages behind
/// too.
struct Digests {
  std::string checkpoint;  // over those of the files in its folder, in the order of their names
  std::string corpus;      // of the text, or of the ids, wherever they lie
};

Digests digests_of(const Context& c) {
  const auto& s = c.settings();
  const fs::path corpus = s.text(s.text("audit.ids").empty() ? "audit.text" : "audit.ids");
  const auto folder = fs::path(s.text("audit.model")).lexically_normal() / "";
  Digests digests;
  std::string in_folder;
  for (const auto& input : inputs_of(c))
    if (input.path.lexically_normal() == corpus.lexically_normal())
      digests.corpus = input.digest.sha256;
    else if ((input.path.parent_path() / "").lexically_normal() == folder)
      in_folder += input.digest.sha256;
  digests.checkpoint = sha256_hex(in_folder);
  return digests;
}

/// What a key gain belongs to.
const char* norm_of(const ForeignConfig& config) {
  switch (config.block.qk_norm) {
    case QkNorm::kNone:
      return "none";
    case QkNorm::kPerHead:
      return "of a head";
    case QkNorm::kFullWidth:
      return "over all heads";
  }
  throw std::logic_error("no such norm");
}

}  // namespace

Audit::Audit(Context& context)
    : context_(context),
      model_(std::make_shared<const ForeignModel>(ForeignModel::open(checkpoint()))),
      tokens_a_sequence_(
          context_of(model_->config(), context.settings().integer("audit.context"))) {
  if (model_->layers() < 2 || tokens_a_sequence_ < kFewestTokens)
    throw UserError(
        fmt::format("{}: {} layers that attend to {} tokens; an audit takes 2 layers and {} tokens",
                    checkpoint(), model_->layers(), tokens_a_sequence_, kFewestTokens));
}

void Audit::keep_tokens() {
  const auto file = context_.dir() / "tokens/tokens.safetensors";
  write_sequences(file, lay_out(text_of(context_.settings()), tokens_a_sequence_),
                  model_->config().vocabulary);
  context_.made(file);
  tokens_ = load_tokens(file);
  surgery_ = audited_key_model(model_, *tokens_, tokens_a_sequence_);
}

void Audit::keep_keys() const {
  const auto& saved = surgery_->saved();
  const long sequences = recorded();
  Progress progress("audit-model", model_->layers());
  const auto tensors = key_record(*model_, saved, windows(sequences).ids,
                                  [&](long done) { progress.update(done, "layers"); });
  auto metadata = snapshot_metadata(context_.arm(), context_.seed(), saved.config, sequences);
  metadata.insert({{"step", "0"}, {"steps_total", "0"}, {"ranked_by", ranked_by()}});
  const auto file = context_.dir() / "snapshots/step-000000.safetensors";
  save_tensors(file, tensors, metadata);
  context_.made(file);
}

void Audit::keep_facts(int threads) const {
  const auto& config = model_->config();
  const double minutes = context_.settings().real("audit.minutes");
  const double seconds = seconds_per_sequence(*surgery_, windows(measured(threads)));
  const auto digests = digests_of(context_);
  auto numbers = shape_numbers(config, tokens_a_sequence_);
  numbers["sequences.rank"] = {static_cast<double>(recorded()), "sequences", 1, {}};
  context_.write(kAuditedModel, {{"folder", checkpoint()},
                                 {"name", std::filesystem::path(checkpoint()).filename().string()},
                                 {"checkpoint_sha256", digests.checkpoint},
                                 {"corpus_sha256", digests.corpus},
                                 {"family", config.family},
                                 {"summary", summary(config)},
                                 {"ranked_by", ranked_by()},
                                 {"norm", norm_of(config)},
                                 {"context", tokens_a_sequence_},
                                 {"seconds_per_sequence", seconds},
                                 {"evaluations", evaluations_within(minutes, seconds)},
                                 {"train_tokens", tokens_->train.ids.numel()},
                                 {"validation_tokens", tokens_->validation.ids.numel()},
                                 {"numbers", to_json(numbers)}});
  fmt::print("{}", facts_text(config, tokens_a_sequence_, minutes, seconds));
  std::fflush(stdout);
}

std::string Audit::checkpoint() const {
  const auto& folder = context_.settings().text("audit.model");
  if (folder.empty()) throw UserError("no checkpoint is named: MODEL=FOLDER");
  return folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
}

std::string Audit::ranked_by() const {
  switch (key_sizes(*model_)) {
    case KeySizes::kGains:
      return "gains";
    case KeySizes::kEnergiesAsGainsTie:
      return "energies, as gains tie";
    case KeySizes::kEnergies:
      return "energies";
  }
  throw std::logic_error("no such size of keys");
}

long Audit::recorded() const {
  return record_sequences(model_->config(), tokens_a_sequence_, measured(kRecorded));
}

long Audit::measured(long wanted) const {
  return std::min(wanted, static_cast<long>(tokens_->validation.blocks.size()));
}

Batch Audit::windows(long count) const {
  return fixed_batch(tokens_->validation, count, tokens_a_sequence_, /*copy=*/false, "audit");
}

}  // namespace rc
