#include "pipeline/files/artifact.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "pipeline/error.h"
#include "pipeline/files/file.h"
#include "pipeline/files/json_layout.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// A name beside the target that goes away unless it was renamed over it.
class Temporary {
 public:
  explicit Temporary(const fs::path& target)
      : path_(target.parent_path() /
              fmt::format(".{}.tmp-{}", target.filename().string(), ::getpid())) {}
  ~Temporary() {
    std::error_code ignored;
    if (!renamed_) fs::remove(path_, ignored);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const fs::path& path() const { return path_; }
  void rename_over(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) throw_file_error("write", target, errno);
    renamed_ = true;
  }

 private:
  fs::path path_;
  bool renamed_ = false;
};

bool same_bytes(const fs::path& a, const fs::path& b) {
  File left = File::open(a);
  File right = File::open(b);
  if (left.size() != right.size()) return false;
  std::vector<std::byte> x(1 << 20), y(1 << 20);
  while (const std::size_t got = left.read(x))
    if (right.read(y) != got || std::memcmp(x.data(), y.data(), got) != 0) return false;
  return true;
}

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_file_error("make folder", folder, error.value());
}

bool write_atomically(const fs::path& target,
                      const std::function<void(const fs::path& temporary)>& produce) {
  const fs::path folder = fs::absolute(target).parent_path();
  make_folder(folder);
  Temporary temporary(folder / target.filename());
  produce(temporary.path());
  if (!fs::is_regular_file(temporary.path()))
    throw UserError("nothing was written for " + target.string());
  if (fs::is_regular_file(target) && same_bytes(temporary.path(), target)) return false;
  File::open(temporary.path()).sync();
  temporary.rename_over(target);
  sync_folder(folder);
  return true;
}

bool write_text(const fs::path& target, std::string_view text) {
  return write_atomically(target, [&](const fs::path& temporary) {
    File::create(temporary).write(std::as_bytes(std::span(text)));
  });
}

bool write_json(const fs::path& target, const nlohmann::json& value) {
  return write_text(target, json_layout(value));
}

std::string read_text(const fs::path& file) {
  File source = File::open(file);
  std::string text(source.size(), '\0');
  text.resize(source.read(std::as_writable_bytes(std::span(text))));
  return text;
}

nlohmann::json read_json(const fs::path& file) {
  try {
    return nlohmann::json::parse(read_text(file));
  } catch (const nlohmann::json::exception& error) {
    throw UserError(file.string() + " is not JSON (" + error.what() +
                    "); remove it and make it again");
  }
}

}  // namespace rc
