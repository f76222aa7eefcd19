#include "paper/testing/golden_collection.h"

#include <algorithm>
#include <map>

#include "paper/collect/collect.h"
#include "paper/collect/merge.h"

namespace rc {

const std::vector<std::string> kCollected = {"tokenize",     "train",     "snapshot",
                                             "measure-rank", "ablate",    "low-rank",
                                             "heal",         "correlate", "time-kernels"};

const std::vector<std::string>& all_arms() {
  static const std::vector<std::string> arms = [] {
    auto names = GoldenRun::arms();
    std::ranges::stable_partition(names, [](const std::string& arm) { return arm == kMainArm; });
    return names;
  }();
  return arms;
}

nlohmann::json collected_from(const std::vector<std::filesystem::path>& manifests,
                              const std::vector<std::string>& arms) {
  static const StageSpec spec = collect_spec();
  auto inputs = manifests;
  inputs.emplace_back("paper/originals.json");
  for (const auto& arm : arms) inputs.emplace_back("profiles/arms/" + arm + ".conf");
  return collect({spec, Settings(all_tables(spec), {"profile=golden"}), "nowhere", inputs});
}

const nlohmann::json& golden_collection(const std::vector<std::string>& arms,
                                        const std::vector<long>& seeds) {
  static std::map<std::pair<std::vector<std::string>, std::vector<long>>, nlohmann::json> made;
  auto& collection = made[{arms, seeds}];
  if (collection.is_null()) {
    GoldenRun run;
    collection = collected_from(run.inputs(kCollected, seeds, arms), arms);
  }
  return collection;
}

}  // namespace rc
