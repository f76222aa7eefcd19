#include "model/foreign/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "model/foreign/foreign_model.h"
#include "model/foreign/tiny_checkpoint.h"
#include "model/tensors.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CheckpointTest : public testing::Test {
 protected:
  void write(int shards = 1) {
    write_tiny_checkpoint(model_, tiny_config_json("qwen3"), {.shards = shards});
  }
  /// What opening says, which is one line and names the folder.
  std::string error() {
    const auto text = user_error([&] { ForeignModel::open(model_); });
    EXPECT_THAT(text, AllOf(HasSubstr(model_.string()), Not(HasSubstr("\n"))));
    return text;
  }
  /// The whole file with its tensors changed by `change`.
  void rewrite(const std::function<void(NamedTensors&)>& change) {
    NamedTensors all;
    {
      const auto file = Safetensors::open(model_ / "model.safetensors");
      for (const auto& [name, tensor] : file.tensors()) all[name] = to_torch(tensor);
    }
    change(all);
    save_tensors(model_ / "model.safetensors", all);
  }
  void edit_index(const std::function<void(json&)>& change) {
    const auto file = model_ / "model.safetensors.index.json";
    auto index = read_json(file);
    change(index["weight_map"]);
    write_json(file, index);
  }

  TestFolder folder_;
  fs::path model_ = folder_ / "model";
};

constexpr const char* kFirst = "model.embed_tokens.weight";

TEST_F(CheckpointTest, OpensAWholeFileOrShards) {
  write();
  EXPECT_NO_THROW(ForeignModel::open(model_));
  fs::remove_all(model_);
  write(3);
  EXPECT_NO_THROW(ForeignModel::open(model_));
}

TEST_F(CheckpointTest, NamesAFolderThatIsNone) {
  EXPECT_THAT(error(), HasSubstr("no such folder"));
  make_folder(model_);
  EXPECT_THAT(error(), HasSubstr("neither model.safetensors nor"));
  write_text(folder_ / "file", "x");
  model_ = folder_ / "file";
  EXPECT_THAT(error(), HasSubstr("is no folder"));
}

TEST_F(CheckpointTest, NamesAMissingConfiguration) {
  write();
  fs::remove(model_ / "config.json");
  EXPECT_THAT(error(), HasSubstr("config.json: no such file"));
  write_text(model_ / "config.json", "{");
  EXPECT_THAT(error(), HasSubstr("config.json"));
  write_text(model_ / "config.json", "3");
  EXPECT_THAT(error(), HasSubstr("no JSON object"));
}

TEST_F(CheckpointTest, NamesOtherFormatsAndReadsNone) {
  make_folder(model_);
  write_text(model_ / "weights.gguf", "GGUF");
  EXPECT_THAT(error(), HasSubstr("\"weights.gguf\": GGUF files are not read"));
  fs::remove(model_ / "weights.gguf");
  for (const char* name : {"pytorch_model.bin", "consolidated.00.pth", "model.pt"}) {
    write_text(model_ / name, "x");
    EXPECT_THAT(error(), AllOf(HasSubstr(name), HasSubstr("can run code and are not read")));
    fs::remove(model_ / name);
  }
  model_ = folder_ / "alone.gguf";
  write_text(model_, "GGUF");
  EXPECT_THAT(error(), HasSubstr("GGUF files are not read"));
}

TEST_F(CheckpointTest, LooksIntoFilesOfAFalseName) {
  write();
  write_text(model_ / "model.safetensors", std::string("GGUF\x03\0\0\0", 8));
  EXPECT_THAT(error(), HasSubstr("GGUF files are not read"));
  for (const char* start : {"PK\x03\x04", "\x80\x02}q"}) {
    write_text(model_ / "model.safetensors", start);
    EXPECT_THAT(error(), HasSubstr("can run code and are not read"));
  }
}

