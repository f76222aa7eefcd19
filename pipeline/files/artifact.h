// Files that are whole or absent.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace rc {

/// Lets `produce` write to an empty file of a temporary name beside `target`, syncs it and renames it over `target`;
/// if the bytes are those already there, `target` is left untouched (its time too) and the answer
/// is false. On an exception the temporary file is removed and `target` is as before. UserError
/// names the path where there is no space or no permission.
bool write_atomically(const std::filesystem::path& target,
                      const std::function<void(const std::filesystem::path& temporary)>& produce);

/// Whether that is the name of a file being written: .<name>.tmp-<host>-<random>. Whoever writes one
/// keeps it locked, so that others, on this host or another, can tell whether it was abandoned.
bool is_temporary(const std::filesystem::path& file);

/// Removes a temporary file unless somebody is writing it.
void remove_if_abandoned(const std::filesystem::path& file);

bool write_text(const std::filesystem::path& target, std::string_view text);
bool write_json(const std::filesystem::path& target, const nlohmann::json& value);

/// Makes `file` as young as if it had just been written.
void touch(const std::filesystem::path& file);

/// Makes `folder` and those above it; UserError where that is not allowed.
void make_folder(const std::filesystem::path& folder);

std::string read_text(const std::filesystem::path& file);     // UserError if absent
nlohmann::json read_json(const std::filesystem::path& file);  // UserError if absent or malformed

}  // namespace rc
