// Corpus in, BPE ids out: tokens/{tokens.safetensors, spm.model, tokens.json}.
#include <fmt/format.h>

#include <thread>

#include "model/corpus.h"
#include "model/tokenizer.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/stage/stage.h"
#include "model/settings.h"
#include "stages/tokenize/settings.h"

namespace {

using Ids = std::vector<std::int32_t>;

constexpr std::size_t kPieces = 64;  // a text that is too long is thinned out to so many stretches

std::size_t megabytes(double mb) { return static_cast<std::size_t>(mb * 1e6); }

rc::Corpus pinned_corpus(const rc::Context& c) {
  auto corpus = rc::read_corpus(c.files());
  const auto& expected = c.settings().text("corpus.sha256");
  if (!expected.empty() && expected != corpus.sha256)
    throw rc::UserError(
        fmt::format("corpus {} has SHA-256 {}, expected {}; set corpus.sha256= to "
                    "accept it",
                    c.settings().text("corpus.path"), corpus.sha256, expected));
  return corpus;
}

rc::TensorView view(const Ids& ids) {
  return {"I32", {static_cast<std::int64_t>(ids.size())}, std::as_bytes(std::span(ids))};
}

void tokenize(rc::Context& c) {
  const auto& s = c.settings();
  const auto corpus = pinned_corpus(c);
  const auto text = rc::thin_out(corpus.text, megabytes(s.real("corpus.megabytes")), kPieces);
  const auto split = rc::split_validation(text, s.real("tokens.validation_percent"),
                                          s.integer("tokens.validation_blocks"));
  // The tokenizer must not see validation text either.
  std::string training_text;
  for (const auto part : split.train) training_text += part;
  const auto sample =
      rc::thin_out(training_text, megabytes(s.real("tokens.sample_megabytes")), kPieces);
  const auto model = rc::train_bpe(sample, s.integer("tokens.vocabulary"));
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const auto train = rc::encode(model, split.train, threads);
  const auto validation = rc::encode(model, split.validation, threads);

  const auto dir = c.dir() / "tokens";
  const auto keep = [&](const std::string& name, const auto& write) {
    write(dir / name);
    c.made(dir / name);
  };
  keep("spm.model", [&](const auto& file) { rc::write_text(file, model); });
  keep("tokens.safetensors", [&](const auto& file) {
    rc::write_safetensors(file, {{"train", view(train)}, {"validation", view(validation)}},
                          {{"vocabulary", std::to_string(s.integer("tokens.vocabulary"))}});
  });
  c.write("tokens/tokens.json",
          {{"corpus_sha256", corpus.sha256},
           {"corpus_bytes", corpus.bytes},
           {"used_bytes", text.size()},
           {"replaced_bytes", corpus.replaced_bytes},
           {"train_tokens", train.size()},
           {"validation_tokens", validation.size()},
           {"bytes_per_token", static_cast<double>(text.size()) /
                                   static_cast<double>(train.size() + validation.size())}});
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{.name = "tokenize",
                           .summary = "corpus to BPE ids, validation blocks from all over the text",
                           .writes = "tokens/tokens.safetensors, tokens/spm.model and "
                                     "tokens/tokens.json",
                           .settings = {rc::kTokenizeSettings, rc::kVocabularySettings},
                           .files = "the text (setting corpus.path)"};
  return rc::stage_main(spec, argc, argv, tokenize);
}
