#include "stages/audit_model/sequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/program.h"
#include "pipeline/files/safetensors.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kMegabytes = "4";  // a hundred times what 72 sequences take

Ids ids_of(const Safetensors& file, const std::string& name) {
  const auto& tensor = file.at(name);
  Ids ids(tensor.data.size() / sizeof(std::int32_t));
  if (!ids.empty()) std::memcpy(ids.data(), tensor.data.data(), tensor.data.size());
  return ids;
}

/// Of a list of numbers.
Ids ids_of(const json& list, const fs::path& file) {
  Ids ids;
  for (const auto& id : list) {
    const bool fits =
        id.is_number_integer() && id >= 0 && id <= std::numeric_limits<std::int32_t>::max();
    if (!fits)
      throw UserError(
          fmt::format("{}: {} is no id; a list of whole numbers is expected, or a list "
                      "of such lists",
                      file.string(), id.dump().substr(0, 40)));
    ids.push_back(id);
  }
  return ids;
}

/// Every stretch of `tokens` that a piece holds.
std::vector<Ids> stretches_of(const EncodedText& text, std::size_t tokens) {
  std::vector<Ids> all;
  for (const auto& piece : text.pieces)
    for (std::size_t at = 0; at + tokens <= piece.size(); at += tokens) {
      all.push_back(text.prefix);
      all.back().insert(all.back().end(), piece.begin() + static_cast<std::ptrdiff_t>(at),
                        piece.begin() + static_cast<std::ptrdiff_t>(at + tokens));
    }
  return all;
}

/// One after the other, and where each begins.
struct Joined {
  Ids ids;
  std::vector<std::int64_t> blocks;
};

Joined joined(const std::vector<Ids>& sequences, long vocabulary) {
  Joined all;
  for (const auto& sequence : sequences) {
    all.blocks.push_back(static_cast<std::int64_t>(all.ids.size()));
    all.ids.insert(all.ids.end(), sequence.begin(), sequence.end());
  }
  for (const auto id : all.ids)
    if (id >= vocabulary)
      throw UserError(
          fmt::format("id {} is outside the model's vocabulary of {}: the text was "
                      "encoded for another model",
                      id, vocabulary));
  return all;
}

template <typename Integer>
TensorView view(const char* type, const std::vector<Integer>& values) {
  return {type, {static_cast<std::int64_t>(values.size())}, std::as_bytes(std::span(values))};
}

std::size_t tokens_of(const EncodedText& text) {
  std::size_t count = 0;
  for (const auto& piece : text.pieces) count += piece.size();
  return count;
}

}  // namespace

EncodedText encode_files(const fs::path& checkpoint, const std::vector<fs::path>& texts) {
  const TemporaryFolder folder;
  const auto out = folder.path() / "ids.safetensors";
  Command command{
      .program = program_folder() / "encode-text",
      .arguments = {"--tokenizer", checkpoint, "--megabytes", kMegabytes, "--out", out}};
  command.arguments.insert(command.arguments.end(), texts.begin(), texts.end());
  const auto result = run_command(command);
  if (result.status != 0) {
    auto said = result.text();
    while (said.ends_with('\n')) said.pop_back();
    throw UserError(said);
  }
  const auto file = Safetensors::open(out);
  return {.pieces = {ids_of(file, "ids")}, .prefix = ids_of(file, "prefix")};
}

EncodedText read_ids(const fs::path& file) {
  auto list = read_json(file);
  if (list.is_object() && list.contains("input_ids")) list = list.at("input_ids");
  if (!list.is_array() || list.empty())
    throw UserError(file.string() + ": a list of ids is expected, or a list of such lists");
  EncodedText text;
  if (!list.front().is_array()) return {.pieces = {ids_of(list, file)}, .prefix = {}};
  for (const auto& piece : list) {
    if (!piece.is_array())
      throw UserError(file.string() +
                      ": lists and numbers stand side by side; one of them is "
                      "expected");
    text.pieces.push_back(ids_of(piece, file));
  }
  return text;
}

TextSequences lay_out(const EncodedText& text, long context) {
  if (static_cast<long>(text.prefix.size()) >= context)
    throw UserError(
        fmt::format("sequences of {} tokens have no room behind the {} that the tokenizer puts "
                    "before a text; take a larger audit.context",
                    context, text.prefix.size()));
  const auto all = stretches_of(text, static_cast<std::size_t>(context) + 1 - text.prefix.size());
  const auto there = static_cast<long>(all.size());
  if (there < kFewestMeasured + 2)
    throw UserError(
        fmt::format("the text has {} tokens in {} pieces, room for {} sequences of {} "
                    "tokens; {} are the least: take a longer text or a smaller "
                    "audit.context",
                    tokens_of(text), text.pieces.size(), there, context, kFewestMeasured + 2));
  const long taken = std::min(there, kMostMeasured + kMostCalibration);
  const long calibrate = std::clamp(taken / 9, 2L, kMostCalibration);
  TextSequences sequences;
  for (long i = 0; i < taken; ++i) {
    const auto& sequence = all[static_cast<std::size_t>((2 * i + 1) * there / (2 * taken))];
    // One in every taken / calibrate, from the middle of them.
    const bool calibrates = (i * calibrate + taken / 2) % taken < calibrate;
    (calibrates ? sequences.train : sequences.validation).push_back(sequence);
  }
  return sequences;
}

void write_sequences(const fs::path& file, const TextSequences& sequences, long vocabulary) {
  const auto train = joined(sequences.train, vocabulary);
  const auto validation = joined(sequences.validation, vocabulary);
  write_safetensors(file,
                    {{"train", view("I32", train.ids)},
                     {"train_blocks", view("I64", train.blocks)},
                     {"validation", view("I32", validation.ids)},
                     {"validation_blocks", view("I64", validation.blocks)}},
                    {{"vocabulary", std::to_string(vocabulary)}});
}

}  // namespace rc
