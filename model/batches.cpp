#include "model/batches.h"

#include <fmt/format.h>

#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"
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

}  // namespace

Tokens load_tokens(const std::filesystem::path& file) {
  const auto tensors = Safetensors::open(file);
  return {to_torch(tensors.at("train")), to_torch(tensors.at("validation")),
          std::stol(tensors.metadata().at("vocabulary"))};
}

Batch random_batch(const torch::Tensor& tokens, std::uint64_t seed, long step, long batch,
                   long context, bool copy) {
  const auto last = tokens.size(0) - context - 1;
  if (last < 0)
    throw UserError(
        fmt::format("the training text has {} tokens, a sequence takes {}; take more text",
                    tokens.size(0), context + 1));
  auto random = generator(seed, fmt::format("batch {}", step));
  std::uniform_int_distribution<std::int64_t> start(0, last);
  std::vector<std::int64_t> starts;
  for (long i = 0; i < batch; ++i) starts.push_back(start(random));
  return windows(tokens, starts, context, copy);
}

Batch fixed_batch(const torch::Tensor& tokens, long count, long context, bool copy,
                  const char* setting) {
  const auto have = tokens.size(0), want = count * (context + 1);
  if (have < want)
    throw UserError(
        fmt::format("the validation text has {} tokens, {} sequences of {} want {}; take "
                    "more text or lower {}",
                    have, count, context, want, setting));
  std::vector<std::int64_t> starts;
  for (long i = 0; i < count; ++i) starts.push_back(have * i / count);
  return windows(tokens, starts, context, copy);
}

}  // namespace rc
