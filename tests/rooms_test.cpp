// Who may include whom: arrows run downwards only, stages never meet, and a stage knows only
// itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "pipeline/files/artifact.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

/// What each room may include besides itself.
const std::map<std::string, Rooms> kBelow = {
    {"pipeline", {}},
    {"kernels", {}},
    {"model", {"pipeline", "kernels"}},
    {"bench", {"pipeline", "kernels", "model"}},
    {"stages", {"pipeline", "kernels", "model", "bench"}},
    {"figures", {"pipeline"}},
    {"paper", {"pipeline"}},
    {"tests", {"pipeline", "kernels", "model", "bench", "stages", "figures", "paper"}},
};

std::string first_part(const fs::path& path) { return path.begin()->string(); }

/// Quoted includes of a file, from the repository's root.
std::vector<fs::path> includes_of(const fs::path& file) {
  static const std::regex include("#include \"([^\"]+)\"");
  const std::string text = read_text(file);
  std::vector<fs::path> found;
  for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end; ++match)
    found.emplace_back((*match)[1].str());
  return found;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> files;
  for (const auto& [room, below] : kBelow)
    for (const auto& entry : fs::recursive_directory_iterator(room))
      if (std::set<std::string>{".h", ".cpp", ".cu", ".cuh"}.contains(entry.path().extension()))
        files.push_back(entry.path());
  return files;
}

TEST(Rooms, IncludeOnlyThoseBelow) {
  const auto files = sources();
  EXPECT_GT(files.size(), 200u) << "run from the repository's root";
  for (const auto& file : files)
    for (const auto& included : includes_of(file)) {
      const auto from = first_part(file), to = first_part(included);
      ASSERT_TRUE(kBelow.contains(to)) << file << " includes " << included;
      EXPECT_TRUE(from == to || kBelow.at(from).contains(to)) << file << " includes " << included;
    }
}

TEST(Rooms, StagesNeverIncludeEachOther) {
  for (const auto& entry : fs::recursive_directory_iterator("stages")) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
    for (const auto& included : includes_of(entry.path())) {
      if (first_part(included) != "stages") continue;
      EXPECT_EQ(included.parent_path(), entry.path().parent_path()) << entry.path();
    }
  }
}

/// The pipeline's own rooms, lowest first; what stands at its root is below all of them.
TEST(Rooms, PipelineRunsDownwardsToo) {
  const std::vector<std::string> order = {"files", "statistics", "settings", "stage"};
  const auto rank = [&](const fs::path& path) {
    const auto room = std::ranges::find(order, path.parent_path().filename().string());
    return room == order.end() ? -1 : room - order.begin();
  };
  for (const auto& entry : fs::recursive_directory_iterator("pipeline")) {
    const auto& file = entry.path();
    const bool root = file.parent_path() == "pipeline";
    if (file.extension() != ".h" && file.extension() != ".cpp") continue;
    if (root && file.filename().string().ends_with("_main.cpp")) continue;
    if (file.filename().string().ends_with("_test.cpp")) continue;
    for (const auto& included : includes_of(file)) EXPECT_LE(rank(included), rank(file)) << file;
  }
}

/// Functions that a file defines in anonymous namespaces.
std::set<std::string> unnamed_functions(const fs::path& file) {
  static const std::regex definition(
      R"(^(?!TEST|INSTANTIATE|using |return )[A-Za-z_].*[ *&](\w+)\(.*)");
  std::set<std::string> names;
  std::istringstream text(read_text(file));
  bool unnamed = false;
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (line == "namespace {") unnamed = true;
    if (line == "}  // namespace") unnamed = false;
    const auto head = line.substr(0, line.find('(') + 1);
    if (unnamed && !line.ends_with(";") && std::regex_match(head, match, definition))
      names.insert(match[1]);
  }
  return names;
}

/// Such functions of files that are compiled as one would be overloads of each other, and a call
/// might choose another file's.
TEST(Rooms, FilesCompiledAsOneDefineFunctionsOfOtherNames) {
  std::size_t batches = 0;
  for (fs::recursive_directory_iterator at(RC_BUILD), end; at != end; ++at) {
    const auto& entry = *at;
    // An earlier revision lies there (bench/check).
    if (entry.path() == fs::path(RC_BUILD) / "base") at.disable_recursion_pending();
    if (!entry.path().filename().string().starts_with("unity_")) continue;
    if (entry.path().extension() != ".cxx") continue;
    ++batches;
    std::map<std::string, fs::path> seen;
    for (const auto& file : includes_of(entry.path()))
      for (const auto& name : unnamed_functions(file)) {
        const auto [first, is_new] = seen.emplace(name, file);
        EXPECT_TRUE(is_new) << name << " of " << file << " and of " << first->second;
      }
  }
  EXPECT_GT(batches, 30u);
}

}  // namespace
}  // namespace rc
