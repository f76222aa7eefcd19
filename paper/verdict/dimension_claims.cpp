// A1 to A5: how many of a key's dimensions are in use.
#include <cmath>

#include "paper/verdict/claims.h"

namespace rc {
namespace {

/// "keys start spread over all slots", held against the Gaussian null. paper/claims.md sets no
/// threshold.
Claim a1() {
  return {
      .id = "A1",
      .title = "keys start spread out",
      .claim = "Before training, a key is spread over all its slots.",
      .rule = "none; a fact the other claims stand on",
      .original =
          "{original.rank.initial_lowest.f1} to {original.rank.initial_highest.f1} of "
          "{original.model.d_k.f0}",
      .ours = "rank.coordinate_pr.initial.f1",
      .ours_is = "PR at step 0",
      .control = "rank.coordinate_pr.null.gaussian.f1",
      .control_is = "Gaussian keys",
      .facts =
          "The participation ratio starts at {rank.coordinate_pr.initial.f1} of "
          "{model.d_k.f0}.",
      .control_facts = {"Isotropic Gaussian keys score {rank.coordinate_pr.null.gaussian.f1}: "
                        "keys as spread out as can be still read far below {model.d_k.f0}."},
      .without_control = "",
      .brought_by = "it comes from stage measure-rank",
      .rule_of =
          [](const Numbers&) {
            return Ruling{Verdict::kContext, ""};
          },
  };
}

/// "middle and deep both < 16, and falling over training": 16 is a quarter of d_k, the form that
/// also holds at another width. A null counts against the claim where it passes the same quarter in
/// both thirds; isotropic Laplace keys do so at d_k 64 with every direction in use, which is why
/// the number alone cannot show a collapse.
Claim a2() {
  return {
      .id = "A2",
      .title = "participation ratio collapses",
      .claim = "In middle and deep layers the participation ratio falls to 11-14 of 64.",
      .rule = "middle and deep third both under a quarter of the width (16 of 64), and falling",
      .original =
          "{original.rank.layer_mid.f1} (layer 11), {original.rank.layer_deep.f1} "
          "(layer 20)",
      .ours = "rank.coordinate_pr.final.deep.f1",
      .ours_is = "PR, deep third",
      .control = "rank.coordinate_pr.null.permuted.deep.f1",
      .control_is = "columns shuffled",
      .facts =
          "From {rank.coordinate_pr.initial.f1} of {model.d_k.f0} the middle third goes to "
          "{rank.coordinate_pr.final.middle.f1} and the deep third to "
          "{rank.coordinate_pr.final.deep.f1}.",
      .control_facts = {"Keys with permuted columns score "
                        "{rank.coordinate_pr.null.permuted.middle.f1} and "
                        "{rank.coordinate_pr.null.permuted.deep.f1} there, Gaussian keys under the "
                        "same gains {rank.coordinate_pr.null.same_gains.middle.f1} and "
                        "{rank.coordinate_pr.null.same_gains.deep.f1}.",
                        "Isotropic Laplace keys, which fill every direction alike, score "
                        "{rank.coordinate_pr.null.laplace.f1}.",
                        "The same keys turned by a random rotation, which drops no direction, "
                        "score {rank.coordinate_pr.null.rotated.middle.f1} and "
                        "{rank.coordinate_pr.null.rotated.deep.f1}.",
                        "Counted by eigenvalues, which no rotation changes, the centred keys reach "
                        "{rank.pr_eigen.centred.before_rope.ratio_to_gaussian.middle.pct0} and "
                        "{rank.pr_eigen.centred.before_rope.ratio_to_gaussian.deep.pct0} of the "
                        "score of Gaussian keys before RoPE.",
                        "That is {rank.pr_eigen.centred.before_rope.ratio_to_permuted.middle.pct0} "
                        "and {rank.pr_eigen.centred.before_rope.ratio_to_permuted.deep.pct0} of "
                        "the score of the permuted ones."},
      .without_control = "",
      .brought_by = "it comes from stage measure-rank",
      .rule_of =
          [](const Numbers& n) {
            const std::string pr = "rank.coordinate_pr.";
            const double quarter = value_of(n, "model.d_k") / 4;
            const double start = value_of(n, pr + "initial");
            const auto thirds_below = [&](const std::string& which, double limit,
                                          const std::string& words) {
              return both(below(n, pr + which + ".middle", limit, ""),
                          below(n, pr + which + ".deep", limit, ""), words);
            };
            return judge(
                {below(n, pr + "final.middle", quarter,
                       "middle third under a quarter of the width"),
                 below(n, pr + "final.deep", quarter, "deep third under a quarter of the width"),
                 thirds_below("final", start, "a fall in both thirds")},
                {thirds_below("null.permuted", quarter, "keys with permuted columns"),
                 thirds_below("null.same_gains", quarter, "Gaussian keys under the same gains"),
                 below(n, pr + "null.laplace", quarter, "isotropic Laplace keys")});
          },
      .p_is = "both thirds under a quarter of the width",
      .p_of =
          [](const Numbers& n) {
            const double quarter = value_of(n, "model.d_k") / 4;
            return p_of_all({p_below(n, "rank.coordinate_pr.final.middle", quarter),
                             p_below(n, "rank.coordinate_pr.final.deep", quarter)});
          },
  };
}

/// "removable fraction >= 0.8": the largest share that surgery removes at under 1 % of the
/// attention benefit. The control is the same share cut in random order. The share has no interval,
/// but it reaches 0.8 just where every cut up to 80 % stays under 1 %, and those have.
Claim a3() {
  return {
      .id = "A3",
      .title = "82 % of key compute is ghost",
      .claim = "About 82 % of the key computation in deep layers is idle (\"ghost compute\").",
      .rule =
          "surgery removes at least 0.8 of the dimensions at under 1 % of the attention benefit",
      .original = "{original.ghost.fraction.pct0}",
      .ours = "ghost.fraction.deep.pct0",
      .ours_is = "1 less PR/width, deep third",
      .control = "ghost.fraction_vs_null.deep.pct0",
      .control_is = "1 less PR/Gaussian PR",
      .facts =
          "One minus participation ratio over width calls {ghost.fraction.deep.pct0} of a deep "
          "key ghost, and {ghost.fraction.gaussian.pct0} of a Gaussian one; surgery removes "
          "{ablate.removable_fraction.low_gain.pct0} before the loss notices.",
      .control_facts = {"Measured from the Gaussian score instead of from the width, "
                        "{ghost.fraction_vs_null.deep.pct0} is missing.",
                        "In random order surgery removes "
                        "{ablate.removable_fraction.random.pct0}."},
      .without_control = "",
      .brought_by = "it comes from stages measure-rank and ablate",
      .positive = {"ablate.attention_benefit"},
      .rule_of =
          [](const Numbers& n) {
            const auto removable = [&](const std::string& order, const std::string& words) {
              const auto found = n.find("ablate.removable_fraction." + order);
              return Clause{words, found != n.end() && found->second.value >= 0.8};
            };
            return judge({removable("low_gain", "a removable share of 0.8")},
                         {removable("random", "removal in random order")});
          },
      .p_is = "every cut up to 80 % under 1 % of the benefit",
      .p_of =
          [](const Numbers& n) {
            std::vector<Probability> cuts;
            for (const auto* percent : {"20", "40", "50", "60", "80"})
              cuts.push_back(
                  p_below(n, std::string("ablate.low_gain.") + percent + ".share", 0.01));
            return p_of_all(cuts);
          },
  };
}

/// Largest gain of layer L/2 (or of its null, ".null") over twice the smallest.
Clause twofold(const Numbers& n, const std::string& null, const std::string& words) {
  const auto least = n.find("gains.min" + null + ".layer_mid");
  const auto most = n.find("gains.max" + null + ".layer_mid");
  if (least == n.end() || most == n.end()) return {words, false};
  return {words, least->second.value <= 0 || most->second.value > 2 * least->second.value};
}

/// "cv > 0.15 and max/min > 2", of the gains of layer L/2; a gain at or below zero makes the ratio
/// unbounded. The independent draws are normal with the gains' own mean and spread, so that they
/// share the coefficient of variation by construction: they explain the claim where their extremes
/// pass the rule too and at least as many of them stand out.
Claim a4() {
  return {
      .id = "A4",
      .title = "few indices survive",
      .claim = "A few indices survive with high gain while the rest fade.",
      .rule = "coefficient of variation over 0.15 and largest over smallest gain above 2",
      .original = "{original.gains.min.f2} to {original.gains.max.f1}",
      .ours = "gains.cv.layer_mid.f2",
      .ours_is = "spread of gains",
      .control = "gains.frozen.cv.layer_mid.f2",
      .control_is = "arm frozen",
      .facts =
          "In the middle layer the gains run from {gains.min.layer_mid.f2} to "
          "{gains.max.layer_mid.f2} with a coefficient of variation of "
          "{gains.cv.layer_mid.f2}; {gains.survivors.layer_mid.f0} of {model.d_k.f0} exceed "
          "1.25 times the median.",
      .control_facts = {"As many normal draws of that mean and spread run from "
                        "{gains.min.null.layer_mid.f2} to {gains.max.null.layer_mid.f2}, and "
                        "{gains.survivors.null.layer_mid.f1} of them exceed that mark.",
                        "In arm frozen the coefficient is {gains.frozen.cv.layer_mid.f2}."},
      .without_control = "",
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            const double survivors = value_of(n, "gains.survivors.layer_mid");
            const auto as_many = n.find("gains.survivors.null.layer_mid");
            const Clause stand_out{"", as_many != n.end() && as_many->second.value >= survivors};
            return judge(
                {above(n, "gains.cv.layer_mid", 0.15, "a spread over 0.15"),
                 twofold(n, "", "largest gain over twice the smallest")},
                {both(twofold(n, ".null", ""), stand_out, "normal draws of the same spread"),
                 above(n, "gains.frozen.cv.layer_mid", 0.15, "frozen gains")});
          },
      .p_is = "spread over 0.15 and ratio over 2",
      .p_of =
          [](const Numbers& n) {
            return p_of_all(
                {p_above(n, "gains.cv.layer_mid", 0.15), p_above(n, "gains.ratio.layer_mid", 2)});
          },
  };
}

/// "< 0.5" of training. The control is another seed: a pattern on which two seeds agree as well as
/// a run agrees with its own end (Spearman 0.9) was not drawn in a lottery but built in.
Claim a5() {
  return {
      .id = "A5",
      .title = "the pattern locks in early",
      .claim = "The surviving indices are settled early in training, as in a lottery ticket.",
      .rule =
          "Spearman correlation with the final gains stays over 0.9 from before 0.5 of training",
      .original = "about {original.gains.lock_in.step_fraction.pct0} of training",
      .ours = "gains.lock_in.step_fraction.pct0",
      .ours_is = "of training",
      .control = "gains.seeds_spearman.f2",
      .control_is = "Spearman, two seeds",
      .facts =
          "The gains keep to their final order from {gains.lock_in.step_fraction.pct0} of "
          "training on.",
      .control_facts = {"The final gains of two seeds correlate at {gains.seeds_spearman.f2}."},
      .without_control =
          "Whether another seed would pick the same indices takes two seeds to tell "
          "(make report SEEDS=\"0 1\").",
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            return judge(
                {below(n, "gains.lock_in.step_fraction", 0.5, "settled before half of training")},
                {above(n, "gains.seeds_spearman", 0.9, "the gains of another seed")});
          },
      .p_is = "settled before half of training",
      .p_of = [](const Numbers& n) { return p_below(n, "gains.lock_in.step_fraction", 0.5); },
  };
}

}  // namespace

std::vector<Claim> dimension_claims() { return {a1(), a2(), a3(), a4(), a5()}; }

}  // namespace rc
