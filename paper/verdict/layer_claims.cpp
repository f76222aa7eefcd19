// B4 to B7: do layers share their dimensions, and what would it buy?
#include "paper/verdict/claims.h"

namespace rc {
namespace {

/// "centred Pearson above the 99 % null and mean > 0.5; cosine alone is explained by control":
/// gains are all positive, so any two vectors of them point much the same way. The p is that of the
/// first condition; one seed tells nothing of how the correlation scatters about 0.5.
Claim b4() {
  return {
      .id = "B4",
      .title = "layers share one gain pattern",
      .claim = "The gain vectors of the inner layers agree, with cosines over 0.99.",
      .rule = "centred correlation above the 99 % quantile of its null, and over 0.5",
      .original = "{original.correlate.cosine.lowest.f3} to {original.correlate.cosine.highest.f3}",
      .ours = "correlate.cosine.mean.f3",
      .ours_is = "mean raw cosine",
      .control = "correlate.cosine.null_mean.f3",
      .control_is = "dimensions shuffled",
      .facts =
          "Raw cosines average {correlate.cosine.mean.f3} (least {correlate.cosine.min.f3}); "
          "the correlation of centred gains averages {correlate.pearson.mean.f3}.",
      .control_facts = {"With every layer's dimensions shuffled the cosine is still "
                        "{correlate.cosine.null_mean.f3}, and the correlation stays under "
                        "{correlate.pearson.null_99.f3} in 99 of 100 shuffles.",
                        "Averaged within rotary pairs gains correlate at "
                        "{correlate.pair_level.mean.f3} (p = {correlate.pair_level.p.g2} by "
                        "circular shifts), the signed difference within a pair at "
                        "{correlate.pair_difference.mean.f3} "
                        "(p = {correlate.pair_difference.p.g2}).",
                        "In arm rope_shuffled, where every layer has the RoPE frequencies in an "
                        "order of its own, gains correlate at "
                        "{correlate.rope_shuffled.pearson.mean.f3} by index "
                        "({correlate.rope_shuffled.pair_level.mean.f3} averaged within pairs) and "
                        "at {correlate.rope_shuffled.by_frequency.mean.f3} once pairs stand in the "
                        "order of their frequency."},
      .without_control = "",
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            const std::string pearson = "correlate.pearson.mean";
            const double null = value_of(n, "correlate.pearson.null_99");
            const auto beyond_null = above(n, pearson, null, "a correlation above its null");
            const auto cosine = above(n, "correlate.cosine.mean", 0.99, "a cosine over 0.99");
            const auto cosine_null = above(n, "correlate.cosine.null_mean", 0.99, "shuffled gains");
            if (!beyond_null.holds && cosine.holds && cosine_null.holds)
              return judge({cosine}, {cosine_null});
            return judge({beyond_null, above(n, pearson, 0.5, "a correlation over 0.5")});
          },
      .p_is = "centred correlation above its null (of two conditions)",
      .p_of = [](const Numbers& n) { return p_of_permutation(n, "correlate.pearson.p"); },
  };
}

/// "mean overlap > 4 of 8"; by chance 8 * 8 / d_k (hypergeometric). The permutation p is one
/// against chance, not against 4, and so belongs to the control.
Claim b5() {
  return {
      .id = "B5",
      .title = "a sink index stays a sink",
      .claim = "A dimension that stands out in one layer stands out at every depth.",
      .rule = "the eight largest gains of two layers share more than 4 indices on average",
      .original = "asserted, not measured",
      .ours = "correlate.top8.overlap.f2",
      .ours_is = "of 8 shared",
      .control = "correlate.top8.null.f2",
      .control_is = "by chance",
      .facts =
          "Two layers share {correlate.top8.overlap.f2} of their eight largest gains on "
          "average.",
      .control_facts = {"Chance gives {correlate.top8.null.f2}.",
                        "Shuffled layers share as many with p = {correlate.top8.p.g2}."},
      .without_control = "",
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            return judge({above(n, "correlate.top8.overlap", 4, "more than 4 of 8 shared")},
                         {above(n, "correlate.top8.null", 4, "chance")});
          },
      .p_is = "more than 4 of 8 shared",
      .p_of = [](const Numbers& n) { return p_above(n, "correlate.top8.overlap", 4); },
  };
}

