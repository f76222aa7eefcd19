#include "pipeline/stage/unfinished.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/manifest.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<Expected> expected_files(const json& record) {
  std::vector<Expected> files;
  for (const auto& file : record.at("files")) {
    auto [path, digest] = digest_from_json(file);
    files.push_back({std::move(path), std::move(digest)});
  }
  return files;
}

void say(const fs::path& file, const std::string& what) {
  fmt::print(stderr, "{}: {}; the stage begins anew\n", file.string(), what);
}

}  // namespace

void Unfinished::record(const std::vector<fs::path>& files, json facts) {
  json digests = json::array();
  for (const auto& file : files) {
    const auto known = known_.find(file);
    const auto digest = known == known_.end() ? digest_file(file) : known->second;
    known_[file] = digest;
    digests.push_back(digest_json(file.string(), digest));
  }
  write_json(record_file(), {{"key", key_}, {"files", digests}, {"facts", facts}});
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path() != record_file() && std::ranges::find(files, entry.path()) == files.end())
      fs::remove(entry.path());
}

std::optional<json> Unfinished::recorded() const {
  if (!fs::exists(record_file())) return std::nullopt;
  try {
    const auto record = read_json(record_file());
    if (record.at("key") != key_) return std::nullopt;
    if (const auto files = expected_files(record); const auto* damaged = first_damaged(files)) {
      say(damaged->file, fs::exists(damaged->file) ? "is damaged" : "is missing");
      return std::nullopt;
    }
    return record.at("facts");
  } catch (const UserError& error) {
    say(record_file(), error.what());
  } catch (const json::exception& error) {
    say(record_file(), fmt::format("is damaged ({})", error.what()));
  }
  return std::nullopt;
}

void Unfinished::clear() const {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  fs::remove(folder_.parent_path(), ignored);  // where no other stage has one
}

}  // namespace rc
