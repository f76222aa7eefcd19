// numbers.json of the golden run (pipeline/stage/golden_run.h), as stage collect makes it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/stage/golden_run.h"

namespace rc {

/// The stages whose manifests collect is given.
extern const std::vector<std::string> kCollected;

/// Every arm there is, the main one first.
const std::vector<std::string>& all_arms();

/// What collect makes of these manifests, and of the files from outside that Make names for `arms`.
nlohmann::json collected_from(const std::vector<std::filesystem::path>& manifests,
                              const std::vector<std::string>& arms);

/// The same of these seeds and arms of the golden run.
const nlohmann::json& golden_collection(const std::vector<std::string>& arms = {"learned"},
                                        const std::vector<long>& seeds = {0});

}  // namespace rc
