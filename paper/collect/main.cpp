// All stage files of a run in, runs/<profile>/numbers.json out: numbers over seeds, the original's
// values beside them, verdicts, and where everything came from.
#include <algorithm>

#include "paper/collect/derive.h"
#include "paper/collect/merge.h"
#include "paper/collect/provenance.h"
#include "paper/verdict/verdict.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage.h"

namespace {

std::vector<rc::StageResult> read_results(const rc::Context& c) {
  std::vector<rc::StageResult> results;
  for (const auto* stage : {"time-kernels", "train", "measure-rank", "ablate", "correlate"})
    for (const auto& file : c.outputs_of({stage, ".json"}))
      results.push_back(rc::read_result(file));
  return results;
}

void add_all(rc::Numbers& numbers, const rc::Numbers& more) {
  for (const auto& [name, number] : more) rc::add_new(numbers, name, number);
}

/// Of the runs it was given, in the order of the command line.
std::pair<std::vector<long>, std::vector<std::string>> seeds_and_arms(const rc::Context& c) {
  std::vector<long> seeds;
  std::vector<std::string> arms;
  for (const auto& [file, folder, manifest] : c.manifests()) {
    if (manifest.arm.empty()) continue;
    if (std::ranges::find(seeds, manifest.seed) == seeds.end()) seeds.push_back(manifest.seed);
    if (std::ranges::find(arms, manifest.arm) == arms.end()) arms.push_back(manifest.arm);
  }
  return {seeds, arms};
}

/// What the two documents under study said: the one file from outside.
std::filesystem::path original_numbers(const rc::Context& c) {
  if (c.files().size() != 1)
    throw rc::UserError("collect reads one file from outside, paper/originals.json; make collect "
                        "names it");
  return c.files().front();
}

nlohmann::json sources_of(const nlohmann::json& originals) {
  nlohmann::json sources;
  for (const auto& [name, number] : originals.items()) sources[name] = number.at("source");
  return sources;
}

void collect(rc::Context& c) {
  const auto [seeds, arms] = seeds_and_arms(c);
  if (std::find(arms.begin(), arms.end(), rc::kMainArm) == arms.end())
    throw rc::UserError("the documents are about arm learned; add it to ARMS");
  auto results = read_results(c);
  rc::derive_in_results(results);
  rc::Numbers numbers = rc::merge(results);
  rc::derive_over_results(numbers, results);
  const auto tokens = rc::read_json(c.output_of("tokenize", ".json"));
  add_all(numbers, rc::corpus_numbers(tokens));
  const auto originals = rc::read_json(original_numbers(c));
  add_all(numbers, rc::numbers_from_json(originals));

  auto provenance = rc::provenance(c);
  provenance["corpus_sha256"] = tokens.at("corpus_sha256");
  c.write("numbers.json", {{"profile", c.profile()},
                           {"seeds", seeds},
                           {"arms", arms},
                           {"numbers", rc::to_json(numbers)},
                           {"sources", sources_of(originals)},
                           {"verdicts", rc::verdicts(numbers)},
                           {"provenance", provenance}});
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{.name = "collect",
                           .summary = "all numbers over all seeds, and the verdicts",
                           .writes = "numbers.json",
                           .needs = {{"tokenize", ".json"},
                                     {"time-kernels", ".json"},
                                     {"train", ".json"},
                                     {"snapshot", ".json"},  // only its manifest: it writes none
                                     {"measure-rank", ".json"},
                                     {"ablate", ".json"},
                                     {"correlate", ".json"}},
                           .files = "the originals' numbers, paper/originals.json"};
  return rc::stage_main(spec, argc, argv, collect);
}
