#include "stages/correlate/gains.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>
#include <string>

#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::vector<double> to_doubles(const TensorView& tensor) {
  const auto floats = to_floats(tensor);
  return {floats.begin(), floats.end()};
}

template <typename Integer>
std::vector<long> widened(std::span<const std::byte> data) {
  std::vector<Integer> integers(data.size() / sizeof(Integer));
  std::memcpy(integers.data(), data.data(), integers.size() * sizeof(Integer));
  return {integers.begin(), integers.end()};
}

std::vector<long> to_integers(const TensorView& tensor) {
  if (tensor.dtype == "I32") return widened<std::int32_t>(tensor.data);
  if (tensor.dtype == "I64") return widened<std::int64_t>(tensor.data);
  throw UserError("rotary_pairs of type " + tensor.dtype +
                  " are no integers; I32 or I64 is "
                  "expected");
}

/// A tensor [layers, width] as rows; `convert` makes a vector of it.
template <typename Convert>
auto rows_of(const Safetensors& file, const std::string& name, Convert convert) {
  const auto& tensor = file.at(name);
  if (tensor.shape.size() != 2 || tensor.count() == 0)
    throw UserError(fmt::format("{}: tensor {} is not [layers, width]; rerun stage snapshot",
                                file.file().string(), name));
  const auto all = convert(tensor);
  std::vector<std::remove_const_t<decltype(all)>> rows;
  for (auto row = all.begin(); row != all.end(); row += tensor.shape[1])
    rows.emplace_back(row, row + tensor.shape[1]);
  return rows;
}

/// Pair i turned by step i in every layer.
RotarySteps usual_pairs(const Rows& gains) {
  std::vector<long> steps(gains.front().size() / 2);
  std::iota(steps.begin(), steps.end(), 0L);
  return RotarySteps(gains.size(), steps);
}

/// Every layer names a step, 0 or later, for each of its pairs.
void check_pairs(const RotarySteps& pairs, const Rows& gains, const fs::path& file) {
  const bool fits =
      pairs.size() == gains.size() && std::ranges::all_of(pairs, [&](const auto& layer) {
        return layer.size() == gains.front().size() / 2 && std::ranges::min(layer) >= 0;
      });
  if (!fits)
    throw UserError(
        fmt::format("{}: rotary_pairs has not {} steps of the rotary frequencies for "
                    "each of {} layers",
                    file.string(), gains.front().size() / 2, gains.size()));
}

RotarySteps pairs_of(const Safetensors& file, const Rows& gains) {
  if (!file.tensors().contains("rotary_pairs")) return usual_pairs(gains);
  auto pairs = rows_of(file, "rotary_pairs", to_integers);
  check_pairs(pairs, gains, file.file());
  return pairs;
}

/// A number of the file's metadata, 0 or more.
template <typename Value>
Value metadata(const Safetensors& file, const std::string& name) {
  const auto entry = file.metadata().find(name);
  const auto text = entry == file.metadata().end() ? "" : entry->second;
  const char* const end = text.data() + text.size();
  Value value = 0;
  const auto [read, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || read != end || value < 0)
    throw UserError(fmt::format("{}: metadata \"{}\" is missing or no number; rerun stage snapshot",
                                file.file().string(), name));
  return value;
}

bool same_shape(const Rows& a, const Rows& b) {
  return a.size() == b.size() && a.front().size() == b.front().size();
}

constexpr std::string_view kGains = ".self_attn.k_norm.weight";
constexpr std::string_view kPairs = ".self_attn.rotary_pairs";

/// N of "model.layers.N<ending>", nothing for any other name.
std::optional<long> layer_of(std::string_view name, std::string_view ending) {
  constexpr std::string_view kBefore = "layers.";
  if (!name.ends_with(ending)) return std::nullopt;
  name.remove_suffix(ending.size());
  const auto digits = name.find_last_not_of("0123456789") + 1;
  const auto number = name.substr(digits);
  if (number.empty() || number.size() > 6 || !name.substr(0, digits).ends_with(kBefore))
    return std::nullopt;
  return std::stol(std::string(number));
}

/// Vectors of one kind, by layer.
template <typename Element>
using ByLayer = std::map<long, std::vector<Element>>;

/// Adds those of one file whose names have this ending; `convert` makes a vector of a tensor.
template <typename Element, typename Convert>
void collect_layers(const Safetensors& file, std::string_view ending, Convert convert,
                    ByLayer<Element>& layers) {
  for (const auto& [name, tensor] : file.tensors()) {
    const auto layer = layer_of(name, ending);
    if (!layer) continue;
    const auto path = file.file().string();
    if (tensor.shape.size() != 1 || tensor.count() == 0)
      throw UserError(fmt::format("{}: tensor {} is not a vector", path, name));
    if (!layers.emplace(*layer, convert(tensor)).second)
      throw UserError(fmt::format("{}: layer {} has {} twice", path, *layer, name));
  }
}

void check_complete(const ByLayer<double>& layers, const fs::path& file) {
  if (layers.empty())
    throw UserError(file.string() +
                    ": no tensor is named ...layers.<N>.self_attn.k_norm.weight; the model has no "
                    "norm on its keys, or names it otherwise");
  long expected = 0;
  for (const auto& [layer, gains] : layers) {
    if (layer != expected++)
      throw UserError(fmt::format("{}: gains of layer {} are missing; name all files of the model",
                                  file.string(), expected - 1));
    if (gains.size() != layers.begin()->second.size())
      throw UserError(
          fmt::format("{}: layer {} has {} gains, layer 0 has {}; only equal widths "
                      "compare",
                      file.string(), layer, gains.size(), layers.begin()->second.size()));
  }
}

}  // namespace

GainHistory read_history(std::span<const fs::path> snapshots) {
  std::map<long, Safetensors> by_step;
  for (const auto& path : snapshots) {
    auto file = Safetensors::open(path);
    const auto step = metadata<long>(file, "step");
    by_step.emplace(step, std::move(file));
  }
  if (by_step.empty()) throw UserError("there is no snapshot to read; rerun stage snapshot");
  GainHistory history;
  for (const auto& [step, file] : by_step) {
    history.steps.push_back(step);
    history.keys.push_back(rows_of(file, "gain_k", to_doubles));
    history.queries.push_back(rows_of(file, "gain_q", to_doubles));
    if (!same_shape(history.keys.back(), history.keys.front()) ||
        !same_shape(history.queries.back(), history.keys.front()))
      throw UserError(file.file().string() +
                      ": gains differ in shape from other snapshots; rerun stage snapshot");
  }
  const auto& last = by_step.rbegin()->second;
  history.rotary_pairs = pairs_of(last, history.keys.back());
  history.frequencies = {metadata<double>(last, "rope_base"),
                         metadata<long>(last, "rope_frequencies")};
  if (last.tensors().contains("rope_angles"))
    history.rope_angles = rows_of(last, "rope_angles", to_doubles);
  history.context = metadata<long>(last, "context");
  return history;
}

ModelGains read_model(std::span<const fs::path> files) {
  ByLayer<double> gains;
  ByLayer<long> pairs;
  for (const auto& path : files) {
    const auto file = Safetensors::open(path);
    collect_layers(file, kGains, to_doubles, gains);
    collect_layers(file, kPairs, to_integers, pairs);
  }
  check_complete(gains, files.front());
  ModelGains model;
  for (auto& [layer, row] : gains) model.keys.push_back(std::move(row));
  for (auto& [layer, row] : pairs) model.rotary_pairs.push_back(std::move(row));
  if (!pairs.empty()) check_pairs(model.rotary_pairs, model.keys, files.front());
  return model;
}

}  // namespace rc
