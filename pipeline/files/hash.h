// SHA-256 names content; XXH3 notices damage at the speed of memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rc {

/// Identity of a file's bytes.
struct Digest {
  std::string sha256;       // 64 hex digits
  std::string xxh3;         // 16 hex digits
  std::uint64_t bytes = 0;  // size of the file
  bool operator==(const Digest&) const = default;
};

/// SHA-256 of several pieces, each preceded by its length so that pieces cannot run together.
class ContentKey {
 public:
  ContentKey();
  ~ContentKey();
  ContentKey(const ContentKey&) = delete;
  ContentKey& operator=(const ContentKey&) = delete;
  ContentKey& add(std::string_view piece);
  std::string hex();  // ends the key

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
Digest digest_file(const std::filesystem::path& file);  // UserError if it cannot be read
std::string xxh3_file(const std::filesystem::path& file);

/// A file and what its bytes were when it was made.
struct Expected {
  std::filesystem::path file;
  Digest digest;
};

/// The first file that is missing or whose size or XXH3 is another; nullptr if all are whole. Reads
/// with two threads.
const Expected* first_damaged(std::span<const Expected> files);

/// The first file that is missing or of another size; reads none.
const Expected* first_of_other_size(std::span<const Expected> files);

}  // namespace rc
