// What is doubled, four times, and what stays as it is meanwhile.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "model/config.h"

namespace rc {

/// A point of the measurement. Small: of the upper points the constant costs are a small part all
/// the same, and the whole takes minutes.
struct GrowthShape {
  long layers = 4;
  long d_model = 32;  // heads of 32 floats fill it, the feed-forward layer is four times as wide
  long context = 64;
  long vocabulary = 1024;
  long steps = 16;
  long batch = 16;
  long microbatches = 2;
  long cut_sequences = 8;    // those that ablate takes losses over
  long seen_sequences = 16;  // those whose keys measure-rank reads
  long tokens_a_step() const { return batch * context; }
};

inline constexpr std::array kGrowthStages = {"train", "ablate", "measure-rank"};
inline constexpr int kGrowthPoints = 5;
/// The exponents are those of the upper points, from this one on: below, constant costs count.
inline constexpr int kFirstFitted = 2;

struct Quantity {
  std::string name;
  std::vector<long GrowthShape::*> fields;  // all of them are doubled
  GrowthShape first = {};
  bool train_alone = false;  // no other stage knows it, or cares
  GrowthShape at(int point) const;
  long value(int point) const { return at(point).*fields.front(); }
  std::string range() const;  // "16 to 256"
};

/// Tokens, width, layers and context, of all stages; then microbatches and vocabulary, of train.
std::vector<Quantity> quantities();

/// The settings of a point, as SET of the Makefile takes them.
std::string settings_text(const GrowthShape& shape);

ModelConfig model_of(const GrowthShape& shape);

}  // namespace rc
