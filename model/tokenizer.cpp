#include "model/tokenizer.h"

#include <fmt/format.h>
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <atomic>
#include <future>

#include "pipeline/error.h"

namespace rc {
namespace {

/// Hands SentencePiece the text line by line.
class Lines : public sentencepiece::SentenceIterator {
 public:
  explicit Lines(std::string_view text) : rest_(text) { Next(); }
  bool done() const override { return done_; }
  const std::string& value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

  void Next() override {
    line_.clear();
    while (line_.empty() && !rest_.empty()) {
      const auto end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
    }
    done_ = line_.empty();
  }

 private:
  std::string_view rest_;
  std::string line_;
  bool done_ = false;
};

/// SentencePiece's processor moves no better than it copies: it is filled in place.
class Processor : public sentencepiece::SentencePieceProcessor {
 public:
  explicit Processor(const std::string& model) {
    if (!LoadFromSerializedProto(model).ok())
      throw UserError("the tokenizer model is damaged; remake it with: make tokenize");
  }
};

/// Pieces of about a megabyte that end with a line, so that threads have equal work.
std::vector<std::string_view> chunks(const std::vector<std::string_view>& text) {
  constexpr std::size_t kChunk = 1 << 20;
  std::vector<std::string_view> parts;
  for (auto rest : text)
    while (!rest.empty()) {
      const auto end = rest.find('\n', std::min(kChunk, rest.size()));
      const auto size = end == std::string_view::npos ? rest.size() : end + 1;
      parts.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
  return parts;
}

}  // namespace

std::string train_bpe(std::string_view text, long vocabulary) {
  Lines lines(text);
  std::string model;
  const std::unordered_map<std::string, std::string> options = {
      {"model_type", "bpe"},
      {"vocab_size", std::to_string(vocabulary)},
      {"character_coverage", "0.9999"},
      {"byte_fallback", "true"},
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"allow_whitespace_only_pieces", "true"},
      {"user_defined_symbols", "\n"},
      {"bos_id", "-1"},
      {"eos_id", "-1"},
      {"minloglevel", "2"},
  };
  const auto status = sentencepiece::SentencePieceTrainer::Train(options, &lines, &model);
  if (!status.ok())
    throw UserError(
        fmt::format("no BPE of {} pieces can be made from {} bytes of text ({}); take "
                    "more text or a smaller tokens.vocabulary",
                    vocabulary, text.size(), status.message()));
  return model;
}

std::vector<std::int32_t> encode(const std::string& model,
                                 const std::vector<std::string_view>& text, int threads) {
  const Processor processor(model);
  const auto parts = chunks(text);
  std::vector<std::vector<int>> ids(parts.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < parts.size();)
      processor.Encode(absl::string_view(parts[i].data(), parts[i].size()), &ids[i]).IgnoreError();
  };
  std::vector<std::future<void>> workers;
  for (int i = 0; i < threads; ++i) workers.push_back(std::async(std::launch::async, work));
  for (auto& worker : workers) worker.get();
  std::vector<std::int32_t> all;
  for (const auto& part : ids) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::string decode(const std::string& model, const std::vector<std::int32_t>& ids) {
  std::string text;
  Processor(model).Decode(std::vector<int>(ids.begin(), ids.end()), &text).IgnoreError();
  return text;
}

}  // namespace rc
