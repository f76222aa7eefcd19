// C2 to C6: our hypotheses on where idle dimensions come from, and what a better basis or another
// scale makes of them.
#include <fmt/format.h>

#include "paper/verdict/claims.h"

namespace rc {
namespace {

Claim c2() {
  return {
      .id = "C2",
      .title = "dark rows are weight decay",
      .claim = "(Ours) Gains go dark because weight decay shrinks what nothing needs.",
      .rule =
          "more than half of the fading (1 less the smallest gain) goes when the gains' weight "
          "decay goes, median over layers",
      .original = "darkest gain {original.gains.min.f2}, weight decay on",
      .ours = {"gains.decay_share.pct0"},
      .ours_is = "of the fading is decay",
      .control = {"train.gain_decay_line.f3"},
      .control_is = "a gain that only decays",
      .facts = {"Without weight decay {gains.decay_share.pct0} of the fading is gone.",
                "A gain that only decays would end at {train.gain_decay_line.f3}; the smallest of "
                "the middle layer ends at {gains.min.layer_mid.f3}, without decay at "
                "{gains.no_decay.min.layer_mid.f3}."},
      .arms = {"no_decay"},
      .brought_by = "no layer's smallest gain fell below 1",
      .rule_of = [](const Numbers& n) -> Ruling {
        if (const auto arm = quantity(n, "loss.no_decay"); arm.missing)
          return {.missing = *arm.missing};
        return judge({above(quantity(n, "gains.decay_share"), 0.5,
                            "more than half of the fading gone without decay")});
      },
  };
}

/// A correlation weaker than this counts as none.
constexpr double kNoCorrelation = 0.1;

Claim c3() {
  return {
      .id = "C3",
      .title = "gain stands for frequency",
      .claim =
          "(Ours) Rotary pairs whose wavelength exceeds the context tell no position, and their "
          "gains fade.",
      .rule =
          "at 50 % cutting the slowest pairs first costs at most twice what lowest gain first "
          "costs; and gains fall with wavelength (Spearman under \u22120.1), but no longer with "
          "rotary base 40, where no wavelength exceeds the context",
      .original = "not considered",
      .ours = {"ablate.slowest.50.s4"},
      .ours_is = "nats, slowest pairs first",
      .control = {"ablate.low_gain.50.s4"},
      .control_is = "nats, lowest gain first",
      .facts =
          {"Cutting half of the dimensions costs {ablate.slowest.50.s4} nats/token slowest pairs "
           "first and {ablate.low_gain.50.s4} lowest gain first.",
           "A pair's gain correlates with its wavelength at {gains.spearman_with_wavelength.f2}, "
           "with rotary base 40 at {gains.rope40.spearman_with_wavelength.f2}."},
      .arms = {"rope40"},
      .brought_by = "it comes from stages ablate and correlate",
      .sequences = "sequences.ablate",
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            const Quantity slowest = quantity(n, "ablate.slowest.50");
            const auto cheap =
                either(at_most(slowest - 2 * quantity(n, "ablate.low_gain.50"), 0, ""),
                       at_most(slowest, 0, ""), "slowest pairs first at most twice as dear");
            const std::string spearman = "gains.spearman_with_wavelength";
            return judge(
                {cheap,
                 both(below(quantity(n, spearman), -kNoCorrelation, ""),
                      above(quantity(n, name_of_arm(spearman, "rope40")), -kNoCorrelation, ""),
                      "gains that fall with wavelength only where it exceeds the context")});
          },
  };
}

/// Cached floats are compared, of which low rank and whole pairs both keep 26 of 64 at 60 %. The
/// hypothesis is that some basis does it.
Claim c4() {
  return {
      .id = "C4",
      .title = "in the right basis more can go",
      .claim = "(Ours) In the right basis far more of the keys can go than by cutting dimensions.",
      .rule =
          "at equal cached floats (60 % gone) one of the low-rank bases costs less than half of "
          "what whole rotary pairs cost",
      .original = "not tried",
      .ours = {"lowrank.kq_svd.60.s4"},
      .ours_is = "nats, KQ-SVD",
      .control = {"lowrank.pair.60.s4"},
      .control_is = "nats, whole pairs",
      .facts = {"With 60 % of the cached floats gone, whole rotary pairs cost {lowrank.pair.60.s4} "
                "nats/token, single dimensions, which a cache before RoPE could leave out as well, "
                "{ablate.low_gain.60.s4}.",
                "Low rank costs {lowrank.pca.60.s4} by PCA, {lowrank.within_pairs.60.s4} within "
                "rotary pairs and {lowrank.kq_svd.60.s4} by KQ-SVD.",
                "PCA and KQ-SVD restore every cached key at each use, "
                "{lowrank.kq_svd.restore_operations.f0} "
                "multiply-adds a key head; the others nothing."},
      .brought_by = "it comes from stage low-rank",
      .sequences = "sequences.lowrank",
      .positive = {"lowrank.pair.60"},
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            const auto cheap = [&](const std::string& basis) {
              return below(quantity(n, fmt::format("lowrank.{}.60", basis)) -
                               0.5 * quantity(n, "lowrank.pair.60"),
                           0, "");
            };
            return judge({either({cheap("pca"), cheap("within_pairs"), cheap("kq_svd")},
                                 "a basis at under half the price of whole pairs")});
          },
  };
}

