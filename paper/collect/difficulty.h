// Do hard tokens need wider keys than easy ones (claim A9)? A token whose loss is high by chance of
// one model rises less there: so another seed's model says which tokens are hard.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// What stage ablate keeps of the main arm for every seed.
inline constexpr const char* kTokenLosses = "difficulty.safetensors";

/// Losses of every token, nats, [sequences, T] row by row.
struct TokenLosses {
  std::filesystem::path file;
  long seed = 0;
  std::size_t sequences = 0;
  std::string percent = {};  // of the dimensions cut in the other two
  std::vector<float> whole = {};
  std::vector<float> low_gain = {};
  std::vector<float> random = {};  // mean over draws
};

/// UserError where the file lacks one of them, or they differ in shape.
TokenLosses read_token_losses(const std::filesystem::path& file, long seed);

struct Difficulty {
  /// difficulty.{low_gain,random}.trend: Spearman correlation of decile and rise, mean over seeds;
  /// difficulty.{low_gain,random}.slope: least squares, nats a token and decile, mean over seeds;
  /// difficulty.low_gain.p: one-sided, of the mean trend among those of deciles shuffled in every
  /// seed.
  Numbers numbers;
  /// {"percent", "seeds", "interval", "decile": 1..10, "token_loss": mean before the cut,
  ///  "low_gain", "random": {"rise", "lo", "hi"}}, means over seeds in nats a token. The interval
  /// is Student's over seeds, or of two seeds over sequences.
  nlohmann::json table;
};

/// Tokens of seed i in tenths by their loss under seed i + 1, the last one's by the first; two
/// seeds or more. UserError where two seeds have not the same number of tokens.
Difficulty difficulty_of(const std::vector<TokenLosses>& seeds);

}  // namespace rc
