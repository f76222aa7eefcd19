#include "paper/collect/collect.h"

#include <fmt/format.h>

#include <algorithm>

#include "paper/collect/across_arms.h"
#include "paper/collect/derive.h"
#include "paper/collect/difficulty.h"
#include "paper/collect/merge.h"
#include "paper/collect/provenance.h"
#include "paper/verdict/verdict.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/profile.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<StageResult> read_results(const Context& c) {
  std::vector<StageResult> results;
  for (const auto& file : c.outputs_of({"*", ".json"}))
    if (read_json(file).contains("numbers")) results.push_back(read_result(file));
  return results;
}

void add_all(Numbers& numbers, const Numbers& more) {
  for (const auto& [name, number] : more) add_new(numbers, name, number);
}

/// Of the runs it was given, in the order of the command line.
std::pair<std::vector<long>, std::vector<std::string>> seeds_and_arms(const Context& c) {
  std::vector<long> seeds;
  std::vector<std::string> arms;
  for (const auto& [file, folder, manifest] : c.manifests()) {
    if (manifest.arm.empty()) continue;
    if (std::ranges::find(seeds, manifest.seed) == seeds.end()) seeds.push_back(manifest.seed);
    if (std::ranges::find(arms, manifest.arm) == arms.end()) arms.push_back(manifest.arm);
  }
  if (std::ranges::find(arms, kMainArm) == arms.end())
    throw UserError(fmt::format("the documents are about arm {0}; add {0} to ARMS", kMainArm));
  return {seeds, arms};
}

/// What the two documents under study said: the one JSON file from outside.
fs::path original_numbers(const Context& c) {
  std::vector<fs::path> found;
  std::ranges::copy_if(c.files(), std::back_inserter(found),
                       [](const fs::path& file) { return file.extension() == ".json"; });
  if (found.size() != 1)
    throw UserError(
        "collect reads the originals' numbers, paper/originals.json; make collect "
        "names it");
  return found.front();
}

/// What each arm says it is about, in its file profiles/arms/<arm>.conf.
json about_arms(const Context& c, const std::vector<std::string>& arms) {
  json about = json::object();
  for (const auto& arm : arms) {
    const auto file = std::ranges::find_if(
        c.files(), [&](const fs::path& f) { return f.filename() == arm + ".conf"; });
    if (file == c.files().end())
      throw UserError("collect reads profiles/arms/" + arm + ".conf; make collect names it");
    const auto values = read_conf(*file);
    const auto line = values.find("about");
    if (line == values.end())
      throw UserError(file->string() + " has no line about = what the arm changes");
    about[arm] = line->second;
  }
  return about;
}

/// What stage audit-model says of a checkpoint trained elsewhere; null of a model trained here.
json audited_model(const Context& c) {
  for (const auto& input : c.manifests())
    if (input.manifest.stage == kAuditModel)
      return read_json(c.output_of(kAuditModel, "model.json"));
  return nullptr;
}

/// sequences.<section>: how many a stage of the main arm measures on, by its setting
/// <section>.sequences.
Numbers sequence_numbers(const Context& c) {
  constexpr std::string_view kSetting = ".sequences";
  Numbers numbers;
  for (const auto& [file, folder, manifest] : c.manifests()) {
    if (manifest.arm != kMainArm) continue;
    for (const auto& [setting, value] : manifest.settings)
      if (setting.ends_with(kSetting))
        numbers["sequences." + setting.substr(0, setting.size() - kSetting.size())] = {
            std::stod(value), "sequences", 1, {}};
  }
  return numbers;
}

/// Claim A9's numbers, and its table in `collected`, where two seeds or more kept their losses.
void add_difficulty(json& collected, Numbers& numbers, const Context& c) {
  std::vector<TokenLosses> seeds;
  for (const auto& [file, folder, manifest] : c.manifests())
    if (manifest.arm == kMainArm && manifest.outputs.contains(kTokenLosses))
      seeds.push_back(read_token_losses(folder / kTokenLosses, manifest.seed));
  if (seeds.size() < 2) return;
  std::ranges::sort(seeds, {}, &TokenLosses::seed);
  const auto difficulty = difficulty_of(seeds);
  add_all(numbers, difficulty.numbers);
  collected["difficulty"] = difficulty.table;
}

/// {"name", "title"} of the orders of ablation.json, each at its place.
json titles(const json& orders) {
  std::vector<std::pair<int, json>> rows;
  for (const auto& [name, order] : orders.items())
    rows.emplace_back(order.at("place"), json{{"name", name}, {"title", order.at("title")}});
  std::ranges::sort(rows, {}, &std::pair<int, json>::first);
  json list = json::array();
  for (auto& [place, row] : rows) list.push_back(std::move(row));
  return list;
}

/// The main arm's surgery: what its orders are called, and at what percentages tables show them.
void add_orders(json& collected, const std::vector<StageResult>& results) {
  collected["orders"] = collected["percents"] = json::array();
  const auto result = std::ranges::find_if(
      results, [](const StageResult& r) { return r.arm == kMainArm && r.data.contains("orders"); });
  if (result == results.end()) return;
  try {
    collected["orders"] = titles(result->data.at("orders"));
    collected["percents"] = result->data.at("shown_percents");
  } catch (const json::exception& error) {
    throw UserError(fmt::format("{} lacks a field ({}); run its stage again", result->file.string(),
                                error.what()));
  }
}

json sources_of(const json& originals) {
  json sources;
  for (const auto& [name, number] : originals.items()) sources[name] = number.at("source");
  return sources;
}

}  // namespace

StageSpec collect_spec() {
  return {.name = "collect",
          .summary = "all numbers over all seeds, and the verdicts",
          .writes = "numbers.json",
          .needs = {{"*", ".json"}, {"*", kTokenLosses}},
          .files = "the originals' numbers, paper/originals.json, and profiles/arms/<arm>.conf"};
}

json collect(const Context& c) {
  const auto [seeds, arms] = seeds_and_arms(c);
  auto results = read_results(c);
  derive_in_results(results);
  derive_across_arms(results);
  Numbers numbers = merge(results);
  derive_over_seeds(numbers, results);
  const auto model = audited_model(c);
  if (model.is_null()) add_all(numbers, sequence_numbers(c));
  const auto tokens = model.is_null() ? read_json(c.output_of("tokenize", ".json")) : model;
  add_all(numbers, corpus_numbers(tokens));
  const auto originals = read_json(original_numbers(c));
  add_all(numbers, numbers_from_json(originals));

  json collected;
  add_difficulty(collected, numbers, c);
  collected.update({{"profile", c.profile()},
                    {"seeds", seeds},
                    {"arms", arms},
                    {"about_arms", about_arms(c, arms)},
                    {"numbers", to_json(numbers)},
                    {"sources", sources_of(originals)},
                    {"verdicts", verdicts(numbers)},
                    {"made_by", made_by(results)},
                    {"provenance", provenance(c)}});
  collected["provenance"]["corpus_sha256"] = tokens.at("corpus_sha256");
  if (!model.is_null())
    for (const char* field : {"name", "summary", "ranked_by", "norm", "checkpoint_sha256"})
      collected["model"][field] = model.at(field);
  add_orders(collected, results);
  return collected;
}

}  // namespace rc
