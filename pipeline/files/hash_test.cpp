#include "pipeline/files/hash.h"

#include <gtest/gtest.h>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

// FIPS 180-4's example "abc", and the digest of nothing.
constexpr const char* kSha256OfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kSha256OfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Hash, KnownSha256) {
  EXPECT_EQ(sha256_hex("abc"), kSha256OfAbc);
  EXPECT_EQ(sha256_hex(""), kSha256OfNothing);
}

TEST(Hash, DigestOfFile) {
  const TestFolder folder;
  write_text(folder / "x", "abc");
  const Digest digest = digest_file(folder / "x");
  EXPECT_EQ(digest.sha256, kSha256OfAbc);
  EXPECT_EQ(digest.bytes, 3u);
  EXPECT_EQ(digest.xxh3, "78af5f94892f3950");  // XXH3-64 of "abc", seed 0
  EXPECT_EQ(xxh3_file(folder / "x"), digest.xxh3);
}

TEST(Hash, FilesOfManyPiecesAreHashedWhole) {
  const TestFolder folder;
  std::string text(2'500'000, 'x');
  write_text(folder / "x", text);
  EXPECT_EQ(digest_file(folder / "x").sha256, sha256_hex(text));
  const auto before = xxh3_file(folder / "x");
  text[2'400'000] = 'y';
  write_text(folder / "x", text);
  EXPECT_NE(xxh3_file(folder / "x"), before);
}

TEST(Hash, PiecesOfAKeyDoNotRunTogether) {
  EXPECT_NE(ContentKey().add("ab").add("c").hex(), ContentKey().add("a").add("bc").hex());
  EXPECT_NE(ContentKey().add("a").hex(), ContentKey().add("a").add("").hex());
  EXPECT_EQ(ContentKey().add("a").add("b").hex(), ContentKey().add("a").add("b").hex());
}

TEST(Hash, MissingFileIsAUserError) {
  const TestFolder folder;
  EXPECT_NE(user_error([&] { digest_file(folder / "none"); }), "");
}

TEST(Hash, FirstDamagedFile) {
  const TestFolder folder;
  std::vector<Expected> files;
  for (const char* name : {"a", "b", "c", "d"}) {
    write_text(folder / name, std::string("text of ") + name);
    files.push_back({folder / name, digest_file(folder / name)});
  }
  EXPECT_EQ(first_damaged(files), nullptr);
  std::filesystem::remove(folder / "d");
  EXPECT_EQ(first_damaged(files), &files[3]);
  write_text(folder / "b", "text of B");  // as long as before
  EXPECT_EQ(first_damaged(files), &files[1]);
  EXPECT_EQ(first_damaged({}), nullptr);
}

}  // namespace
}  // namespace rc
