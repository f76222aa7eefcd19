// A file descriptor with an owner, and errors that say what to do.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace rc {

/// UserError "cannot <verb> <file>: <errno's text>; <what to do>".
[[noreturn]] void throw_file_error(const char* verb, const std::filesystem::path& file, int error);

/// Owner of an open file. Every member throws UserError naming the file.
class File {
 public:
  static File open(const std::filesystem::path& file);    // for reading
  static File create(const std::filesystem::path& file);  // for writing, emptied
  static File update(const std::filesystem::path& file);  // for both, made where absent
  File(File&& other) noexcept;
  File& operator=(File&&) = delete;
  ~File();

  /// Fills `buffer` as far as the file goes; returns the number of bytes, 0 at the end.
  std::size_t read(std::span<std::byte> buffer);
  void write(std::span<const std::byte> bytes);
  void replace(std::string_view text);  // all it holds
  std::size_t size() const;
  void sync();
  int descriptor() const { return descriptor_; }

 private:
  File(std::filesystem::path path, int flags, const char* verb);
  std::filesystem::path path_;
  int descriptor_;
};

/// Calls `take` with the bytes of `file`, piece after piece.
void for_each_piece(const std::filesystem::path& file,
                    const std::function<void(std::span<const std::byte>)>& take);

/// This machine's name, for who reads a folder that several share; "unknown" if it has none.
std::string host_name();

/// Makes the names in `folder` survive a power cut.
void sync_folder(const std::filesystem::path& folder);

}  // namespace rc
