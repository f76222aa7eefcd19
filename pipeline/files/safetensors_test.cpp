#include "pipeline/files/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "pipeline/files/artifact.h"
#include "pipeline/files/safetensors_header.h"
#include "pipeline/statistics/statistics.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
TensorView view(const char* dtype, std::vector<std::int64_t> shape, const std::vector<T>& data) {
  return {dtype, std::move(shape), std::as_bytes(std::span(data))};
}

/// A whole file from its parts, written as the format's description says.
std::string file_bytes(const std::string& header, const std::string& data,
                       std::int64_t length = -1) {
  std::string bytes(8, '\0');
  const std::uint64_t announced = length < 0 ? header.size() : static_cast<std::uint64_t>(length);
  std::memcpy(bytes.data(), &announced, 8);
  return bytes + header + data;
}

std::string entry(const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "F32") {
  return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}

/// Some bytes replaced, some appended or inserted, the end cut off: each now and then.
std::string mutated(std::string bytes, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (std::size_t i = below(4); i > 0; --i) bytes[below(bytes.size())] = char(random());
  if (below(3) == 0) bytes.resize(below(bytes.size() + 1));
  if (below(5) == 0) bytes.insert(below(bytes.size() + 1), std::string(below(9), '9'));
  return bytes;
}

class SafetensorsTest : public testing::Test {
 protected:
  std::string error_of(const std::string& bytes) {
    write_text(file_, bytes);
    return user_error([&] { Safetensors::open(file_); });
  }
  TestFolder folder_;
  std::filesystem::path file_ = folder_ / "x.safetensors";
};

TEST_F(SafetensorsTest, ReadsBackWhatItWrote) {
  const std::vector<float> weights = {1, 2, 3, 4, 5, -6};
  const std::vector<std::int32_t> ids = {7, 8};
  const std::vector<float> none;
  write_safetensors(file_,
                    {{"w", view("F32", {2, 3}, weights)},
                     {"ids", view("I32", {2}, ids)},
                     {"none", view("F32", {0, 3}, none)},
                     {"scalar", view("F32", {}, std::vector<float>{2.5f})}},
                    {{"step", "320"}});
  const auto read = Safetensors::open(file_);
  EXPECT_EQ(read.tensors().size(), 4u);
  EXPECT_EQ(read.metadata().at("step"), "320");
  EXPECT_THAT(read.at("w").shape, ElementsAre(2, 3));
  EXPECT_EQ(to_floats(read.at("w")), weights);
  EXPECT_EQ(read.at("ids").dtype, "I32");
  EXPECT_EQ(std::memcmp(read.at("ids").data.data(), ids.data(), 8), 0);
  EXPECT_EQ(read.at("none").count(), 0);
  EXPECT_THAT(to_floats(read.at("scalar")), ElementsAre(2.5f));
}

TEST_F(SafetensorsTest, DataStartOnACacheLine) {
  write_safetensors(file_, {{"w", view("F32", {1}, std::vector<float>{1})}});
  const auto read = Safetensors::open(file_);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(read.at("w").data.data()) % 64, 0u);
  EXPECT_EQ(std::filesystem::file_size(file_) % 64, 4u);
}

TEST_F(SafetensorsTest, ReadsAFileWrittenByHand) {
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8);  // 1 and -2
  write_text(file_, file_bytes("{\"a\":" + entry("[2]", "[0,8]") + "}  ", data));
  EXPECT_THAT(to_floats(Safetensors::open(file_).at("a")), ElementsAre(1.0f, -2.0f));
}

TEST_F(SafetensorsTest, MovesItsMapping) {
  write_safetensors(file_, {{"w", view("F32", {1}, std::vector<float>{1})}});
  auto first = Safetensors::open(file_);
  auto second = std::move(first);
  first = Safetensors::open(file_);
  EXPECT_THAT(to_floats(second.at("w")), ElementsAre(1.0f));
  EXPECT_THAT(to_floats(first.at("w")), ElementsAre(1.0f));
}

TEST_F(SafetensorsTest, MissingTensorNamesFileAndTensor) {
  write_safetensors(file_, {{"w", view("F32", {1}, std::vector<float>{1})}});
  const auto read = Safetensors::open(file_);
  const auto error = user_error([&] { read.at("v"); });
  EXPECT_THAT(error, HasSubstr("x.safetensors"));
  EXPECT_THAT(error, HasSubstr(" v;"));
}

TEST_F(SafetensorsTest, WideningHalves) {
  // Binary16: 1, -2, largest 65504, smallest normal 2^-14, smallest subnormal 2^-24, -0, infinity.
  const std::vector<std::uint16_t> half = {0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x8000, 0x7C00};
  const auto floats = to_floats(view("F16", {7}, half));
  EXPECT_THAT(floats, ElementsAre(1.0f, -2.0f, 65504.0f, 0x1p-14f, 0x1p-24f, -0.0f, INFINITY));
  EXPECT_TRUE(std::signbit(floats[5]));
  EXPECT_TRUE(std::isnan(to_floats(view("F16", {1}, std::vector<std::uint16_t>{0x7E00}))[0]));
  const std::vector<std::uint16_t> brain = {0x3F80, 0xC040};
  EXPECT_THAT(to_floats(view("BF16", {2}, brain)), ElementsAre(1.0f, -3.0f));
  EXPECT_THAT(to_floats(view("F64", {1}, std::vector<double>{0.5})), ElementsAre(0.5f));
  EXPECT_NE(user_error([] { to_floats(view("I32", {1}, std::vector<int>{1})); }), "");
}

