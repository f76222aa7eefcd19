#include "pipeline/files/artifact.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "pipeline/error.h"
#include "pipeline/files/file.h"
#include "pipeline/files/json_layout.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = ".tmp-";

bool lock_now(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

/// Whether the open file still has a name.
bool is_linked(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

/// A name beside the target that goes away unless it was renamed over it. Held locked meanwhile.
class Temporary {
 public:
  explicit Temporary(const fs::path& target) : path_(target) {
    // Between making and locking it another process may take it for abandoned: then anew.
    do {
      if (descriptor_ >= 0) ::close(descriptor_);
      std::string name =
          (target.parent_path() /
           fmt::format(".{}{}{}-XXXXXX", target.filename().string(), kMark, host_name()))
              .string();
      descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
      if (descriptor_ < 0) throw_file_error("write", target, errno);
      path_ = name;
    } while (!lock_now(descriptor_) || !is_linked(descriptor_));
    ::fchmod(descriptor_, 0644);
    constexpr timespec kNever[2] = {{0, 0}, {0, 0}};  // until somebody writes
    ::futimens(descriptor_, kNever);
  }
  ~Temporary() {
    std::error_code ignored;
    if (!renamed_) fs::remove(path_, ignored);
    ::close(descriptor_);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const fs::path& path() const { return path_; }
  bool was_written() const {
    struct stat status {};
    return ::stat(path_.c_str(), &status) == 0 && status.st_mtim.tv_sec != 0;
  }
  void rename_over(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) throw_file_error("write", target, errno);
    renamed_ = true;
  }

 private:
  fs::path path_;
  int descriptor_ = -1;
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

void touch(const fs::path& file) {
  if (::utimensat(AT_FDCWD, file.c_str(), nullptr, 0) != 0) throw_file_error("touch", file, errno);
}

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
  if (!temporary.was_written()) throw UserError("nothing was written for " + target.string());
  if (fs::is_regular_file(target) && same_bytes(temporary.path(), target)) return false;
  File::open(temporary.path()).sync();
  temporary.rename_over(target);
  sync_folder(folder);
  return true;
}

bool is_temporary(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with('.') && name.find(kMark) != name.npos;
}

void remove_if_abandoned(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return;
  if (lock_now(descriptor)) ::unlink(file.c_str());
  ::close(descriptor);
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
