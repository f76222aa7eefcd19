// All stage files of a run in, runs/<profile>/numbers.json out: numbers over seeds, the original's
// values beside them, verdicts, and where everything came from.
#include <algorithm>

#include "paper/collect/derive.h"
#include "paper/collect/merge.h"
#include "paper/collect/provenance.h"
#include "paper/verdict/verdict.h"
#include "pipeline/dag.h"
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

nlohmann::json sources_of(const nlohmann::json& originals) {
  nlohmann::json sources;
  for (const auto& [name, number] : originals.items()) sources[name] = number.at("source");
  return sources;
}

void collect(rc::Context& c) {
  const auto arms = c.arms();
  if (std::find(arms.begin(), arms.end(), rc::kMainArm) == arms.end())
    throw rc::UserError("the documents are about arm learned; add it to the setting arms");
  auto results = read_results(c);
  rc::derive_in_results(results);
  rc::Numbers numbers = rc::merge(results);
  rc::derive_over_results(numbers, results);
  const auto tokens = rc::read_json(c.output_of("tokenize", ".json"));
  add_all(numbers, rc::corpus_numbers(tokens));
  const auto originals = rc::read_json("paper/originals.json");
  add_all(numbers, rc::numbers_from_json(originals));

  auto provenance = rc::provenance(c);
  provenance["corpus_sha256"] = tokens.at("corpus_sha256");
  const auto file = c.profile_dir() / "numbers.json";
  rc::write_json(file, {{"profile", c.profile_name()},
                        {"seeds", c.seeds()},
                        {"arms", arms},
                        {"numbers", rc::to_json(numbers)},
                        {"sources", sources_of(originals)},
                        {"verdicts", rc::verdicts(numbers)},
                        {"provenance", provenance}});
  c.made(file);
}

}  // namespace

int main(int argc, char** argv) {
  return rc::stage_main(rc::stage("collect"), argc, argv, collect);
}