TEST_F(SafetensorsTest, WriterRefusesShapesThatDoNotFit) {
  const std::vector<float> data = {1, 2};
  EXPECT_THROW(write_safetensors(file_, {{"w", view("F32", {3}, data)}}), std::logic_error);
  EXPECT_THROW(write_safetensors(file_, {{"w", view("F31", {2}, data)}}), std::logic_error);
}

TEST_F(SafetensorsTest, RefusesBrokenHeaders) {
  EXPECT_THAT(error_of(""), HasSubstr("found 0"));
  EXPECT_THAT(error_of("1234567"), HasSubstr("found 7"));
  EXPECT_THAT(error_of(file_bytes("{}", "", 1000)), HasSubstr("header of 1000 bytes"));
  EXPECT_THAT(error_of(file_bytes("{}", "", 3)), HasSubstr("the file has 10"));
  EXPECT_THAT(error_of(file_bytes("{}", "", 200'000'000)), HasSubstr("is the most"));
  EXPECT_THAT(error_of(file_bytes("{}", "", 0)), HasSubstr("opening brace"));
  EXPECT_THAT(error_of(file_bytes("[]", "")), HasSubstr("opening brace"));
  EXPECT_THAT(error_of(file_bytes("{\"a\":", "")), HasSubstr("not JSON"));
  EXPECT_THAT(error_of(file_bytes("{\"a\":[[[[[[0]]]]]]}", "")), HasSubstr("deeper"));
  EXPECT_THAT(error_of(file_bytes("{\"__metadata__\":{\"a\":1}}", "")), HasSubstr("no text"));
  EXPECT_THAT(error_of(file_bytes("{\"a\":3}", "")), HasSubstr("no object"));
}

TEST_F(SafetensorsTest, RefusesBrokenTensors) {
  const auto error = [&](const std::string& tensor) {
    return error_of(file_bytes("{\"a\":" + tensor + "}", "12345678"));
  };
  EXPECT_EQ(error(entry("[2]", "[0,8]")), "");
  EXPECT_THAT(error(entry("[2]", "[0,8]", "F31")), HasSubstr("unknown dtype F31"));
  EXPECT_THAT(error(entry("[3]", "[0,8]")), HasSubstr("should have 12 bytes"));
  EXPECT_THAT(error(entry("[3]", "[0,12]")), HasSubstr("outside the file"));
  EXPECT_THAT(error(entry("[2]", "[8,0]")), HasSubstr("outside the file"));
  EXPECT_THAT(error(entry("[1]", "[0,4]")), HasSubstr("4 bytes follow"));
  EXPECT_THAT(error(entry("[1]", "[4,8]")), HasSubstr("hole at byte 0"));
  EXPECT_THAT(error(entry("[-2]", "[0,8]")), HasSubstr("-2"));
  EXPECT_THAT(error(entry("2", "[0,8]")), HasSubstr("lacks shape"));
  EXPECT_THAT(error(entry("[2]", "[0,8,9]")), HasSubstr("outside the file"));
  EXPECT_THAT(error(entry("[4294967296,4294967296,2]", "[0,8]")), HasSubstr("counted"));
  EXPECT_THAT(error("{\"shape\":[2],\"data_offsets\":[0,8]}"), HasSubstr("lacks dtype"));
}

TEST_F(SafetensorsTest, RefusesTensorsThatShareBytesOrNames) {
  const auto error = [&](const char* name, const std::string& second) {
    return error_of(file_bytes(
        "{\"a\":" + entry("[1]", "[0,4]") + ",\"" + name + "\":" + second + "}", "12345678"));
  };
  EXPECT_EQ(error("b", entry("[1]", "[4,8]")), "");
  EXPECT_THAT(error("b", entry("[2]", "[0,8]")), HasSubstr("overlap"));
  EXPECT_THAT(error("b", entry("[1]", "[0,4]")), HasSubstr("overlap"));
  EXPECT_THAT(error("a", entry("[1]", "[4,8]")), HasSubstr("twice"));
}

/// Whatever the bytes: the header is read, and then all data with it, or a UserError is thrown.
TEST_F(SafetensorsTest, SurvivesMutations) {
  const std::vector<float> data = {1, 2, 3, 4, 5, 6};
  write_safetensors(file_, {{"a", view("F32", {2, 3}, data)}, {"b", view("F32", {6}, data)}},
                    {{"step", "1"}});
  const std::string good = read_text(file_);
  auto random = generator(1, "mutations");
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    const std::string bytes = mutated(good, random);
    refused += !user_error([&] {
                  const auto header =
                      read_safetensors_header(file_, std::as_bytes(std::span(bytes)));
                  for (const auto& [name, tensor] : header.tensors)
                    if (tensor.dtype == "F32") to_floats(tensor);
                }).empty();
  }
  EXPECT_GT(refused, 1500);
  EXPECT_LT(refused, 5000);
}

}  // namespace
}  // namespace rc