/// Of that arm's benefit (none: the main one's).
Quantity removable(const Numbers& n, const std::string& arm) {
  const auto name = fmt::format("ablate.removable_fraction{}.low_gain", yardstick(n).mark);
  return quantity(n, arm.empty() ? name : name_of_arm(name, arm));
}

Claim c5() {
  return {
      .id = "C5",
      .title = "waste does not depend on width",
      .claim = "(Ours) Keys of 64, 32 and 16 dimensions waste the same share of them.",
      .rule = "shares removable by lowest gain at 1 % of the benefit within 0.1 of each other",
      .original = "not considered",
      .ours = {"ablate.removable_fraction_learned.low_gain.pct0",
               "ablate.removable_fraction.low_gain.pct0"},
      .ours_is = "removable, full width",
      .control = {"ablate.thin16.removable_fraction_learned.low_gain.pct0",
                  "ablate.thin16.removable_fraction.low_gain.pct0"},
      .control_is = "removable, thin16",
      .facts = {"At 1 % of the uniform benefit {ablate.removable_fraction.low_gain.pct0} can go at "
                "full width, {ablate.thin32.removable_fraction.low_gain.pct0} of 32 dimensions and "
                "{ablate.thin16.removable_fraction.low_gain.pct0} of 16.",
                "At 1 % of the learned benefit it is "
                "{ablate.removable_fraction_learned.low_gain.pct0}, "
                "{ablate.thin32.removable_fraction_learned.low_gain.pct0} and "
                "{ablate.thin16.removable_fraction_learned.low_gain.pct0}."},
      .arms = {"thin32", "thin16"},
      .brought_by = "it comes from stage ablate",
      .sequences = "sequences.ablate",
      .shares = true,
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            const auto near = [&](const std::string& a, const std::string& b) {
              return within(removable(n, a) - removable(n, b), 0.1, "");
            };
            return judge({both({near("", "thin32"), near("", "thin16"), near("thin32", "thin16")},
                               "shares within 0.1 of each other")});
          },
  };
}

Claim c6() {
  return {
      .id = "C6",
      .title = "what scale does",
      .claim = "(Ours) How idle dimensions change with tokens and with width.",
      .rule = "none; a trend is told, without a verdict",
      .original = "not considered",
      .ours = {"ablate.tokens16.removable_fraction.low_gain.pct0"},
      .ours_is = "removable, 16 times the tokens",
      .control = {"ablate.removable_fraction.low_gain.pct0"},
      .control_is = "removable, one time",
      .facts =
          {"With 1, 4 and 16 times the tokens {ablate.removable_fraction.low_gain.pct0}, "
           "{ablate.tokens4.removable_fraction.low_gain.pct0} and "
           "{ablate.tokens16.removable_fraction.low_gain.pct0} of the dimensions can go.",
           "At widths 64, 128 and 256 it is {ablate.width64.removable_fraction.low_gain.pct0}, "
           "{ablate.removable_fraction.low_gain.pct0} and "
           "{ablate.width256.removable_fraction.low_gain.pct0}.",
           "With 16 times the tokens the uniform benefit goes from "
           "{ablate.attention_benefit.withf3} to {ablate.tokens16.attention_benefit.withf3} "
           "nats/token, on repeated random tokens from {induction.attention_benefit.withf3} to "
           "{induction.tokens16.attention_benefit.withf3}."},
      .brought_by = "run make report PROFILE=ladder",
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            return context(quantity(n, "ablate.tokens16.removable_fraction.low_gain"));
          },
  };
}

}  // namespace

std::vector<Claim> cause_claims() { return {c2(), c3(), c4(), c5(), c6()}; }

}  // namespace rc
