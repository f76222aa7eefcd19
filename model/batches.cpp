#include "model/batches.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/token_file.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

/// Windows of context + 1 tokens that begin at `starts`.
Batch windows(const torch::Tensor& tokens, const std::vector<std::int64_t>& starts, long context,
              bool copy) {
  std::vector<torch::Tensor> rows;
  for (const auto start : starts) rows.push_back(tokens.narrow(0, start, context + 1));
  const auto all = torch::stack(rows).to(torch::kInt64);
  const auto ids = all.narrow(1, 0, context);
  return {ids, copy ? ids : all.narrow(1, 1, context)};
}

/// What each block holds of something, numbered from the text's beginning on.
class Places {
 public:
  /// `held(size)` of a block of `size` tokens.
  template <typename Held>
  Places(const Text& text, const Held& held) : text_(text) {
    for (std::size_t i = 0; i < text.blocks.size(); ++i)
      ends_.push_back(count() + held(text.block(i).size));
  }
  std::int64_t count() const { return ends_.empty() ? 0 : ends_.back(); }

  /// The block that holds number `place`, which one of how many it is there.
  struct Place {
    Text::Block block;
    std::int64_t number, of;
  };
  Place at(std::int64_t place) const {
    const auto end = std::ranges::upper_bound(ends_, place);
    const auto i = static_cast<std::size_t>(end - ends_.begin());
    const auto before = i == 0 ? 0 : ends_[i - 1];
    return {text_.block(i), place - before, *end - before};
  }

 private:
  const Text& text_;
  std::vector<std::int64_t> ends_;  // a block: how many it and those before it hold
};

Text text_of(TokenText text) {
  const auto count = static_cast<std::int64_t>(text.ids.size());
  return {torch::from_blob(text.ids.data(), {count}, torch::kInt32).clone(),
          std::move(text.blocks)};
}

std::string extent(const Text& text) {
  return fmt::format("{} tokens in {} blocks", text.ids.size(0), text.blocks.size());
}

}  // namespace

Tokens load_tokens(const std::filesystem::path& file) {
  auto read = read_token_file(file);
  return {text_of(std::move(read.train)), text_of(std::move(read.validation)), read.vocabulary};
}

Batch random_batch(const Text& text, std::uint64_t seed, long step, long batch, long context,
                   bool copy) {
  const Places starts(text,
                      [&](std::int64_t size) { return std::max<std::int64_t>(0, size - context); });
  if (starts.count() == 0)
    throw UserError(fmt::format(
        "the training text has {}, none as long as the {} tokens that a sequence takes; "
        "take more text (corpus.megabytes), fewer tokens.validation_blocks or a shorter "
        "model.context",
        extent(text), context + 1));
  auto random = generator(seed, fmt::format("batch {}", step));
  std::uniform_int_distribution<std::int64_t> draw(0, starts.count() - 1);
  std::vector<std::int64_t> drawn;
  for (long i = 0; i < batch; ++i) {
    const auto place = starts.at(draw(random));
    drawn.push_back(place.block.first + place.number);
  }
  return windows(text.ids, drawn, context, copy);
}

Batch fixed_batch(const Text& text, long count, long context, bool copy, const char* setting) {
  const Places room(text, [&](std::int64_t size) { return size / (context + 1); });
  if (room.count() < count)
    throw UserError(
        fmt::format("{} = {}, but a text of {} has room for {} sequences of {} tokens that lie "
                    "within a block; lower it, take more text (corpus.megabytes, "
                    "tokens.validation_percent) or fewer tokens.validation_blocks",
                    setting, count, extent(text), room.count(), context + 1));
  std::vector<std::int64_t> starts;
  for (long i = 0; i < count; ++i) {
    const auto place = room.at((2 * i + 1) * room.count() / (2 * count));
    starts.push_back(place.block.first + place.block.size * place.number / place.of);
  }
  return windows(text.ids, starts, context, copy);
}

std::vector<long> evenly_spread(long all, long count) {
  std::vector<long> numbers;
  for (long i = 0, take = std::min(all, count); i < take; ++i)
    numbers.push_back((2 * i + 1) * all / (2 * take));
  return numbers;
}

Batch rows_of(const Batch& batch, const std::vector<long>& rows) {
  const auto index = torch::tensor(rows, torch::kInt64);
  return {batch.ids.index_select(0, index), batch.labels.index_select(0, index)};
}

}  // namespace rc
