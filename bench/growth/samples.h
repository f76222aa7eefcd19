// What the stages took at every point, in every round.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/growth/shape.h"

namespace rc {

/// What a stage took at a point.
struct Taken {
  double seconds = 0, bytes = 0;
};

/// A stage while one quantity was doubled: a vector of points each round.
struct Growth {
  Quantity quantity;
  std::string stage;
  std::vector<std::vector<Taken>> rounds = {};
};

/// One for each quantity and each stage that it is for, in this order, without rounds.
std::vector<Growth> nothing_taken();

/// [{"quantity", "stage", "seconds": [round][point], "bytes": likewise}]
nlohmann::json to_json(const std::vector<Growth>& all);
std::vector<Growth> growths_from_json(const nlohmann::json& json);

}  // namespace rc
