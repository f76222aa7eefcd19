#include "stages/correlate/gains.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// Integers as a tensor of I32 or I64.
template <typename Integer>
TensorView integers(const std::vector<Integer>& x, std::vector<std::int64_t> shape) {
  return {sizeof(Integer) == 4 ? "I32" : "I64", std::move(shape), std::as_bytes(std::span(x))};
}

TensorView f32(const std::vector<float>& x, std::vector<std::int64_t> shape) {
  return {"F32", std::move(shape), std::as_bytes(std::span(x))};
}

class GainFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("rc_gains_") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::map<std::string, std::string> metadata(const std::string& step) {
    return {{"step", step}, {"rope_base", "500.5"}, {"rope_frequencies", "8"}, {"context", "16"}};
  }

  fs::path snapshot(const std::string& name, const std::string& step,
                    const std::vector<float>& gains) {
    const auto view = f32(gains, {2, static_cast<std::int64_t>(gains.size()) / 2});
    write_safetensors(folder_ / name, {{"gain_k", view}, {"gain_q", view}}, metadata(step));
    return folder_ / name;
  }

  fs::path model(const std::string& name, const std::map<std::string, TensorView>& tensors) {
    write_safetensors(folder_ / name, tensors);
    return folder_ / name;
  }

  /// The message of the UserError that reading these files gives.
  static std::string refusal(const std::vector<fs::path>& files) {
    try {
      read_model(files);
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  const std::vector<float> four_{1, 2, 3, 4};
  const std::string norm_ = ".self_attn.k_norm.weight";
  fs::path folder_;
};

TEST_F(GainFiles, HistoryIsInTheOrderOfTheSteps) {
  const std::vector<fs::path> files{snapshot("b", "30", {5, 6, 7, 8}),
                                    snapshot("c", "4", {1, 1, 1, 1})};
  const auto history = read_history(files);
  EXPECT_EQ(history.steps, (std::vector<long>{4, 30}));
  EXPECT_EQ(history.keys[1], (Rows{{5, 6}, {7, 8}}));
  EXPECT_EQ(history.queries[0], (Rows{{1, 1}, {1, 1}}));
  EXPECT_EQ(history.frequencies.base, 500.5);
  EXPECT_EQ(history.frequencies.width, 8);
  EXPECT_EQ(history.context, 16);
}

TEST_F(GainFiles, HistoryHasTheRotaryPairsOfItsEnd) {
  const std::vector<float> gains{1, 2, 3, 4, 5, 6, 7, 8};
  const auto end = [&](const TensorView& pairs) {
    const auto view = f32(gains, {2, 4});
    write_safetensors(folder_ / "end",
                      {{"gain_k", view}, {"gain_q", view}, {"rotary_pairs", pairs}}, metadata("9"));
    return read_history(std::vector{snapshot("start", "0", gains), folder_ / "end"}).rotary_pairs;
  };
  const std::vector<std::int64_t> wide{1, 0, 3, 2};
  const std::vector<std::int32_t> narrow{1, 0, 3, 2}, negative{0, 1, -1, 0};
  EXPECT_EQ(end(integers(wide, {2, 2})), (RotarySteps{{1, 0}, {3, 2}}));
  EXPECT_EQ(end(integers(narrow, {2, 2})), (RotarySteps{{1, 0}, {3, 2}}));
  EXPECT_THROW(end(integers(narrow, {1, 4})), UserError);
  EXPECT_THROW(end(integers(negative, {2, 2})), UserError);
  EXPECT_THROW(end(f32(four_, {2, 2})), UserError);
  const auto silent = read_history(std::vector{snapshot("start", "0", gains)});
  EXPECT_EQ(silent.rotary_pairs, (RotarySteps{{0, 1}, {0, 1}}));
}

TEST_F(GainFiles, ModelMaySayWhichFrequenciesItsPairsHave) {
  const std::vector<std::int32_t> zero{1, 0}, one{3, 2};
  const std::string pairs = ".self_attn.rotary_pairs";
  std::map<std::string, TensorView> tensors{{"model.layers.0" + norm_, f32(four_, {4})},
                                            {"model.layers.1" + norm_, f32(four_, {4})}};
  EXPECT_TRUE(read_model(std::vector{model("m", tensors)}).rotary_pairs.empty());
  tensors["model.layers.1" + pairs] = integers(one, {2});
  EXPECT_NE(refusal({model("m", tensors)}).find("each of 2 layers"), std::string::npos);
  tensors["model.layers.0" + pairs] = integers(zero, {2});
  EXPECT_EQ(read_model(std::vector{model("m", tensors)}).rotary_pairs,
            (RotarySteps{{1, 0}, {3, 2}}));
}

TEST_F(GainFiles, HistoryRefusesMixedShapesAndMissingMetadata) {
  const std::vector<fs::path> mixed{snapshot("a", "0", four_),
                                    snapshot("b", "1", {1, 2, 3, 4, 5, 6})};
  EXPECT_THROW(read_history(mixed), UserError);
  const std::vector<fs::path> no_step{snapshot("c", "many", four_)};
  EXPECT_THROW(read_history(no_step), UserError);
  for (const char* name : {"step", "rope_base", "rope_frequencies", "context"}) {
    auto facts = metadata("3");
    facts.erase(name);
    const auto view = f32(four_, {2, 2});
    write_safetensors(folder_ / "d", {{"gain_k", view}, {"gain_q", view}}, facts);
    EXPECT_THROW(read_history(std::vector{folder_ / "d"}), UserError) << name;
  }
  EXPECT_THROW(read_history({}), UserError);
}

TEST_F(GainFiles, ModelLayersAreSortedByNumberAndOtherTensorsIgnored) {
  const std::vector<float> zero{1, 2}, one{3, 4}, two{5, 6};
  const auto file =
      model("m.safetensors", {{"model.layers.2" + norm_, f32(two, {2})},
                              {"layers.0" + norm_, f32(zero, {2})},
                              {"model.layers.0.self_attn.q_norm.weight", f32(two, {2})},
                              {"model.layers.x" + norm_, f32(two, {2})},
                              {"model.embed.weight", f32(four_, {2, 2})}});
  const auto rest = model("n.safetensors", {{"model.layers.1" + norm_, f32(one, {2})}});
  EXPECT_EQ(read_model(std::vector{file, rest}).keys, (Rows{{1, 2}, {3, 4}, {5, 6}}));
  EXPECT_NE(refusal({file}).find("layer 1 are missing"), std::string::npos);
}

TEST_F(GainFiles, ModelInHalfPrecision) {
  const std::vector<std::uint16_t> f16{0x3C00, 0xC000}, bf16{0x3F80, 0xC040};  // 1, -2 and 1, -3
  const auto view = [](const std::vector<std::uint16_t>& x, const char* dtype) {
    return TensorView{dtype, {2}, std::as_bytes(std::span(x))};
  };
  const auto file = model(
      "h", {{"layers.0" + norm_, view(f16, "F16")}, {"layers.1" + norm_, view(bf16, "BF16")}});
  EXPECT_EQ(read_model(std::vector{file}).keys, (Rows{{1, -2}, {1, -3}}));
}

TEST_F(GainFiles, ModelThatCannotBeComparedIsRefused) {
  const std::vector<float> three{1, 2, 3};
  const auto none = model("none", {{"model.embed.weight", f32(four_, {4})}});
  EXPECT_NE(refusal({none}).find("no tensor is named"), std::string::npos);
  const auto widths = model(
      "widths", {{"layers.0" + norm_, f32(four_, {4})}, {"layers.1" + norm_, f32(three, {3})}});
  EXPECT_NE(refusal({widths}).find("layer 1 has 3 gains, layer 0 has 4"), std::string::npos);
  const auto matrix = model("matrix", {{"layers.0" + norm_, f32(four_, {2, 2})}});
  EXPECT_NE(refusal({matrix}).find("not a vector"), std::string::npos);
  const auto twice = model(
      "twice", {{"a.layers.0" + norm_, f32(four_, {4})}, {"b.layers.0" + norm_, f32(four_, {4})}});
  EXPECT_NE(refusal({twice}).find("twice"), std::string::npos);
}

}  // namespace
}  // namespace rc
