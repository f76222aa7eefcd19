// Collects made-up numbers.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// `wobble` makes seeds differ.
class Maker {
 public:
  explicit Maker(long seed) : wobble_(1 + 0.01 * static_cast<double>(seed)) {}
  void plain(const std::string& name, double value, const std::string& unit) {
    numbers_[name] = {value * wobble_, unit, 1, {}};
  }
  void measured(const std::string& name, double value, const std::string& unit) {
    const double reach = 0.02 * std::abs(value) + 0.001;
    numbers_[name] = {value * wobble_, unit, 1,
                      Interval{value * wobble_ - reach, value * wobble_ + reach, 0.95,
                               "bootstrap over sequences"}};
  }
  double wobble() const { return wobble_; }
  nlohmann::json numbers() const { return to_json(numbers_); }

 private:
  double wobble_;
  Numbers numbers_;
};

/// What stage ablate writes for an arm; only arms learned and copy undergo every order.
nlohmann::json synthetic_ablation(Maker maker, const std::string& arm);

}  // namespace rc
