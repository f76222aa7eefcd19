#include "model/foreign/checkpoint_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "model/foreign/config_fields.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhole = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

constexpr const char* kGguf =
    "GGUF files are not read; give the folder of the model's safetensors checkpoint";
constexpr const char* kPickle =
    "pickle files (.bin, .pt) can run code and are not read; give a safetensors checkpoint";

/// Why a file of this name is not read, nullptr if there is no reason.
const char* other_format(const fs::path& file) {
  static const std::set<std::string> pickles = {".bin", ".pt", ".pth", ".ckpt", ".pkl"};
  if (file.extension() == ".gguf") return kGguf;
  return pickles.contains(file.extension()) ? kPickle : nullptr;
}

/// The same of the first file in the folder that has one.
std::string other_formats_in(const fs::path& folder) {
  std::set<fs::path> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path());
  for (const auto& name : names)
    if (const char* why = other_format(name))
      return fmt::format("{}: {}", quoted(name.filename().string()), why);
  return "";
}

void check_folder(const fs::path& folder) {
  if (!fs::exists(folder))
    throw UserError(folder.string() + ": no such folder; give that of a Hugging Face checkpoint");
  if (!fs::is_directory(folder)) {
    const char* why = other_format(folder);
    throw UserError(folder.string() + ": " +
                    (why ? why : "is no folder; give that of a Hugging Face checkpoint"));
  }
  if (fs::exists(folder / kWhole) || fs::exists(folder / kIndex)) return;
  const auto other = other_formats_in(folder);
  throw UserError(fmt::format(
      "{}: {}", folder.string(),
      !other.empty() ? other
                     : fmt::format("neither {} nor {} is there; give the folder of a whole "
                                   "Hugging Face checkpoint",
                                   kWhole, kIndex)));
}

/// The file that the index calls `name`, inside the folder.
fs::path shard(const fs::path& folder, const std::string& name) {
  const auto refuse = [&](const char* why) {
    throw UserError(fmt::format("{}: names {}, {}", (folder / kIndex).string(), quoted(name), why));
  };
  const fs::path relative = name;
  const bool control = std::ranges::any_of(name, [](unsigned char c) { return c < 32; });
  if (control || relative.is_absolute() || std::ranges::count(relative, fs::path("..")) > 0)
    refuse("which leads out of the folder; do not trust this checkpoint");
  if (const char* why = other_format(relative)) refuse(why);
  if (relative.extension() != ".safetensors")
    refuse("which is no safetensors file; download the checkpoint again");
  std::error_code error;
  const auto real = fs::canonical(folder / relative, error);
  if (error) refuse("which is not there; download the whole checkpoint again");
  const auto root = fs::canonical(folder);
  if (std::ranges::mismatch(root, real).in1 != root.end())
    refuse("a link that leads out of the folder; copy the folder with cp -rL and give the copy");
  // What an audit is of is told by the files in the folder itself (pipeline/stage/preparation.h).
  if (relative.has_parent_path())
    refuse("in a folder below; move the shards beside the index and name them so");
  return folder / relative;
}

CheckpointFiles indexed(const fs::path& folder) {
  const auto index = read_json(folder / kIndex);
  const auto refuse = [&](const std::string& what) {
    throw UserError((folder / kIndex).string() + ": " + what + "; download the file again");
  };
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object())
    refuse("lacks weight_map, the file of each tensor");
  CheckpointFiles found;
  std::map<std::string, fs::path> shards;  // by name: thousands of tensors lie in a few
  for (const auto& [tensor, file] : index["weight_map"].items()) {
    if (!file.is_string()) refuse(quoted(tensor) + " has no file");
    const auto name = file.get<std::string>();
    if (!shards.contains(name)) shards[name] = shard(folder, name);
    found.index[tensor] = shards[name];
  }
  for (const auto& [name, file] : shards) found.files.push_back(file);
  return found;
}

}  // namespace

CheckpointFiles find_checkpoint(const fs::path& folder) {
  check_folder(folder);
  // The library's own order: the whole file comes before an index.
  if (fs::exists(folder / kWhole)) return {.files = {folder / kWhole}};
  return indexed(folder);
}

void refuse_other_formats(const fs::path& file) {
  if (!fs::is_regular_file(file))
    throw UserError(file.string() + ": is no regular file; download the checkpoint again");
  std::array<char, 4> start{};
  File::open(file).read(std::as_writable_bytes(std::span(start)));
  const std::string_view magic(start.data(), start.size());
  const char* why = magic == "GGUF" ? kGguf : nullptr;
  if (magic.starts_with("PK") || magic.starts_with("\x80\x02") || magic.starts_with("\x80\x04"))
    why = kPickle;
  if (why) throw UserError(file.string() + ": " + why);
}

}  // namespace rc
