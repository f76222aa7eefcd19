#include "pipeline/files/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "pipeline/files/file.h"

namespace rc {
namespace {

/// SHA-256 fed piece by piece, on OpenSSL's EVP.
class Sha256 {
 public:
  Sha256() : state_(EVP_MD_CTX_new()) {
    if (!state_ || EVP_DigestInit_ex(state_.get(), EVP_sha256(), nullptr) != 1)
      throw std::runtime_error("OpenSSL offers no SHA-256");
  }
  void add(const void* data, std::size_t size) { EVP_DigestUpdate(state_.get(), data, size); }
  std::string hex() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(state_.get(), digest.data(), nullptr);
    return fmt::format("{:02x}", fmt::join(digest, ""));
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> state_;
};

/// XXH3, 64 bits, fed piece by piece.
class Xxh3 {
 public:
  Xxh3() : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    XXH3_64bits_reset(state_.get());
  }
  void add(const void* data, std::size_t size) { XXH3_64bits_update(state_.get(), data, size); }
  std::string hex() const { return fmt::format("{:016x}", XXH3_64bits_digest(state_.get())); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

bool has_its_size(const Expected& expected) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(expected.file, error);
  return !error && bytes == expected.digest.bytes;
}

bool is_whole(const Expected& expected) {
  return has_its_size(expected) && xxh3_file(expected.file) == expected.digest.xxh3;
}

}  // namespace

struct ContentKey::State {
  Sha256 sha256;
};

ContentKey::ContentKey() : state_(std::make_unique<State>()) {}
ContentKey::~ContentKey() = default;

ContentKey& ContentKey::add(std::string_view piece) {
  const std::string length = fmt::format("{}:", piece.size());
  state_->sha256.add(length.data(), length.size());
  state_->sha256.add(piece.data(), piece.size());
  return *this;
}

std::string ContentKey::hex() { return state_->sha256.hex(); }

std::string sha256_hex(std::string_view bytes) {
  Sha256 sha256;
  sha256.add(bytes.data(), bytes.size());
  return sha256.hex();
}

Digest digest_file(const std::filesystem::path& file) {
  Sha256 sha256;
  Xxh3 xxh3;
  std::uint64_t bytes = 0;
  for_each_piece(file, [&](std::span<const std::byte> piece) {
    sha256.add(piece.data(), piece.size());
    xxh3.add(piece.data(), piece.size());
    bytes += piece.size();
  });
  return {sha256.hex(), xxh3.hex(), bytes};
}

std::string xxh3_file(const std::filesystem::path& file) {
  Xxh3 xxh3;
  for_each_piece(file,
                 [&](std::span<const std::byte> piece) { xxh3.add(piece.data(), piece.size()); });
  return xxh3.hex();
}

const Expected* first_damaged(std::span<const Expected> files) {
  std::vector<char> whole(files.size());  // a vector of bool would have threads share bytes
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) whole[i] = is_whole(files[i]) ? 1 : 0;
  };
  auto helper = std::async(std::launch::async, work);
  work();
  helper.get();
  const auto damaged = std::find(whole.begin(), whole.end(), 0);
  return damaged == whole.end() ? nullptr : &files[damaged - whole.begin()];
}

const Expected* first_of_other_size(std::span<const Expected> files) {
  const auto found = std::find_if_not(files.begin(), files.end(), has_its_size);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace rc
