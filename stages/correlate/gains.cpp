#include "stages/correlate/gains.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "pipeline/error.h"
#include "pipeline/safetensors.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::vector<double> to_doubles(const TensorView& tensor) {
  const auto floats = to_floats(tensor);
  return {floats.begin(), floats.end()};
}

/// A tensor [layers, d_k] as rows.
Rows rows_of(const Safetensors& file, const std::string& name) {
  const auto& tensor = file.at(name);
  if (tensor.shape.size() != 2 || tensor.count() == 0)
    throw UserError(fmt::format("{}: tensor {} is not [layers, d_k]; rerun stage snapshot",
                                file.file().string(), name));
  const auto all = to_doubles(tensor);
  Rows rows;
  for (auto row = all.begin(); row != all.end(); row += tensor.shape[1])
    rows.emplace_back(row, row + tensor.shape[1]);
  return rows;
}

long step_of(const Safetensors& file) {
  const auto entry = file.metadata().find("step");
  if (entry == file.metadata().end() || entry->second.empty() ||
      !std::ranges::all_of(entry->second, [](char c) { return c >= '0' && c <= '9'; }))
    throw UserError(file.file().string() +
                    ": metadata \"step\" is missing or no number; rerun stage snapshot");
  return std::stol(entry->second);
}

bool same_shape(const Rows& a, const Rows& b) {
  return a.size() == b.size() && a.front().size() == b.front().size();
}

/// N of "model.layers.N.self_attn.k_norm.weight", nothing for any other name.
std::optional<long> layer_of(std::string_view name) {
  constexpr std::string_view kBefore = "layers.", kAfter = ".self_attn.k_norm.weight";
  if (!name.ends_with(kAfter)) return std::nullopt;
  name.remove_suffix(kAfter.size());
  const auto digits = name.find_last_not_of("0123456789") + 1;
  const auto number = name.substr(digits);
  if (number.empty() || number.size() > 6 || !name.substr(0, digits).ends_with(kBefore))
    return std::nullopt;
  return std::stol(std::string(number));
}

/// Adds the gain vectors of one file, by layer.
void collect_layers(const fs::path& path, std::map<long, std::vector<double>>& layers) {
  const auto file = Safetensors::open(path);
  for (const auto& [name, tensor] : file.tensors()) {
    const auto layer = layer_of(name);
    if (!layer) continue;
    if (tensor.shape.size() != 1 || tensor.count() < 2)
      throw UserError(fmt::format("{}: tensor {} is not a vector", path.string(), name));
    if (!layers.emplace(*layer, to_doubles(tensor)).second)
      throw UserError(
          fmt::format("{}: gains of layer {} are there twice ({})", path.string(), *layer, name));
  }
}

void check_complete(const std::map<long, std::vector<double>>& layers, const fs::path& file) {
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
    const long step = step_of(file);
    by_step.emplace(step, std::move(file));
  }
  if (by_step.empty()) throw UserError("there is no snapshot to read; rerun stage snapshot");
  GainHistory history;
  for (const auto& [step, file] : by_step) {
    history.steps.push_back(step);
    history.keys.push_back(rows_of(file, "gain_k"));
    history.queries.push_back(rows_of(file, "gain_q"));
    if (!same_shape(history.keys.back(), history.keys.front()) ||
        !same_shape(history.queries.back(), history.keys.front()))
      throw UserError(file.file().string() +
                      ": gains differ in shape from other snapshots; rerun stage snapshot");
  }
  return history;
}

Rows read_model(std::span<const fs::path> files) {
  std::map<long, std::vector<double>> layers;
  for (const auto& file : files) collect_layers(file, layers);
  check_complete(layers, files.front());
  Rows rows;
  for (auto& [layer, gains] : layers) rows.push_back(std::move(gains));
  return rows;
}

}  // namespace rc
