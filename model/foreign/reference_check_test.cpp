#include "model/foreign/reference_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "model/foreign/tiny_checkpoint.h"
#include "model/tensors.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// What the checkpoints' own code says of its precision: 5e-5.
void expect_agreement(const fs::path& folder) {
  const auto check = check_reference(folder);
  EXPECT_GE(check.differences.size(), 5u) << folder;
  EXPECT_TRUE(within(check, 5e-5)) << folder << "\n" << table(check);
}

TEST(References, OfHuggingFacesOwnCode) { expect_agreement("model/foreign/testdata/gemma3"); }

/// RC_REFERENCE_MODELS names a folder of such folders.
TEST(References, OfAFolderOfModels) {
  const char* models = std::getenv("RC_REFERENCE_MODELS");
  if (!models) GTEST_SKIP() << "RC_REFERENCE_MODELS names no folder";
  for (const auto& entry : fs::directory_iterator(models))
    if (entry.is_directory()) expect_agreement(entry.path());
}

class ReferenceCheckTest : public testing::Test {
 protected:
  ReferenceCheckTest() {
    const auto ids = tiny_ids();
    write_tiny_checkpoint(folder_.path(), tiny_config_json("qwen3"));
    write_json(folder_ / "input_ids.json",
               {{0, 7, 14, 21, 28, 35, 2, 9, 16}, {23, 30, 37, 4, 11, 18, 25, 32, 39}});
    const auto naive = naive_forward(folder_.path(), ids);
    expected_["logits"] = naive.logits.to(torch::kFloat32);
    for (std::size_t l = 0; l < naive.k.size(); ++l)
      expected_["k." + std::to_string(l)] = naive.k[l].to(torch::kFloat32);
    const auto before = naive.logits.narrow(1, 0, 8).flatten(0, 1);
    expected_["loss"] = at::cross_entropy_loss(before, ids.narrow(1, 1, 8).flatten())
                            .reshape(1)
                            .to(torch::kFloat32);
  }
  ReferenceCheck check() {
    save_tensors(folder_ / "reference.safetensors", expected_);
    return check_reference(folder_.path());
  }
  std::string error() {
    return user_error([&] { check(); });
  }
  TestFolder folder_;
  NamedTensors expected_;
};

TEST_F(ReferenceCheckTest, ComparesEveryQuantity) {
  const auto found = check();
  ASSERT_EQ(found.differences.size(), 5u);
  EXPECT_TRUE(within(found, 2e-5)) << table(found);
}

TEST_F(ReferenceCheckTest, NamesTheWorst) {
  expected_["k.1"][1][8][1][2] += 0.5;
  const auto found = check();
  EXPECT_FALSE(within(found, 1e-4));
  EXPECT_EQ(worst(found).quantity, "keys");
  EXPECT_EQ(worst(found).layer, 1);
  EXPECT_NEAR(worst(found).largest, 0.5, 1e-4);
  EXPECT_THAT(table(found), HasSubstr("keys         1  0.5\n"));
}

TEST_F(ReferenceCheckTest, WhatIsNoNumberIsNoAgreement) {
  expected_["logits"][0][0][0] = NAN;
  EXPECT_FALSE(within(check(), 1e9));
  EXPECT_EQ(worst(check()).quantity, "logits");
}

TEST_F(ReferenceCheckTest, NamesAReferenceThatIsNone) {
  auto whole = expected_;
  expected_.erase("k.2");
  EXPECT_THAT(error(), HasSubstr("holds no tensor k.2"));
  expected_ = whole;
  expected_["logits"] = expected_["logits"].narrow(1, 0, 8);
  EXPECT_THAT(error(), HasSubstr("logits is [2, 8, 40], the model gives [2, 9, 40]"));
  fs::remove(folder_ / "reference.safetensors");
  EXPECT_THAT(user_error([&] { check_reference(folder_.path()); }),
              HasSubstr("reference.safetensors"));
}

TEST_F(ReferenceCheckTest, NamesIdsThatAreNone) {
  const auto with = [&](const char* ids) {
    write_text(folder_ / "input_ids.json", ids);
    return error();
  };
  EXPECT_THAT(with("[[1, 40]]"), HasSubstr("id 40 is outside"));
  EXPECT_THAT(with("[[1, 2], [3]]"), HasSubstr("different lengths"));
  EXPECT_THAT(with("[[1, 2.5]]"), HasSubstr("no whole number"));
  EXPECT_THAT(with("[[]]"), HasSubstr("without ids"));
  EXPECT_THAT(with("[]"), HasSubstr("no sequences"));
  EXPECT_THAT(with("[[1, 18446744073709551615]]"), HasSubstr("id -1 is outside"));
  EXPECT_THAT(with("{"), HasSubstr("input_ids.json"));
}

}  // namespace
}  // namespace rc
