#include "pipeline/files/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "pipeline/error.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

bool means_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

const char* remedy(int error) {
  if (means_full(error)) return "free some space and start again";
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions of the file and its folder";
    case ENOENT:
    case ENOTDIR:
      return "check the path";
    default:
      return "check the disk and the path";
  }
}

}  // namespace

void throw_file_error(const char* verb, const fs::path& file, int error) {
  throw UserError(std::string("cannot ") + verb + " " + file.string() + ": " +
                  std::strerror(error) + "; " + remedy(error));
}

File::File(fs::path path, int flags, const char* verb)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) throw_file_error(verb, path_, errno);
}

File File::open(const fs::path& file) {
  // open(2) succeeds on a folder and read(2) then fails: say it at once.
  if (fs::is_directory(file)) throw_file_error("read", file, EISDIR);
  return {file, O_RDONLY, "read"};
}

File File::create(const fs::path& file) { return {file, O_WRONLY | O_CREAT | O_TRUNC, "write"}; }

File File::update(const fs::path& file) { return {file, O_RDWR | O_CREAT, "write"}; }

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t File::read(std::span<std::byte> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t got = ::read(descriptor_, buffer.data() + filled, buffer.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error("read", path_, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

void File::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int error = errno;
      const auto wanted = fmt::format("write {} bytes more to", bytes.size());
      throw_file_error(means_full(error) ? wanted.c_str() : "write", path_, error);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void File::replace(std::string_view text) {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0)
    throw_file_error("write", path_, errno);
  write(std::as_bytes(std::span(text)));
}

std::size_t File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) throw_file_error("read", path_, errno);
  return static_cast<std::size_t>(status.st_size);
}

void File::sync() {
  if (::fsync(descriptor_) != 0) throw_file_error("write", path_, errno);
}

void for_each_piece(const fs::path& file,
                    const std::function<void(std::span<const std::byte>)>& take) {
  constexpr std::size_t kPiece = 1 << 20;
  File source = File::open(file);
  std::vector<std::byte> buffer(kPiece);
  while (const std::size_t got = source.read(buffer)) take(std::span(buffer).first(got));
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_file_error("open", folder, errno);
  const int failed = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder and say EINVAL: nothing to mend there.
  if (failed && error != EINVAL) throw_file_error("write", folder, error);
}

}  // namespace rc
