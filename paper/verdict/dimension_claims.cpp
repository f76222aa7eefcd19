// A1 to A5: how many of a key's dimensions are in use.
#include "paper/verdict/claims.h"

namespace rc {
namespace {

const std::string kPr = "rank.coordinate_pr.";
const std::string kEigenPr = "rank.pr_eigen.centred.before_rope.";

Claim a1() {
  return {
      .id = "A1",
      .title = "keys start spread out",
      .claim = "Before training, a key is spread over all its slots.",
      .rule = "none; a fact the other claims stand on",
      .original =
          "{original.rank.initial_lowest.f1} to {original.rank.initial_highest.f1} of "
          "{original.model.d_k.f0}",
      .ours = {kPr + "initial.f1"},
      .ours_is = "PR at step 0",
      .control = {kPr + "null.gaussian.f1"},
      .control_is = "Gaussian keys",
      .facts = {"The participation ratio starts at {rank.coordinate_pr.initial.f1} of "
                "{model.d_k.f0}.",
                "Isotropic Gaussian keys score {rank.coordinate_pr.null.gaussian.f1}, keys of +1 "
                "and \u22121 the whole width."},
      .brought_by = "it comes from stage measure-rank",
      .rule_of = [](const Numbers& n) { return context(quantity(n, kPr + "initial")); },
  };
}

/// PR of this arm (none: the main one) in that third at the end of training.
Quantity final_pr(const Numbers& n, const std::string& arm, const std::string& third) {
  const auto name = kPr + "final." + third;
  return quantity(n, arm.empty() ? name : name_of_arm(name, arm));
}

/// Under a quarter of the width: 16 of 64, in the form that holds at another width too.
Clause under_a_quarter(const Numbers& n, const std::string& arm, const std::string& third) {
  return below(final_pr(n, arm, third) - 0.25 * quantity(n, "model.d_k"), 0,
               third + " third under a quarter of the width");
}

Clause falls(const Numbers& n, const std::string& arm) {
  const auto in = [&](const std::string& third) {
    const auto start = kPr + "initial." + third;
    return below(
        final_pr(n, arm, third) - quantity(n, arm.empty() ? start : name_of_arm(start, arm)), 0,
        "");
  };
  return both(in("middle"), in("deep"), "a fall in both");
}

Clause collapses(const Numbers& n, const std::string& arm) {
  return both({under_a_quarter(n, arm, "middle"), under_a_quarter(n, arm, "deep"), falls(n, arm)},
              "the same fall in arm " + arm);
}

Claim a2() {
  return {
      .id = "A2",
      .title = "participation ratio collapses",
      .claim = "In middle and deep layers the participation ratio falls to 11-14 of 64.",
      .rule =
          "middle and deep third both under a quarter of the width (16 of 64), and falling; "
          "explained by control if they do so in arm frozen or none, which learn no gain",
      .original =
          "{original.rank.layer_mid.f1} (layer 11), {original.rank.layer_deep.f1} "
          "(layer 20)",
      .ours = {kPr + "final.deep.f1"},
      .ours_is = "PR, deep third",
      .control = {name_of_arm(kPr + "final.deep.f1", "frozen")},
      .control_is = "arm frozen",
      .facts = {"From {rank.coordinate_pr.initial.f1} of {model.d_k.f0} the middle third goes to "
                "{rank.coordinate_pr.final.middle.f1} and the deep third to "
                "{rank.coordinate_pr.final.deep.f1}.",
                "In arm frozen they go to {rank.frozen.coordinate_pr.final.middle.f1} and "
                "{rank.frozen.coordinate_pr.final.deep.f1}, in arm none to "
                "{rank.none.coordinate_pr.final.middle.f1} and "
                "{rank.none.coordinate_pr.final.deep.f1}.",
                "Gaussian keys score {rank.coordinate_pr.null.gaussian.f1}."},
      .arms = {"frozen", "none"},
      .brought_by = "it comes from stage measure-rank",
      .rule_of =
          [](const Numbers& n) {
            return judge(
                {under_a_quarter(n, "", "middle"), under_a_quarter(n, "", "deep"), falls(n, "")},
                {collapses(n, "frozen"), collapses(n, "none")});
          },
  };
}

/// As far down as the main arm, whose interval says how far that is. All arms start from one
/// initialisation, so that the score at the end tells the fall.
Clause falls_as_far(const Numbers& n, const std::string& arm) {
  const auto name = kEigenPr + "final.deep";
  const Quantity own = quantity(n, name);
  const double reach = own.interval ? own.interval->hi : own.value;
  return at_most(quantity(n, name_of_arm(name, arm)), reach,
                 "arm " + arm + ", which falls as far: the fall is real and not made by gains");
}

Claim a2r() {
  return {
      .id = "A2r",
      .title = "key directions are lost",
      .claim = "The fall of the participation ratio means that directions are lost.",
      .rule =
          "eigenvalue PR of the deep third, centred and before RoPE, under half of a random "
          "projection's of the same residual stream; explained by control if arm frozen or "
          "none falls as far, within the interval",
      .original = "asserted, not measured",
      .ours = {kEigenPr + "final.deep.f1"},
      .ours_is = "eigenvalue PR, deep third",
      .control = {kEigenPr + "random_projection.deep.f1"},
      .control_is = "random projection",
      .facts = {"The eigenvalue PR of deep keys goes from "
                "{rank.pr_eigen.centred.before_rope.initial.deep.f1} to "
                "{rank.pr_eigen.centred.before_rope.final.deep.withf1}.",
                "A random projection of the trained residual stream scores "
                "{rank.pr_eigen.centred.before_rope.random_projection.deep.f1}.",
                "Arm frozen ends at {rank.frozen.pr_eigen.centred.before_rope.final.deep.f1}, arm "
                "none at {rank.none.pr_eigen.centred.before_rope.final.deep.f1}."},
      .arms = {"frozen", "none"},
      .brought_by = "it comes from stage measure-rank",
      .rule_of =
          [](const Numbers& n) {
            return judge({below(quantity(n, kEigenPr + "final.deep") -
                                    0.5 * quantity(n, kEigenPr + "random_projection.deep"),
                                0, "under half of the random projection")},
                         {falls_as_far(n, "frozen"), falls_as_far(n, "none")});
          },
  };
}

/// The claim says how much is idle, not which dimensions: the best order decides.
Claim a3() {
  return {
      .id = "A3",
      .title = "82 % of key compute is ghost",
      .claim = "About 82 % of the key computation in deep layers is idle (\"ghost compute\").",
      .rule =
          "the best order removes at least 0.8 of the deep third's dimensions at under 1 % of "
          "the attention benefit",
      .original = "{original.ghost.fraction.pct0}",
      .ours = {"ghost.removable_learned.deep.best.pct0", "ghost.removable.deep.best.pct0"},
      .ours_is = "removable, deep third",
      .control = {"ghost.frozen.removable_learned.deep.best.pct0",
                  "ghost.frozen.removable.deep.best.pct0"},
      .control_is = "arm frozen",
      .facts =
          {"At 1 % of the uniform benefit {ghost.removable.deep.best.pct0} of the deep third's "
           "key dimensions can go in the best order, {ghost.removable.deep.low_gain.pct0} by "
           "lowest gain and {ghost.removable.deep.random.pct0} at random.",
           "At 1 % of the learned benefit the best order removes "
           "{ghost.removable_learned.deep.best.pct0}.",
           "One minus PR over width calls {ghost.fraction.deep.pct0} of a deep key idle, and "
           "{ghost.fraction.gaussian.pct0} of a Gaussian one."},
      .brought_by = "it comes from stage ablate",
      .sequences = "sequences.ablate",
      .shares = true,
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            return judge(
                {at_least(quantity(n, "ghost.removable" + yardstick(n).mark + ".deep.best"), 0.8,
                          "a removable share of 0.8")});
          },
  };
}

/// A gain at or below zero makes the ratio of largest to smallest unbounded: it then passes.
Claim a4() {
  return {
      .id = "A4",
      .title = "few indices survive",
      .claim = "A few indices survive with high gain while the rest fade.",
      .rule =
          "coefficient of variation over 0.15, largest over smallest gain above 2, and skewness "
          "above 95 % of normal draws; explained by control if gains fade less than half as far "
          "without weight decay",
      .original = "{original.gains.min.f2} to {original.gains.max.f1}",
      .ours = {"gains.skewness.layer_mid.f2"},
      .ours_is = "skewness of gains",
      .control = {"gains.skewness.null_95.layer_mid.f2"},
      .control_is = "95 % of normal draws",
      .facts = {"In the middle layer the gains run from {gains.min.layer_mid.f2} to "
                "{gains.max.layer_mid.f2}, with a coefficient of variation of "
                "{gains.cv.layer_mid.f2}.",
                "Their skewness is {gains.skewness.layer_mid.f2}; 95 % of normal draws stay under "
                "{gains.skewness.null_95.layer_mid.f2}.",
                "Over the layers the smallest gain fades by {gains.fading.median.f2} (median), "
                "without weight decay by {gains.no_decay.fading.median.f2}."},
      .arms = {"no_decay"},
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            const auto gains = [&](const std::string& what) {
              return quantity(n, "gains." + what);
            };
            return judge(
                {above(gains("cv.layer_mid"), 0.15, "a spread over 0.15"),
                 above(gains("max.layer_mid") - 2 * gains("min.layer_mid"), 0,
                       "largest gain over twice the smallest"),
                 above(gains("skewness.layer_mid") - gains("skewness.null_95.layer_mid"), 0,
                       "skewness above the draws' 95 %")},
                {below(gains("no_decay.fading.median") - 0.5 * gains("fading.median"), 0,
                       "weight decay, without which less than half of the fading is left")});
          },
  };
}

