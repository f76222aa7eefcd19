// A6 to A9: what a collapse is said to do for attention, for weights and for training.
#include <cmath>

#include "paper/verdict/claims.h"

namespace rc {
namespace {

/// "entropy falls and correlation > 0.5"; held against arm frozen, whose gains cannot collapse.
Claim a6() {
  return {
      .id = "A6",
      .title = "collapse sharpens attention",
      .claim = "Collapse is what makes attention sharp.",
      .rule =
          "attention entropy falls, and follows the participation ratio with a Spearman "
          "correlation over 0.5",
      .original = "asserted, not measured",
      .ours = "entropy.spearman_with_pr.f2",
      .ours_is = "Spearman of entropy, PR",
      .control = "entropy.frozen.spearman_with_pr.f2",
      .control_is = "arm frozen",
      .facts =
          "Entropy in the middle third goes from {entropy.initial.middle.f3} to "
          "{entropy.final.middle.f3} of its ceiling and correlates with the participation "
          "ratio at {entropy.spearman_with_pr.f2}.",
      .control_facts = {"With frozen gains it goes from {entropy.frozen.initial.middle.f3} to "
                        "{entropy.frozen.final.middle.f3}, correlating at "
                        "{entropy.frozen.spearman_with_pr.f2}."},
      .without_control = "The control, arm frozen, is not in this run; make audit adds it.",
      .brought_by = "it comes from stage measure-rank",
      .rule_of =
          [](const Numbers& n) {
            const double start = value_of(n, "entropy.initial.middle");
            const auto frozen_start = n.find("entropy.frozen.initial.middle");
            const double null_start = frozen_start == n.end() ? 0 : frozen_start->second.value;
            return judge({below(n, "entropy.final.middle", start, "a fall of entropy"),
                          above(n, "entropy.spearman_with_pr", 0.5, "a correlation over 0.5")},
                         {both(below(n, "entropy.frozen.final.middle", null_start, ""),
                               above(n, "entropy.frozen.spearman_with_pr", 0.5, ""),
                               "the arm whose gains cannot collapse")});
          },
      .p_is = "entropy falls, and a correlation over 0.5",
      .p_of =
          [](const Numbers& n) {
            return p_of_all(
                {p_below_multiple(n, "entropy.final.middle", 1, "entropy.initial.middle"),
                 p_above(n, "entropy.spearman_with_pr", 0.5)});
          },
  };
}

/// "deleted within 0.01 nats of zeroed", at 50 and 60 %. Zeroing is the control: RMSNorm still
/// divides by all d_k rows, so the two are not the same operation. Each has an interval and their
/// difference has none, so that no p-value is given.
Claim a7() {
  return {
      .id = "A7",
      .title = "dark rows can be deleted",
      .claim = "The weight rows behind faded key dimensions can be deleted after training.",
      .rule = "at 50 and 60 %, rows deleted cost within 0.01 nats of gains zeroed",
      .original = "proposed, not measured",
      .ours = "delete.rows.60.s4",
      .ours_is = "nats, rows deleted",
      .control = "ablate.low_gain.60.s4",
      .control_is = "nats, gains zeroed",
      .facts =
          "Deleting rows raises the loss by {delete.rows.50.s4} at 50 % and "
          "{delete.rows.60.s4} nats/token at 60 %, zeroing their gains by "
          "{ablate.low_gain.50.s4} and {ablate.low_gain.60.s4}.",
      .control_facts = {"Deleting whole rotary pairs, which alone makes keys narrower, costs "
                        "{delete.pairs.50.s4} and {delete.pairs.60.s4}.",
                        "With the lost rows' energy kept as a stored statistic, rows cost "
                        "{delete.rows_statistic.50.s4} and {delete.rows_statistic.60.s4}, pairs "
                        "{delete.pairs_statistic.50.s4} and {delete.pairs_statistic.60.s4}."},
      .without_control = "",
      .brought_by = "it comes from stage ablate",
      .rule_of =
          [](const Numbers& n) {
            const auto agree = [&](const std::string& percent) {
              const double deleted = value_of(n, "delete.rows." + percent);
              const double zeroed = value_of(n, "ablate.low_gain." + percent);
              return Clause{"within 0.01 nats at " + percent + " %",
                            std::abs(deleted - zeroed) <= 0.01};
            };
            return judge({agree("50"), agree("60")});
          },
  };
}

/// "upper end of the interval < 0.02 nats" of the paired difference of final losses.
Claim a8() {
  return {
      .id = "A8",
      .title = "16 trained dimensions suffice",
      .claim = "Keys of 16 dimensions trained from scratch do as well as keys of 64.",
      .rule = "upper end of the interval of the loss difference under 0.02 nats",
      .original = "proposed, not measured",
      .ours = "loss_difference.thin16.s3",
      .ours_is = "nats, thin16",
      .control = "loss_difference.thin32.s3",
      .control_is = "nats, thin32",
      .facts =
          "Keys of 16 dimensions end {loss_difference.thin16.withs3} nats/token above the full "
          "ones.",
      .control_facts = {"Keys of 32 dimensions end {loss_difference.thin32.withs3} above.",
                        "Grouped-query heads of 40 floats for key and value alike, which cache "
                        "{train.grouped40.kv_floats.f0} floats a token and layer where 16 + 64 "
                        "cache {train.thin16.kv_floats.f0}, end "
                        "{loss_difference.grouped40.withs3} above."},
      .without_control =
          "The controls, arms thin32 and grouped40, are not in this run; make audit adds them.",
      .brought_by = "run make audit, or set ARMS=\"learned thin16 thin32 grouped40\"",
      .rule_of =
          [](const Numbers& n) {
            const std::string name = "loss_difference.thin16";
            return judge({below(n, name, 0.02, "a difference under 0.02 nats"),
                          surely_below(n, name, 0.02, "an interval that ends under 0.02 nats")});
          },
      .p_is = "difference under 0.02 nats",
      .p_of = [](const Numbers& n) { return p_below(n, "loss_difference.thin16", 0.02); },
  };
}

/// "monotone trend, p < 0.01" of the loss rise over deciles of the token's unpruned loss; the same
/// with random dimensions is the control.
Claim a9() {
  return {
      .id = "A9",
      .title = "hard tokens need more width",
      .claim = "Hard tokens need wider keys than easy ones.",
      .rule = "the rise at 80 % grows over the deciles of unpruned token loss, p under 0.01",
      .original = "proposed, not measured",
      .ours = "difficulty.low_gain.trend.f2",
      .ours_is = "Spearman trend over deciles",
      .control = "difficulty.random.trend.f2",
      .control_is = "random dimensions",
      .facts =
          "Over deciles of token loss the rise at 80 % has a Spearman trend of "
          "{difficulty.low_gain.trend.f2}, p = {difficulty.low_gain.p.g2}.",
      .control_facts = {"With random dimensions the trend is {difficulty.random.trend.f2}, "
                        "p = {difficulty.random.p.g2}."},
      .without_control = "",
      .brought_by = "it comes from stage ablate",
      .rule_of =
          [](const Numbers& n) {
            const auto rising = [&](const std::string& order, const std::string& words) {
              return both(above(n, "difficulty." + order + ".trend", 0, ""),
                          below(n, "difficulty." + order + ".p", 0.01, ""), words);
            };
            return judge({above(n, "difficulty.low_gain.trend", 0, "a trend upwards"),
                          below(n, "difficulty.low_gain.p", 0.01, "p under 0.01")},
                         {rising("random", "random dimensions")});
          },
      .p_is = "rise grows over the deciles",
      .p_of = [](const Numbers& n) { return p_of_permutation(n, "difficulty.low_gain.p"); },
  };
}

}  // namespace

std::vector<Claim> attention_claims() { return {a6(), a7(), a8(), a9()}; }

}  // namespace rc
