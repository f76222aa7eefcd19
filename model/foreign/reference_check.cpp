#include "model/foreign/reference_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "model/foreign/foreign_model.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using torch::Tensor;

/// [sequence][token] as a tensor [B, T].
Tensor read_ids(const fs::path& file) {
  const auto rows = read_json(file);
  const auto refuse = [&](const char* what) {
    throw UserError(fmt::format("{}: {}; a list of equally long lists of ids is expected",
                                file.string(), what));
  };
  if (!rows.is_array() || rows.empty()) refuse("holds no sequences");
  std::vector<std::int64_t> ids;
  for (const json& row : rows) {
    if (!row.is_array() || row.empty()) refuse("has a sequence without ids");
    if (row.size() != rows[0].size()) refuse("has sequences of different lengths");
    for (const json& id : row) {
      if (!id.is_number_integer()) refuse("has an id that is no whole number");
      ids.push_back(id.get<std::int64_t>());
    }
  }
  const auto sequences = static_cast<std::int64_t>(rows.size());
  return torch::tensor(ids).reshape({sequences, -1});
}

class Comparison {
 public:
  explicit Comparison(const fs::path& folder)
      : expected_(Safetensors::open(folder / "reference.safetensors")) {}

  bool has(const std::string& name) const { return expected_.tensors().contains(name); }

  double largest(const std::string& name, const Tensor& found) const {
    const auto entry = expected_.tensors().find(name);
    if (entry == expected_.tensors().end())
      throw UserError(
          fmt::format("{}: holds no tensor {}; write logits and k.0, k.1, ... of every "
                      "layer",
                      expected_.file().string(), name));
    const auto& tensor = entry->second;
    const bool numbers = tensor.count() == 1 && found.numel() == 1;  // [1] or []
    if (!numbers && !std::ranges::equal(tensor.shape, found.sizes()))
      throw UserError(fmt::format("{}: {} is [{}], the model gives [{}]; make it again",
                                  expected_.file().string(), name, fmt::join(tensor.shape, ", "),
                                  fmt::join(found.sizes(), ", ")));
    const auto floats = to_floats(tensor);  // a tensor of numbers, or an error
    const auto expected = torch::tensor(floats).reshape(found.sizes());
    return (found - expected).abs().max().item<double>();
  }

 private:
  Safetensors expected_;
};

/// Keys [B, T, heads, d_k] in the checkpoint's order of dimensions, (i, i + d_k/2).
Tensor halves_from_pairs(const Tensor& keys) {
  auto pairs = keys.sizes().vec();
  pairs.back() /= 2;
  pairs.push_back(2);
  return keys.reshape(pairs).transpose(-1, -2).flatten(-2);
}

}  // namespace

ReferenceCheck check_reference(const fs::path& folder) {
  const auto model = ForeignModel::open(folder);
  const auto ids = read_ids(folder / "input_ids.json");
  const Comparison reference(folder);
  Taps taps;
  const auto x = model.through(0, model.layers(), model.embed(ids), {}, &taps);
  ReferenceCheck check{.model = summary(model.config())};
  check.differences.push_back({"logits", -1, reference.largest("logits", model.logits(x))});
  const auto next = ids.size(1) - 1;
  if (reference.has("loss") && next > 0) {
    const auto losses = model.token_losses(x.narrow(1, 0, next), ids.narrow(1, 1, next));
    check.differences.push_back({"loss", -1, reference.largest("loss", losses.mean().reshape(1))});
  }
  for (long l = 0; l < model.layers(); ++l)
    check.differences.push_back(
        {"keys", l, reference.largest(fmt::format("k.{}", l), halves_from_pairs(taps.k[l]))});
  return check;
}

std::string table(const ReferenceCheck& check) {
  std::string text = fmt::format("{:<8} {:>5}  {}\n", "quantity", "layer", "largest difference");
  for (const auto& d : check.differences)
    text += fmt::format("{:<8} {:>5}  {:.2g}\n", d.quantity,
                        d.layer < 0 ? "" : std::to_string(d.layer), d.largest);
  return text;
}

const Difference& worst(const ReferenceCheck& check) {
  return *std::ranges::max_element(check.differences, {}, [](const Difference& d) {
    return std::isnan(d.largest) ? INFINITY : d.largest;
  });
}

bool within(const ReferenceCheck& check, double tolerance) {
  return std::ranges::all_of(check.differences,
                             [&](const Difference& d) { return d.largest <= tolerance; });
}

}  // namespace rc
