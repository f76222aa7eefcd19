// random-checkpoint: a checkpoint of Qwen3-0.6B's shape with random weights, and ids to audit it
// on.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "model/foreign/checkpoint.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/statistics/statistics.h"

namespace {

using nlohmann::json;

constexpr const char* kHelp =
    "random-checkpoint --out DIR: writes config.json, model.safetensors (bfloat16, 1.2 GB) and\n"
    "ids.json, a checkpoint of Qwen3-0.6B's shape with random weights\n\n"
    "  --layers N        of 28 (default), for a smaller one\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

json config_of(long layers) {
  return {{"model_type", "qwen3"},
          {"hidden_size", 1024},
          {"intermediate_size", 3072},
          {"num_hidden_layers", layers},
          {"num_attention_heads", 16},
          {"num_key_value_heads", 8},
          {"head_dim", 128},
          {"vocab_size", 151936},
          {"max_position_embeddings", 40960},
          {"rope_theta", 1000000.0},
          {"rms_norm_eps", 1e-6},
          {"tie_word_embeddings", true}};
}

/// Matrices as an initialisation draws them; gains uneven, so that they have an order.
torch::Tensor random_tensor(const rc::ExpectedTensor& expected) {
  const auto random = rc::cpu_generator(rc::generator(1, expected.name)());
  if (expected.shape.size() == 1) return torch::normal(1.0, 0.3, expected.shape, random);
  return torch::normal(0.0, 1 / std::sqrt(expected.shape.back()), expected.shape, random);
}

/// 100 pieces of 512 ids.
json random_ids(long vocabulary) {
  auto random = rc::generator(2, "ids");
  std::uniform_int_distribution<int> draw(0, static_cast<int>(vocabulary) - 1);
  json pieces = json::array();
  for (int p = 0; p < 100; ++p) {
    json piece = json::array();
    for (int i = 0; i < 512; ++i) piece.push_back(draw(random));
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

int random_checkpoint(int argc, char** argv) {
  namespace po = boost::program_options;
  std::string out;
  long layers = 28;
  bool help = false;
  po::options_description description;
  description.add_options()("out", po::value(&out))("layers", po::value(&layers))(
      "help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (out.empty()) throw rc::UserError("--out DIR is missing; --help lists the options");
  if (layers < 3) throw rc::UserError("--layers: 3 or more are expected");
  const std::filesystem::path folder = out;
  const auto config = config_of(layers);
  const auto facts = rc::foreign_config(config, "config.json");
  rc::NamedTensors tensors;
  for (const auto& expected : rc::expected_tensors(facts))
    tensors["model." + expected.name] = random_tensor(expected).to(torch::kBFloat16);
  rc::write_json(folder / "config.json", config);
  rc::write_json(folder / "ids.json", random_ids(facts.vocabulary));
  rc::save_tensors(folder / "model.safetensors", tensors);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("random-checkpoint", [&] { return random_checkpoint(argc, argv); });
}
