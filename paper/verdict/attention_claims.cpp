// A6 to A9: what a collapse is said to do for attention, for weights and for training.
#include "paper/verdict/claims.h"

namespace rc {
namespace {

/// Of the main arm less that of another: below zero where the main one is smaller.
Quantity above_arm(const Numbers& n, const std::string& arm, const std::string& name) {
  return quantity(n, name) - quantity(n, name_of_arm(name, arm));
}

Claim a6() {
  return {
      .id = "A6",
      .title = "collapse sharpens attention",
      .claim = "Collapse is what makes attention sharp.",
      .rule =
          "over the heads of the last snapshot entropy follows the participation ratio with a "
          "Spearman correlation over 0.5, and attention is sharper than in arms frozen and "
          "none; explained by control if arm none is at least as sharp with a larger PR",
      .original = "asserted, not measured",
      .ours = {"entropy.spearman_with_pr.final.f2"},
      .ours_is = "Spearman of entropy, PR",
      .control = {"entropy.partial_spearman_with_pr.final.f2"},
      .control_is = "layer partialled out",
      .facts = {"Entropy correlates with the participation ratio at "
                "{entropy.spearman_with_pr.final.f2}, with the layer partialled out at "
                "{entropy.partial_spearman_with_pr.final.f2}.",
                "In the middle third it falls from {entropy.initial.middle.f3} of its ceiling to "
                "{entropy.final.middle.f3}, in arm frozen to {entropy.frozen.final.middle.f3} and "
                "in arm none to {entropy.none.final.middle.f3}.",
                "Arm none has a participation ratio of {rank.none.coordinate_pr.final.middle.f1} "
                "there against {rank.coordinate_pr.final.middle.f1}."},
      .arms = {"frozen", "none"},
      .brought_by = "it comes from stage measure-rank",
      .rule_of =
          [](const Numbers& n) {
            const std::string entropy = "entropy.final.middle";
            const auto follows =
                above(quantity(n, "entropy.spearman_with_pr.final"), 0.5, "a correlation over 0.5");
            const auto sharper = [&](const std::string& arm) {
              return below(above_arm(n, arm, entropy), 0, "sharper than arm " + arm);
            };
            const auto without_norm =
                both({follows, at_least(above_arm(n, "none", entropy), 0, ""),
                      below(above_arm(n, "none", "rank.coordinate_pr.final.middle"), 0, "")},
                     "arm none, which is as sharp with a larger participation ratio");
            return unless_explained(without_norm,
                                    judge({follows, sharper("frozen"), sharper("none")}));
          },
  };
}

Claim a7() {
  return {
      .id = "A7",
      .title = "dark rows can be deleted",
      .claim = "The weight rows behind faded key dimensions can be deleted after training.",
      .rule = "at 50 and 60 %, rows deleted cost within 0.01 nats of gains zeroed",
      .original = "proposed, not measured",
      .ours = {"delete.rows.60.s4"},
      .ours_is = "nats, rows deleted",
      .control = {"ablate.low_gain.60.s4"},
      .control_is = "nats, gains zeroed",
      .facts =
          {"Deleting rows costs {delete.rows.50.s4} nats/token at 50 % and {delete.rows.60.s4} "
           "at 60 %, zeroing their gains {ablate.low_gain.50.s4} and "
           "{ablate.low_gain.60.s4}.",
           "Deleting whole rotary pairs costs {delete.pairs.50.s4} and {delete.pairs.60.s4}.",
           "With the norm over all rows and only the surviving pairs cached it is "
           "{delete.cached.50.s4} and {delete.cached.60.s4}."},
      .brought_by = "it comes from stage ablate",
      .sequences = "sequences.ablate",
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            const auto agree = [&](const std::string& percent) {
              return within(
                  quantity(n, "delete.rows." + percent) - quantity(n, "ablate.low_gain." + percent),
                  0.01, "within 0.01 nats at " + percent + " %");
            };
            return judge({agree("50"), agree("60")});
          },
  };
}

Claim a8() {
  return {
      .id = "A8",
      .title = "16 trained dimensions suffice",
      .claim = "Keys of 16 dimensions trained from scratch do as well as keys of 64.",
      .rule = "upper end of the interval of the loss difference under 0.02 nats",
      .original = "proposed, not measured",
      .ours = {"loss_difference.thin16.s3"},
      .ours_is = "nats, thin16",
      .control = {"loss_difference.thin32.s3"},
      .control_is = "nats, thin32",
      .facts = {"Keys of 16 dimensions end {loss_difference.thin16.withs3} nats/token above the "
                "full ones.",
                "Keys of 32 dimensions end {loss_difference.thin32.withs3} above.",
                "Keys and values of 40, which fill the same cache, end "
                "{loss_difference.grouped40.withs3} above."},
      .arms = {"thin16", "thin32", "grouped40"},
      .brought_by = "it takes two validation sequences or more",
      .sequences = "sequences.loss",
      .rule_of =
          [](const Numbers& n) {
            return judge({surely_below(n, "loss_difference.thin16", 0.02,
                                       "an interval that ends under 0.02 nats")});
          },
  };
}

/// Deciles are those of another seed, so that a token is not called hard for the noise that its
/// own model's loss shows (paper/collect/difficulty.h).
Claim a9() {
  return {
      .id = "A9",
      .title = "hard tokens need more width",
      .claim = "Hard tokens need wider keys than easy ones.",
      .rule =
          "the rise at 80 % grows over deciles of another seed's token losses, p under 0.01, "
          "and more steeply than with random dimensions",
      .original = "proposed, not measured",
      .ours = {"difficulty.low_gain.trend.f2"},
      .ours_is = "Spearman trend over deciles",
      .control = {"difficulty.random.trend.f2"},
      .control_is = "random dimensions",
      .facts = {"Over deciles of difficulty the rise at 80 % has a Spearman trend of "
                "{difficulty.low_gain.trend.f2}, p = {difficulty.low_gain.p.g2}.",
                "It grows by {difficulty.low_gain.slope.s4} nats/token a decile, with random "
                "dimensions by {difficulty.random.slope.s4}."},
      .brought_by = "it takes two seeds (make report SEEDS=\"0 1\")",
      .sequences = "sequences.ablate",
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            const auto of = [&](const std::string& what) {
              return quantity(n, "difficulty." + what);
            };
            auto sure = below(of("low_gain.p"), 0.01, "p under 0.01");
            sure.p = p_of_permutation(n, "difficulty.low_gain.p");
            auto upwards = above(of("low_gain.trend"), 0, "a trend upwards");
            upwards.p = sure.p;  // it is the same question
            return judge({upwards, sure,
                          both({above(of("low_gain.slope"), 0, ""),
                                above(of("low_gain.slope") - of("random.slope"), 0, "")},
                               "steeper upwards than with random dimensions")});
          },
  };
}

}  // namespace

std::vector<Claim> attention_claims() { return {a6(), a7(), a8(), a9()}; }

}  // namespace rc
