#include "paper/testing/verdict_cases.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "pipeline/files/artifact.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

const NamedValues kDimensions = {
    {"model.d_k", 64},
    {"rank.coordinate_pr.initial", 22.9},
    {"rank.coordinate_pr.null.gaussian", 22.7},
    {"rank.pr_eigen.centred.before_rope.random_projection.deep", 25},
    {"ghost.removable.deep.best", 0.85},
    {"ghost.removable_learned.deep.best", 0.82},
    {"ghost.frozen.removable_learned.deep.best", 0.2},
    {"ghost.removable.deep.low_gain", 0.75},
    {"ghost.removable.deep.random", 0.1},
    {"ghost.fraction.deep", 0.77},
    {"ghost.fraction.gaussian", 0.645},
    {"gains.cv.layer_mid", 0.2},
    {"gains.min.layer_mid", 0.6},
    {"gains.max.layer_mid", 1.9},
    {"gains.skewness.layer_mid", 1.2},
    {"gains.skewness.null_95.layer_mid", 0.5},
    {"gains.fading.median", 0.4},
    {"gains.no_decay.fading.median", 0.3},
    {"gains.no_decay.min.layer_mid", 0.8},
    {"gains.lock_in.step_fraction", 0.4},
    {"gains.lock_in.walk_05", 0.6},
    {"gains.tokens4.lock_in.step_fraction", 0.3},
    {"gains.tokens4.lock_in.walk_05", 0.6},
    {"gains.seeds_spearman", 0.1},
    {"gains.decay_share", 0.6},
    {"train.gain_decay_line", 0.68},
    {"gains.spearman_with_wavelength", -0.5},
    {"gains.rope40.spearman_with_wavelength", 0},
};

const NamedValues kAttention = {
    {"entropy.spearman_with_pr.final", 0.6},
    {"entropy.partial_spearman_with_pr.final", 0.4},
    {"entropy.initial.middle", 0.9},
    {"entropy.final.middle", 0.5},
    {"entropy.frozen.final.middle", 0.6},
    {"entropy.none.final.middle", 0.7},
    {"difficulty.low_gain.trend", 0.9},
    {"difficulty.low_gain.p", 0.001},
    {"difficulty.low_gain.slope", 0.02},
    {"difficulty.random.trend", 0.5},
    {"difficulty.random.slope", 0.01},
    {"correlate.pearson.mean", 0.6},
    {"correlate.pearson.null_99", 0.02},
    {"correlate.pearson.p", 0.001},
    {"correlate.copy.cosine.mean", 0.98},
    {"correlate.copy.cosine.null_mean", 0.97},
    {"correlate.rope_shuffled.pearson.mean", 0.02},
    {"correlate.rope_shuffled.by_frequency.mean", 0.5},
    {"correlate.top8.overlap", 5},
    {"correlate.top8.null", 1},
    {"inference.prefill.speedup.60", 1.9},
    {"inference.decode.speedup.60", 1.9},
    {"inference.prefill.limit", 2.5},
    {"inference.decode.limit", 2.5},
    {"inference.original.prefill.speedup.60", 1.9},
    {"inference.original.decode.speedup.60", 1.9},
    {"inference.original.prefill.limit", 2.5},
    {"inference.original.decode.limit", 2.5},
};

const NamedValues kSurgery = {
    {"ablate.attention_benefit", 1},
    {"ablate.low_gain.50", 0.004},
    {"ablate.low_gain.60", 0.006},
    {"ablate.low_gain.80", 0.05},
    {"ablate.random.50", 0.3},
    {"ablate.random.60", 0.4},
    {"ablate.random.80", 0.6},
    {"lowrank.pair.60", 0.1},
    {"lowrank.kq_svd.restore_operations", 1792},
    {"ablate.slowest.50", 0.006},
    {"ablate.copy.attention_benefit", 0.005},
    {"ablate.copy.low_gain.60", 0.00003},
    {"delete.rows.50", 0.008},
    {"delete.rows.60", 0.01},
    {"delete.pairs.50", 0.06},
    {"delete.pairs.60", 0.12},
    {"delete.cached.50", 0.05},
    {"delete.cached.60", 0.1},
    {"lowrank.pca.60", 0.08},
    {"lowrank.within_pairs.60", 0.06},
    {"lowrank.kq_svd.60", 0.04},
    {"heal.cut", 0.2},
    {"heal.healed", 0.01},
    {"heal.steps", 60},
    {"induction.attention_benefit", 0.2},
    {"ablate.tokens16.attention_benefit", 2},
    {"induction.tokens16.attention_benefit", 0.5},
};

constexpr double kLearnedBenefit = 0.8;  // nats a token

/// Arms by what they end above the main one; NaN: of another task, or of another length.
const NamedValues kArms = {{"copy", -2.9},
                           {"frozen", 0},
                           {"none", 0.05},
                           {"no_decay", 0},
                           {"thin32", 0.005},
                           {"thin16", 0.01},
                           {"grouped40", 0.03},
                           {"virtual12", 0.01},
                           {"virtual12_random", 0.05},
                           {"virtual12_oracle", 0.008},
                           {"rope_shuffled", 0},
                           {"rope40", 0},
                           {"tokens4", -0.3},
                           {"tokens16", -0.6},
                           {"width64", 0.2},
                           {"width256", -0.2},
                           {"no_attention", kLearnedBenefit}};