Claim a5() {
  return {
      .id = "A5",
      .title = "the pattern locks in early",
      .claim = "The surviving indices are settled early in training, as in a lottery ticket.",
      .rule =
          "Spearman correlation with the final gains stays over 0.9 from before half of "
          "training, also with four times the steps, and from earlier than in 95 % of random "
          "walks with the same increments",
      .original = "about {original.gains.lock_in.step_fraction.pct0} of training",
      .ours = {"gains.lock_in.step_fraction.pct0"},
      .ours_is = "of training",
      .control = {"gains.lock_in.walk_05.pct0"},
      .control_is = "5 % of random walks",
      .facts = {"The gains keep to their final order from {gains.lock_in.step_fraction.pct0} of "
                "training on; 5 % of random walks do so from {gains.lock_in.walk_05.pct0}.",
                "With four times the steps it is {gains.tokens4.lock_in.step_fraction.pct0}, of "
                "walks {gains.tokens4.lock_in.walk_05.pct0}.",
                "The final gains of two seeds correlate at {gains.seeds_spearman.f2}."},
      .arms = {"tokens4"},
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            const auto at = [&](const std::string& horizon) {
              return quantity(n, "gains." + horizon + "lock_in.step_fraction");
            };
            const auto earlier = [&](const std::string& horizon) {
              return below(at(horizon) - quantity(n, "gains." + horizon + "lock_in.walk_05"), 0,
                           "");
            };
            return judge({below(at(""), 0.5, "before half of training"),
                          below(at("tokens4."), 0.5, "before half of the longer training"),
                          both(earlier(""), earlier("tokens4."),
                               "earlier than the walks at both horizons")});
          },
  };
}

}  // namespace

std::vector<Claim> dimension_claims() { return {a1(), a2(), a2r(), a3(), a4(), a5()}; }

}  // namespace rc
