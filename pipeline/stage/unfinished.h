// What a stage that was stopped on its way has so far, for the next run to go on from.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/files/hash.h"

namespace rc {

/// Folder unfinished/<stage> beside the stage's outputs. It belongs to one content key: a run with
/// other settings, inputs or code begins anew.
class Unfinished {
 public:
  Unfinished(std::filesystem::path folder, std::string key)
      : folder_(std::move(folder)), key_(std::move(key)) {}

  /// A place for a file of this name.
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

  /// Records `facts`, and the bytes of `files`, which lie where the stage wrote them: state that a
  /// run goes on from, and outputs it has made. What an earlier record named and this one does not
  /// is removed from the folder. The record is written whole or not at all, behind its files; files
  /// recorded before are not read again.
  void record(const std::vector<std::filesystem::path>& files, nlohmann::json facts);

  /// The facts last recorded under this key, if every file still has the bytes it had; otherwise
  /// nothing, and why on stderr where there was something.
  std::optional<nlohmann::json> recorded() const;

  /// Removes the folder.
  void clear() const;

 private:
  std::filesystem::path record_file() const { return folder_ / "record.json"; }
  std::filesystem::path folder_;
  std::string key_;
  std::map<std::filesystem::path, Digest> known_;  // of files recorded
};

}  // namespace rc