Number measured(double value, double reach) {
  return {value, "", 1, Interval{value - reach, value + reach, 0.95, kOverSequences}};
}

void add_arms(Numbers& numbers) {
  numbers["loss.learned"] = measured(3, 0.02);
  for (const auto& [arm, above] : kArms) {
    numbers["loss." + arm] = measured(3 + above, 0.02);
    numbers["loss_difference." + arm] = measured(above, 0.005);
    numbers["ablate." + arm + ".removable_fraction.low_gain"] = {0.35, "", 1, {}};
    numbers["ablate." + arm + ".removable_fraction_learned.low_gain"] = {0.3, "", 1, {}};
  }
  numbers["ablate.removable_fraction.low_gain"] = {0.4, "", 1, {}};
  numbers["ablate.removable_fraction_learned.low_gain"] = {0.35, "", 1, {}};
  for (const std::string third : {"middle", "deep"})
    for (const auto& [arm, pr] : {std::pair{"", 15.0}, {"frozen.", 20.0}, {"none.", 20.0}}) {
      const auto rank = std::string("rank.") + arm;
      numbers[rank + "coordinate_pr.initial." + third] = measured(22.9, 0.1);
      numbers[rank + "coordinate_pr.final." + third] = measured(pr, 0.5);
      numbers[rank + "pr_eigen.centred.before_rope.initial." + third] = measured(40, 0.5);
      numbers[rank + "pr_eigen.centred.before_rope.final." + third] = measured(pr - 5, 0.5);
    }
}

Numbers invented() {
  Numbers numbers = numbers_from_json(read_json("paper/originals.json"));
  for (const auto& part : {kDimensions, kAttention, kSurgery})
    for (const auto& [name, value] : part) numbers[name] = {value, "", 1, {}};
  add_arms(numbers);
  numbers["benefit.learned"] = measured(kLearnedBenefit, 0.02);
  for (const auto* order : {"low_gain", "random"})
    for (const auto* percent : {"50", "60", "80"}) {
      const auto name = fmt::format("ablate.{}.{}", order, percent);
      numbers[name + ".share"] = {numbers[name].value, "", 1, {}};
      numbers[name + ".share_learned"] = {numbers[name].value / kLearnedBenefit, "", 1, {}};
    }
  for (const auto* what : {"snapshot", "ablate", "loss", "heal"})
    numbers[std::string("sequences.") + what] = {64, "sequences", 1, {}};
  return numbers;
}

const Numbers& base() {
  static const Numbers numbers = invented();
  return numbers;
}

void expect_case(const std::string& id, const Case& row) {
  const auto numbers = without(row.no_numbers, without_arms(row.no_arms, numbers_with(row.values)));
  const auto verdict = verdict_on(claim(id), numbers);
  const std::string reason = verdict.at("reason");
  EXPECT_EQ(verdict.at("verdict"), row.verdict) << id << " " << row.why << ": " << reason;
  if (row.verdict != "not measured") return;
  for (const auto& arm : row.no_arms) {
    EXPECT_NE(reason.find(arm), std::string::npos) << id << ": " << reason;
    EXPECT_NE(reason.find("make audit, or ARMS=\"learned "), std::string::npos) << reason;
  }
}

}  // namespace

const Claim& claim(const std::string& id) { return *std::ranges::find(claims(), id, &Claim::id); }

Numbers numbers_with(const NamedValues& values) {
  Numbers numbers = base();
  for (const auto& [name, value] : values) {
    Number& number = numbers[name];
    if (number.interval) {
      number.interval->lo += value - number.value;
      number.interval->hi += value - number.value;
    }
    number.value = value;
  }
  return numbers;
}

Numbers without_arms(const std::vector<std::string>& arms, Numbers numbers) {
  for (const auto& arm : arms)
    std::erase_if(numbers, [&](const auto& entry) {
      return entry.first.ends_with("." + arm) ||
             entry.first.find("." + arm + ".") != std::string::npos;
    });
  return numbers;
}

Numbers without(const std::vector<std::string>& prefixes, Numbers numbers) {
  for (const auto& prefix : prefixes)
    std::erase_if(numbers, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  return numbers;
}

std::string verdict_of(const std::string& id, const Numbers& numbers) {
  return verdict_on(claim(id), numbers).at("verdict");
}

std::string verdict_with(const std::string& id, const NamedValues& values) {
  return verdict_of(id, numbers_with(values));
}

std::string reason_of(const std::string& id, const Numbers& numbers) {
  return verdict_on(claim(id), numbers).at("reason");
}

void expect_verdicts(const std::string& id, const std::vector<std::string>& possible,
                     const std::vector<Case>& cases) {
  std::set<std::string> given;
  for (const Case& row : cases) {
    expect_case(id, row);
    given.insert(row.verdict);
  }
  EXPECT_EQ(given, std::set(possible.begin(), possible.end())) << id;
}

Number over_seeds(const std::vector<double>& values) {
  Number number{mean(values), "", static_cast<int>(values.size()), t_interval(values)};
  for (std::size_t seed = 0; seed < values.size(); ++seed)
    number.by_seed[static_cast<long>(seed)] = values[seed];
  return number;
}

}  // namespace rc
