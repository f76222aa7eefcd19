// What a stage program says of itself, for programs that do not know it: --describe writes it when
// the stage is built.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "pipeline/stage/stage.h"

namespace rc {

/// {"name", "summary", "writes", "scope", "files", "alone", "environment": whether it depends on
/// it,
///  "needs": [{"stage", "suffix"}], "settings": [{"name", "kind", "default", "unit", "least",
///  "most", "help", "changes_results"}]}
nlohmann::json describe(const StageSpec& spec);

/// A stage as its description tells. `spec` has no function `environment`; `depends_on_machine`
/// says whether the stage has.
struct Description {
  StageSpec spec;
  bool depends_on_machine = false;
  std::shared_ptr<const nlohmann::json> text;  // owns what the tables point to
  std::shared_ptr<const std::vector<Setting>> rows;
};

/// UserError names a file that is no description.
Description read_description(const std::filesystem::path& file);

/// Of every stage that was built, by name; UserError where there is none.
std::map<std::string, Description> read_descriptions(const std::filesystem::path& folder);

}  // namespace rc