/// "measured end-to-end speed-up > 1.8". Where no model was timed end to end, the caps by FLOPs and
/// by bytes can still settle it: a cap under 1.8 cannot be beaten.
Claim b6() {
  return {
      .id = "B6",
      .title = "60 % skipped doubles speed",
      .claim = "Skipping 60 % of the key dimensions could double inference speed.",
      .rule = "measured end-to-end speed-up over 1.8, in prefill and in decode",
      .original = "factor {original.speedup.60.f0}, not measured",
      .ours = "kernels.decode.speedup.60.f2",
      .ours_is = "attention, decode",
      .control = "amdahl.highest.60.f2",
      .control_is = "cap of a whole model",
      .facts =
          "With 60 % of the width gone, attention runs {kernels.prefill.speedup.60.f2} times "
          "as fast in prefill and {kernels.decode.speedup.60.f2} times in decode.",
      .control_facts = {"Were the skipped work all of the difference, attention would gain "
                        "{kernels.prefill.cap.60.f2} and {kernels.decode.cap.60.f2}, and a whole "
                        "model at most {amdahl.highest.60.f2}, by operations or by bytes.",
                        "Whole models measured {inference.prefill.speedup.60.f2} and "
                        "{inference.decode.speedup.60.f2}."},
      .without_control = "",
      .brought_by = "it comes from stage time-kernels",
      .trained = false,
      .rule_of =
          [](const Numbers& n) {
            const std::string prefill = "inference.prefill.speedup.60";
            const std::string decode = "inference.decode.speedup.60";
            if (n.contains(prefill) && n.contains(decode))
              return judge({above(n, prefill, 1.8, "over 1.8 in prefill"),
                            above(n, decode, 1.8, "over 1.8 in decode")});
            if (below(n, "amdahl.highest.60", 1.8, "").holds)
              return Ruling{Verdict::kNotReproduced,
                            "No whole model was timed, but the cap lies under 1.8 already."};
            return Ruling{Verdict::kNotMeasured,
                          "Attention alone was timed, no whole model (inference.*.speedup.60), and "
                          "the caps do not settle it."};
          },
  };
}

/// "upper end of the interval < 0.02 nats", of the paired difference; the control keeps 12 random
/// dimensions in place of those with the highest gains.
Claim b7() {
  return {
      .id = "B7",
      .title = "12 live dimensions suffice",
      .claim = "It is enough to train the 12 live dimensions.",
      .rule = "upper end of the interval of the loss difference under 0.02 nats",
      .original = "proposed, not measured",
      .ours = "loss_difference.virtual12.s3",
      .ours_is = "nats, virtual12",
      .control = "loss_difference.virtual12_random.s3",
      .control_is = "nats, 12 at random",
      .facts =
          "Updating only the 12 dimensions of highest gain ends "
          "{loss_difference.virtual12.withs3} nats/token above updating all.",
      .control_facts = {"Updating 12 random ones ends {loss_difference.virtual12_random.withs3} "
                        "above."},
      .without_control =
          "The control, arm virtual12_random, is not in this run; make audit adds it.",
      .brought_by = "run make audit, or set ARMS=\"learned virtual12 virtual12_random\"",
      .rule_of =
          [](const Numbers& n) {
            const std::string name = "loss_difference.virtual12";
            return judge({below(n, name, 0.02, "a difference under 0.02 nats"),
                          surely_below(n, name, 0.02, "an interval that ends under 0.02 nats")},
                         {surely_below(n, "loss_difference.virtual12_random", 0.02,
                                       "12 random dimensions")});
          },
      .p_is = "difference under 0.02 nats",
      .p_of = [](const Numbers& n) { return p_below(n, "loss_difference.virtual12", 0.02); },
  };
}

}  // namespace

std::vector<Claim> layer_claims() { return {b4(), b5(), b6(), b7()}; }

}  // namespace rc
