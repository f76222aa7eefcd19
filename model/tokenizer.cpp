#include "model/tokenizer.h"

#include <fmt/format.h>
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <atomic>
#include <future>

#include "pipeline/error.h"

namespace rc {
namespace {

/// SentencePiece drops what is longer (max_sentence_length) and fails on words of 64 KiB.
constexpr std::size_t kLongestLine = 4096;

/// How much of a line is handed over at once: all, or up to a blank, or to where a character
/// begins.
std::size_t front_of(std::string_view line) {
  if (line.size() <= kLongestLine) return line.size();
  if (const auto blank = line.rfind(' ', kLongestLine); blank != line.npos && blank > 0)
    return blank;
  auto end = kLongestLine;
  while ((static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return end;
}

/// Hands SentencePiece the text line by line, long ones in pieces.
class Lines : public sentencepiece::SentenceIterator {
 public:
  explicit Lines(std::string_view text) : rest_(text) { Next(); }
  bool done() const override { return done_; }
  const std::string& value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

  void Next() override {
    line_.clear();
    while (line_.empty() && !rest_.empty()) {
      const auto line = rest_.substr(0, rest_.find('\n'));
      line_ = line.substr(0, front_of(line));
      rest_.remove_prefix(line_.size());
      if (line_.size() == line.size() && !rest_.empty()) rest_.remove_prefix(1);
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

/// Text that a thread takes at once.
struct Chunk {
  std::string_view text;
  bool begins_block;
};

/// Pieces of about a megabyte that end with a line, so that threads have equal work.
std::vector<Chunk> chunks(const std::vector<std::string_view>& blocks) {
  constexpr std::size_t kChunk = 1 << 20;
  std::vector<Chunk> parts;
  for (const auto block : blocks)
    for (auto rest = block; !rest.empty();) {
      const auto end = rest.find('\n', std::min(kChunk, rest.size()));
      const auto size = end == std::string_view::npos ? rest.size() : end + 1;
      parts.push_back({rest.substr(0, size), rest.size() == block.size()});
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

Encoded encode(const std::string& model, const std::vector<std::string_view>& blocks, int threads) {
  const Processor processor(model);
  const auto parts = chunks(blocks);
  std::vector<std::vector<int>> ids(parts.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < parts.size();) {
      const auto text = parts[i].text;
      processor.Encode(absl::string_view(text.data(), text.size()), &ids[i]).IgnoreError();
    }
  };
  std::vector<std::future<void>> workers;
  for (int i = 0; i < threads; ++i) workers.push_back(std::async(std::launch::async, work));
  for (auto& worker : workers) worker.get();
  Encoded all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].begins_block) all.blocks.push_back(static_cast<std::int64_t>(all.ids.size()));
    all.ids.insert(all.ids.end(), ids[i].begin(), ids[i].end());
  }
  return all;
}

std::string decode(const std::string& model, const std::vector<std::int32_t>& ids) {
  std::string text;
  Processor(model).Decode(std::vector<int>(ids.begin(), ids.end()), &text).IgnoreError();
  return text;
}

}  // namespace rc
