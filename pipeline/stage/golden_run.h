// The golden run (tests/golden, remade by `make golden`): what the stages really write, for tests
// of programs that read it.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/testing.h"

namespace rc {

/// A copy of the golden run in a folder that goes away, of which a test changes the one field that
/// it is about. Only what was asked for is copied. Tests run from the repository's root.
class GoldenRun {
 public:
  /// A file as it was committed: "seed-0/learned/rank.json".
  static nlohmann::json read(const std::string& name);

  /// The arms trained with this seed, in alphabetical order.
  static std::vector<std::string> arms(long seed = 0);

  const std::filesystem::path& folder() const { return folder_.path(); }

  /// The copy of a file. A seed that the golden run lacks is its seed 0 under another number.
  std::filesystem::path file(const std::string& name);

  /// Changes the copy.
  void change(const std::string& name, const std::function<void(nlohmann::json&)>& how);

  /// Manifests of these stages over the copies, in the order of `stages`, then seeds, then arms:
  /// what a command line names as inputs. An arm that is only trained has none of other stages. They
  /// say what the files' bytes are now: ask again after a change.
  std::vector<std::filesystem::path> inputs(const std::vector<std::string>& stages,
                                            const std::vector<long>& seeds = {0},
                                            const std::vector<std::string>& arms = {"learned"});

 private:
  std::filesystem::path write_manifest(const std::string& stage, const std::string& place,
                                       long seed, const std::string& arm);
  TestFolder folder_;
};

}  // namespace rc
