// B4 to B7: do layers share their dimensions, and what would it buy?
#include "paper/verdict/claims.h"

namespace rc {
namespace {

/// Gains are all positive, so that any two vectors of them point much the same way: the raw cosine
/// says nothing, and the correlation of centred gains decides. The original's figure is of a
/// copying model; there the cosine is looked at beside that of shuffled dimensions.
Claim b4() {
  return {
      .id = "B4",
      .title = "layers share one gain pattern",
      .claim = "The gain vectors of the inner layers agree, with cosines over 0.99.",
      .rule =
          "centred correlation above the 99 % quantile of its null, and over 0.5; explained by "
          "control if it is not and the copying model's raw cosine is over 0.99 and within 0.003 "
          "of that of shuffled dimensions",
      .original = "{original.correlate.cosine.lowest.f3} to {original.correlate.cosine.highest.f3}",
      .ours = {"correlate.pearson.mean.f3"},
      .ours_is = "centred correlation",
      .control = {"correlate.copy.cosine.mean.f3"},
      .control_is = "raw cosine, arm copy",
      .facts = {"Centred gains correlate at {correlate.pearson.mean.f3}; 99 of 100 shuffles stay "
                "under {correlate.pearson.null_99.f3}.",
                "In the copying model the raw cosine is {correlate.copy.cosine.mean.f3}, with "
                "dimensions shuffled {correlate.copy.cosine.null_mean.f3}.",
                "With the rotary frequencies in another order in each layer gains correlate at "
                "{correlate.rope_shuffled.pearson.mean.f3} by index and at "
                "{correlate.rope_shuffled.by_frequency.mean.f3} by frequency."},
      .arms = {"copy", "rope_shuffled"},
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            const auto of = [&](const std::string& what) {
              return quantity(n, "correlate." + what);
            };
            auto beyond = above(of("pearson.mean") - of("pearson.null_99"), 0,
                                "a centred correlation above its null");
            beyond.p = p_of_permutation(n, "correlate.pearson.p");
            const auto ruling = judge({beyond, above(of("pearson.mean"), 0.5, "one over 0.5")});
            if (ruling.verdict == Verdict::kReproduced || !ruling.missing.empty()) return ruling;
            return unless_explained(
                both(above(of("copy.cosine.mean"), 0.99, ""),
                     within(of("copy.cosine.mean") - of("copy.cosine.null_mean"), 0.003, ""),
                     "the copying model, whose cosine shuffled dimensions reach too"),
                ruling);
          },
  };
}

/// By chance two layers share 8 * 8 / d_k (hypergeometric). The p is one against 4, not against
/// chance.
Claim b5() {
  return {
      .id = "B5",
      .title = "a sink index stays a sink",
      .claim = "A dimension that stands out in one layer stands out at every depth.",
      .rule =
          "the eight largest gains of two layers share more than 4 indices on average; explained "
          "by control if chance gives as many",
      .original = "asserted, not measured",
      .ours = {"correlate.top8.overlap.f2"},
      .ours_is = "of 8 shared",
      .control = {"correlate.top8.null.f2"},
      .control_is = "by chance",
      .facts = {"Two layers share {correlate.top8.overlap.f2} of their eight largest gains on "
                "average; chance gives {correlate.top8.null.f2}."},
      .brought_by = "it comes from stage correlate",
      .rule_of =
          [](const Numbers& n) {
            return judge(
                {above(quantity(n, "correlate.top8.overlap"), 4, "more than 4 of 8 shared")},
                {above(quantity(n, "correlate.top8.null"), 4, "chance")});
          },
  };
}

Claim b6() {
  return {
      .id = "B6",
      .title = "60 % skipped doubles speed",
      .claim = "Skipping 60 % of the key dimensions could double inference speed.",
      .rule =
          "measured end-to-end speed-up over 1.8, in prefill and in decode, for this model's "
          "shape and for the original's",
      .original = "factor {original.speedup.60.f0}, not measured",
      .ours = {"inference.decode.speedup.60.f2"},
      .ours_is = "whole model, decode",
      .control = {"inference.decode.limit.f2"},
      .control_is = "key width 2",
      .facts =
          {"With 60 % of the key width gone, a whole model runs "
           "{inference.prefill.speedup.60.f2} times as fast in prefill and "
           "{inference.decode.speedup.60.f2} times in decode.",
           "In the original's shape it is {inference.original.prefill.speedup.60.f2} and "
           "{inference.original.decode.speedup.60.f2}.",
           "Keys of width 2 give {inference.prefill.limit.f2} and {inference.decode.limit.f2}, "
           "in the original's shape {inference.original.prefill.limit.f2} and "
           "{inference.original.decode.limit.f2}."},
      .brought_by = "it comes from stage time-kernels",
      .trained = false,
      .rule_of =
          [](const Numbers& n) {
            const auto fast = [&](const std::string& which, const std::string& words) {
              return above(quantity(n, "inference." + which + ".speedup.60"), 1.8, words);
            };
            return judge({fast("prefill", "over 1.8 in prefill"),
                          fast("decode", "over 1.8 in decode"),
                          fast("original.prefill", "over 1.8 in the original's prefill"),
                          fast("original.decode", "over 1.8 in the original's decode")});
          },
  };
}

Claim b7() {
  return {
      .id = "B7",
      .title = "12 live dimensions suffice",
      .claim = "It is enough to train the 12 live dimensions.",
      .rule =
          "upper end of the interval of the loss difference under 0.02 nats; explained by "
          "control if twelve random dimensions do as well",
      .original = "proposed, not measured",
      .ours = {"loss_difference.virtual12.s3"},
      .ours_is = "nats, virtual12",
      .control = {"loss_difference.virtual12_random.s3"},
      .control_is = "nats, 12 at random",
      .facts = {"Updating only the 12 dimensions of highest gain ends "
                "{loss_difference.virtual12.withs3} nats/token above updating all.",
                "Updating 12 random ones ends {loss_difference.virtual12_random.withs3} above.",
                "Updating the 12 that end highest when all are trained ends "
                "{loss_difference.virtual12_oracle.withs3} above."},
      .arms = {"virtual12", "virtual12_random", "virtual12_oracle"},
      .brought_by = "it takes two validation sequences or more",
      .sequences = "sequences.loss",
      .rule_of =
          [](const Numbers& n) {
            return judge({surely_below(n, "loss_difference.virtual12", 0.02,
                                       "an interval that ends under 0.02 nats")},
                         {surely_below(n, "loss_difference.virtual12_random", 0.02,
                                       "12 random dimensions, which do as well")});
          },
  };
}

}  // namespace

std::vector<Claim> layer_claims() { return {b4(), b5(), b6(), b7()}; }

}  // namespace rc