TEST_F(CheckpointTest, NamesDamage) {
  write();
  const auto bytes = read_text(model_ / "model.safetensors");
  write_text(model_ / "model.safetensors", bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(error(), HasSubstr("damaged"));
  write_text(model_ / "model.safetensors", bytes.substr(0, 100));
  EXPECT_THAT(error(), HasSubstr("damaged"));
  write_text(model_ / "model.safetensors", "");
  EXPECT_THAT(error(), HasSubstr("found 0"));
  std::string hostile = bytes;
  hostile.replace(0, 8, "\xff\xff\xff\xff\xff\xff\xff\x7f");
  write_text(model_ / "model.safetensors", hostile);
  EXPECT_THAT(error(), HasSubstr("is the most"));
  fs::remove(model_ / "model.safetensors");
  ASSERT_EQ(::mkfifo((model_ / "model.safetensors").c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("no regular file"));
}

TEST_F(CheckpointTest, NamesAMissingShard) {
  write(2);
  fs::remove(model_ / "model-1.safetensors");
  EXPECT_THAT(error(), AllOf(HasSubstr("\"model-1.safetensors\""), HasSubstr("not there")));
}

TEST_F(CheckpointTest, ShardsHoldWhatTheIndexPromises) {
  write(2);
  edit_index([](json& map) { map[kFirst] = "model-1.safetensors"; });
  EXPECT_THAT(error(), AllOf(HasSubstr("model-1.safetensors: lacks"), HasSubstr(kFirst)));
  fs::copy_file(model_ / "model-0.safetensors", model_ / "twice.safetensors");
  edit_index([](json& map) { map["x"] = "twice.safetensors"; });
  EXPECT_THAT(error(), HasSubstr("holds too"));
}

TEST_F(CheckpointTest, NoNameOfTheIndexLeadsOutOfTheFolder) {
  write(2);
  fs::copy(model_ / "model-0.safetensors", folder_ / "outside.safetensors");
  fs::create_symlink(folder_ / "outside.safetensors", model_ / "link.safetensors");
  fs::create_directory_symlink(folder_.path(), model_ / "door");
  const auto named = [&](const std::string& name) {
    edit_index([&](json& map) { map[kFirst] = name; });
    return error();
  };
  EXPECT_THAT(named("../outside.safetensors"), HasSubstr("leads out of the folder"));
  EXPECT_THAT(named("x/../../outside.safetensors"), HasSubstr("leads out of the folder"));
  EXPECT_THAT(named((folder_ / "outside.safetensors").string()), HasSubstr("leads out"));
  EXPECT_THAT(named("link.safetensors"), HasSubstr("a link that leads out of the folder"));
  EXPECT_THAT(named("door/outside.safetensors"), HasSubstr("a link that leads out"));
  EXPECT_THAT(named(std::string("model-0.safetensors\0/../x", 25)), HasSubstr("leads out"));
  EXPECT_THAT(named("pytorch_model.bin"), HasSubstr("can run code"));
  EXPECT_THAT(named("config.json"), HasSubstr("no safetensors file"));
  EXPECT_THAT(named("absent.safetensors"), HasSubstr("not there"));
  make_folder(model_ / "below");
  fs::copy(model_ / "model-0.safetensors", model_ / "below");
  EXPECT_THAT(named("below/model-0.safetensors"), HasSubstr("in a folder below"));
  // A folder is no sibling's prefix.
  make_folder(folder_ / "model-2");
  fs::copy(model_ / "model-0.safetensors", folder_ / "model-2");
  fs::create_symlink("../model-2/model-0.safetensors", model_ / "sibling.safetensors");
  EXPECT_THAT(named("sibling.safetensors"), HasSubstr("a link that leads out"));
}

TEST_F(CheckpointTest, NamesAnIndexThatIsNone) {
  write(2);
  const auto file = model_ / "model.safetensors.index.json";
  for (const char* text : {"[]", "{}", R"({"weight_map": 3})"}) {
    write_text(file, text);
    EXPECT_THAT(error(), HasSubstr("lacks weight_map"));
  }
  write_text(file, R"({"weight_map": {"a": 3}})");
  EXPECT_THAT(error(), HasSubstr("\"a\" has no file"));
  write_text(file, R"({"weight_map": {}})");
  EXPECT_THAT(error(), HasSubstr("holds no tensor embed_tokens.weight"));
}

TEST_F(CheckpointTest, TensorsAreThoseOfTheConfiguration) {
  write();
  rewrite([](NamedTensors& all) { all[kFirst] = torch::zeros({40, 13}); });
  EXPECT_THAT(error(), HasSubstr("embed_tokens.weight is [40, 13], by config.json it should be "
                                 "[40, 12]"));
  write();
  rewrite([](NamedTensors& all) { all.erase("model.layers.2.self_attn.k_norm.weight"); });
  EXPECT_THAT(error(), HasSubstr("holds no tensor layers.2.self_attn.k_norm.weight"));
  write();
  rewrite([](NamedTensors& all) { all[kFirst] = torch::zeros({40, 12}, torch::kInt32); });
  EXPECT_THAT(error(), HasSubstr("is of type I32"));
  write();
  rewrite([](NamedTensors& all) { all["model.layers.0.mlp.experts.0.w1"] = torch::zeros({1}); });
  EXPECT_THAT(error(), HasSubstr("no qwen3 of this config.json has"));
  write();
  rewrite([](NamedTensors& all) {
    all["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch::zeros({3});
  });
  EXPECT_NO_THROW(ForeignModel::open(model_));  // a table that old versions saved
}

TEST_F(CheckpointTest, ATiedModelHasNoHeadOfItsOwn) {
  write_tiny_checkpoint(model_, tiny_config_json("qwen3", {{"tie_word_embeddings", true}}));
  rewrite([](NamedTensors& all) { all["lm_head.weight"] = all.at(kFirst); });
  EXPECT_NO_THROW(ForeignModel::open(model_));
  rewrite([](NamedTensors& all) { all["lm_head.weight"] = all.at(kFirst) + 1; });
  EXPECT_THAT(error(), HasSubstr("an output layer of its own"));
}

}  // namespace
}  // namespace rc
