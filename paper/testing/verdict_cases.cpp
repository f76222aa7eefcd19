#include "paper/testing/verdict_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "paper/text/number_text.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

/// A run in which most claims have a verdict, invented: each test of a rule moves the few numbers
/// that it is about to either side of their thresholds.
class Invented {
 public:
  Invented() {
    for (const auto& [name, number] : numbers_from_json(read_json("paper/originals.json")))
      numbers_[name] = number;
    add_dimensions();
    add_layers();
    add_surgery();
  }
  const Numbers& numbers() const { return numbers_; }

 private:
  void plain(const std::string& name, double value) { numbers_[name] = {value, "", 1, {}}; }
  void measured(const std::string& name, double value) {
    const double reach = 0.02 * std::abs(value) + 0.001;
    numbers_[name] = {value, "", 1,
                      Interval{value - reach, value + reach, 0.95, "bootstrap over sequences"}};
  }

  void add_dimensions() {
    plain("model.d_k", 64);
    measured("rank.coordinate_pr.initial", 22.9);
    plain("rank.coordinate_pr.null.gaussian", 22.7);
    plain("rank.coordinate_pr.null.laplace", 13.9);
    for (const std::string third : {"middle", "deep"}) {
      measured("rank.coordinate_pr.final." + third, 15.1);
      plain("rank.coordinate_pr.null.permuted." + third, 15.4);
      plain("rank.coordinate_pr.null.same_gains." + third, 21.1);
      plain("rank.coordinate_pr.null.rotated." + third, 22);
      measured("rank.pr_eigen.centred.before_rope.ratio_to_gaussian." + third, 0.4);
      measured("rank.pr_eigen.centred.before_rope.ratio_to_permuted." + third, 0.9);
    }
    measured("ghost.fraction.deep", 0.764);
    measured("ghost.fraction_vs_null.deep", 0.335);
    plain("ghost.fraction.gaussian", 0.645);
    measured("entropy.initial.middle", 0.991);
    measured("entropy.final.middle", 0.942);
    measured("entropy.spearman_with_pr", 0.412);
  }

  void add_layers() {
    for (const std::string null : {"", ".null"}) {
      plain("gains.min" + null + ".layer_mid", 0.62);
      plain("gains.max" + null + ".layer_mid", 1.71);
      plain("gains.survivors" + null + ".layer_mid", 7);
    }
    plain("gains.cv.layer_mid", 0.213);
    plain("gains.ratio.layer_mid", 1.71 / 0.62);
    plain("gains.lock_in.step_fraction", 0.44);
    plain("correlate.cosine.mean", 0.962);
    plain("correlate.cosine.min", 0.931);
    plain("correlate.cosine.null_mean", 0.957);
    for (const std::string what : {"pearson", "pair_level", "pair_difference"}) {
      plain("correlate." + what + ".mean", 0.121);
      plain("correlate." + what + ".null_99", 0.018);
      plain("correlate." + what + ".p", 0.001);
    }
    plain("correlate.top8.overlap", 1.7);
    plain("correlate.top8.null", 1);
    plain("correlate.top8.p", 0.002);
    for (const std::string phase : {"prefill", "decode"}) {
      measured("kernels." + phase + ".speedup.60", 1.36);
      plain("kernels." + phase + ".cap.60", 1.43);
    }
    plain("amdahl.highest.60", 1.14);
  }

  /// Every order costs percent^steepness of the benefit: the higher, the later it is felt.
  void add_surgery() {
    measured("ablate.attention_benefit", kBenefit);
    for (const auto& [order, steepness] : {std::pair{"low_gain", 3.0}, {"random", 1.2}}) {
      plain(std::string("ablate.removable_fraction.") + order, 0.2);
      plain(std::string("difficulty.") + order + ".trend", 0.83);
      plain(std::string("difficulty.") + order + ".p", 0.004);
      for (const int percent : {20, 40, 50, 60, 80}) add_cut(order, percent, steepness);
    }
    for (const int percent : {50, 60, 80})
      for (const auto& order : other_orders()) add_cut(order, percent, 2.0);
    for (const int percent : {50, 60})
      for (const auto& [way, steepness] : {std::pair{"rows", 2.5},
                                           {"rows_statistic", 2.9},
                                           {"pairs", 1.9},
                                           {"pairs_statistic", 2.1}})
        measured(fmt::format("delete.{}.{}", way, percent),
                 kBenefit * std::pow(percent / 100.0, steepness));
  }

  void add_cut(const std::string& order, int percent, double steepness) {
    const double share = std::pow(percent / 100.0, steepness);
    const auto name = fmt::format("ablate.{}.{}", order, percent);
    measured(name, share * kBenefit);
    measured(name + ".share", share);
  }

  /// The orders that claims speak of besides: of "ablate.pair.60.share" the second word.
  static std::set<std::string> other_orders() {
    std::set<std::string> orders;
    for (const Claim& claim : claims())
      for (const auto& sentence : claim.control_facts)
        for (const auto& name : names_in(sentence))
          if (name.starts_with("ablate.") && name.ends_with(".60.share"))
            orders.insert(name.substr(7, name.find('.', 7) - 7));
    orders.erase("random");
    return orders;
  }

  static constexpr double kBenefit = 0.31;  // nats a token
  Numbers numbers_;
};

const Numbers& base() {
  static const Invented invented;
  return invented.numbers();
}

}  // namespace

const Claim& claim(const std::string& id) {
  return *std::find_if(claims().begin(), claims().end(),
                       [&](const Claim& c) { return c.id == id; });
}

Numbers numbers_with(const Values& values) {
  Numbers numbers = base();
  for (const auto& [name, value] : values) numbers[name] = {value, "", 1, {}};
  return numbers;
}

Numbers numbers_without(const std::vector<std::string>& prefixes) {
  Numbers numbers = base();
  for (const auto& prefix : prefixes)
    std::erase_if(numbers, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  return numbers;
}

std::string verdict_of(const std::string& id, const Numbers& numbers) {
  return verdict_on(claim(id), numbers).at("verdict");
}

std::string verdict_with(const std::string& id, const Values& values) {
  return verdict_of(id, numbers_with(values));
}

Numbers difference(const std::string& arm, double value, double half, Numbers numbers) {
  numbers["loss_difference." + arm] = {value, "nats/token", 3,
                                       Interval{value - half, value + half, 0.95, "t over seeds"}};
  return numbers;
}

}  // namespace rc
