// Corpus in, BPE ids out: tokens/{tokens.safetensors, spm.model, tokens.json}.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>

#include "model/corpus.h"
#include "model/settings.h"
#include "model/tokenizer.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/stage/stage.h"
#include "pipeline/text.h"
#include "stages/tokenize/settings.h"

namespace {

std::size_t megabytes(double mb) { return static_cast<std::size_t>(mb * 1e6); }

rc::Corpus pinned_corpus(const rc::Context& c) {
  auto corpus = rc::read_corpus(c.files());
  const auto known = rc::split_list(c.settings().text("corpus.sha256"));
  if (!known.empty() && std::ranges::find(known, corpus.sha256) == known.end())
    throw rc::UserError(
        fmt::format("corpus {} has SHA-256 {}, expected {}; set corpus.sha256= to accept it",
                    c.settings().text("corpus.path"), corpus.sha256, fmt::join(known, " or ")));
  return corpus;
}

template <typename Integer>
rc::TensorView view(const char* type, const std::vector<Integer>& values) {
  return {type, {static_cast<std::int64_t>(values.size())}, std::as_bytes(std::span(values))};
}

/// train and validation [tokens] int32, and where their blocks begin, train_blocks and
/// validation_blocks [blocks] int64: text does not run on from one to the next.
void write_tokens(const std::filesystem::path& file, const rc::Encoded& train,
                  const rc::Encoded& validation, long vocabulary) {
  rc::write_safetensors(file,
                        {{"train", view("I32", train.ids)},
                         {"train_blocks", view("I64", train.blocks)},
                         {"validation", view("I32", validation.ids)},
                         {"validation_blocks", view("I64", validation.blocks)}},
                        {{"vocabulary", std::to_string(vocabulary)}});
}

void tokenize(rc::Context& c) {
  const auto& s = c.settings();
  const auto corpus = pinned_corpus(c);
  const long vocabulary = s.integer("tokens.vocabulary");
  const auto places = static_cast<std::size_t>(s.integer("tokens.validation_blocks"));
  const auto text = rc::stretches(corpus.text, megabytes(s.real("corpus.megabytes")), places);
  const auto split = rc::split_validation(text, s.real("tokens.validation_percent"));
  // The tokenizer must not see validation text either.
  const auto training_text = rc::joined(split.train);
  const auto sample =
      rc::stretches(training_text, megabytes(s.real("tokens.sample_megabytes")), places);
  const auto model = rc::train_bpe(rc::joined(sample), vocabulary);
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const auto train = rc::encode(model, split.train, threads);
  const auto validation = rc::encode(model, split.validation, threads);

  const auto dir = c.dir() / "tokens";
  const auto keep = [&](const std::string& name, const auto& write) {
    write(dir / name);
    c.made(dir / name);
  };
  keep("spm.model", [&](const auto& file) { rc::write_text(file, model); });
  keep("tokens.safetensors",
       [&](const auto& file) { write_tokens(file, train, validation, vocabulary); });
  const auto used = rc::joined(text).size(), tokens = train.ids.size() + validation.ids.size();
  c.write("tokens/tokens.json",
          {{"corpus_sha256", corpus.sha256},
           {"corpus_bytes", corpus.bytes},
           {"used_bytes", used},
           {"replaced_bytes", corpus.replaced_bytes},
           {"train_tokens", train.ids.size()},
           {"validation_tokens", validation.ids.size()},
           {"bytes_per_token", static_cast<double>(used) / static_cast<double>(tokens)}});
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{.name = "tokenize",
                           .summary = "corpus to BPE ids, validation blocks from all over the text",
                           .writes =
                               "tokens/tokens.safetensors, tokens/spm.model and "
                               "tokens/tokens.json",
                           .settings = {rc::kTokenizeSettings, rc::kVocabularySettings},
                           .files = "the text (setting corpus.path)"};
  return rc::stage_main(spec, argc, argv, tokenize);
}
