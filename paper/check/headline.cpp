// The numbers a new profile is watched by. Tolerances allow for what differs between two machines
// that run the same commit; a file of expected numbers may narrow or widen them. They are about ten
// times what separated laptop runs on an AVX2 and on an AVX-512 machine (loss 3.217 and 3.218, cut
// of 60 % 3.79 and 3.80 % of the benefit, participation ratio 13.34 and 13.30). Claim A9's trend
// over ten deciles is not among them: one pair of deciles that changes places moves it.
#include "paper/check/check.h"

namespace rc {
namespace {

constexpr const char* kTraining =
    "processors and BLAS libraries round otherwise, and training amplifies it";
constexpr const char* kNull = "random draws with a fixed seed; only rounding differs";
constexpr const char* kRatio =
    "a share of a small number of trained weights moves with training noise";
constexpr const char* kPaired =
    "two trainings, each with its own rounding; their difference moves with both";
constexpr const char* kClock = "processors differ; only a broken kernel falls out of this";

}  // namespace

std::vector<Expectation> headline_numbers() {
  return {
      {"loss.learned", 0, 0.02, 0, kTraining},
      {"floor.bigram", 0, 0.001, 0, kNull},
      {"benefit.learned", 0, 0.05, 0, kPaired, "no_attention"},
      {"rank.coordinate_pr.null.gaussian", 0, 0.02, 0, kNull},
      {"rank.coordinate_pr.initial", 0, 0.1, 0, kTraining},
      {"rank.coordinate_pr.final.middle", 0, 0.4, 0, kTraining},
      {"rank.coordinate_pr.final.deep", 0, 0.4, 0, kTraining},
      {"rank.frozen.coordinate_pr.final.deep", 0, 0.4, 0, kTraining},
      {"rank.pr_eigen.centred.before_rope.final.deep", 0, 0, 0.05, kTraining},
      {"rank.pr_eigen.centred.before_rope.random_projection.deep", 0, 0, 0.05, kTraining},
      {"ghost.removable.deep.best", 0, 0.1, 0, kRatio},
      {"gains.cv.layer_mid", 0, 0.01, 0, kTraining},
      {"gains.skewness.layer_mid", 0, 0.2, 0, kTraining},
      {"gains.fading.median", 0, 0.02, 0, kTraining},
      {"gains.decay_share", 0, 0.1, 0, kPaired, "no_decay"},
      {"gains.spearman_with_wavelength", 0, 0.1, 0, kTraining},
      {"entropy.final.middle", 0, 0.01, 0, kTraining},
      {"entropy.spearman_with_pr.final", 0, 0.1, 0, kTraining},
      {"ablate.attention_benefit", 0, 0.02, 0.02, kTraining},
      {"ablate.low_gain.50.share", 0, 0.01, 0.1, kRatio},
      {"ablate.low_gain.60.share", 0, 0.01, 0.1, kRatio},
      {"ablate.low_gain.80.share", 0, 0.01, 0.1, kRatio},
      {"ablate.random.60.share", 0, 0.01, 0.1, kRatio},
      {"ablate.product.60.share", 0, 0.01, 0.1, kRatio},
      {"ablate.think.60.share", 0, 0.01, 0.1, kRatio},
      {"ablate.pair.60.share", 0, 0.01, 0.1, kRatio},
      {"ablate.slowest.50.share", 0, 0.01, 0.1, kRatio},
      {"ablate.global.60.share", 0, 0.01, 0.1, kRatio},
      {"ablate.low_gain_mean.60.share", 0, 0.01, 0.1, kRatio},
      {"delete.rows.60", 0, 0.02, 0.1, kRatio},
      {"delete.pairs.60", 0, 0.02, 0.1, kRatio},
      {"delete.cached.60", 0, 0.02, 0.1, kRatio},
      {"lowrank.pca.60", 0, 0.02, 0.1, kRatio},
      {"lowrank.within_pairs.60", 0, 0.02, 0.1, kRatio},
      {"lowrank.kq_svd.60", 0, 0.02, 0.1, kRatio},
      {"heal.healed", 0, 0.02, 0, kPaired},
      {"position.last.attention_benefit", 0, 0.03, 0.05, kTraining},
      {"induction.attention_benefit", 0, 0.05, 0.5, kTraining},
      {"ablate.copy.attention_benefit", 0, 0.02, 0.5, kTraining},
      {"loss.copy", 0, 0.02, 0, kTraining},
      {"loss_difference.frozen", 0, 0.05, 0, kPaired},
      {"loss_difference.none", 0, 0.1, 0, kPaired},
      {"loss_difference.no_decay", 0, 0.05, 0, kPaired},
      {"loss_difference.thin32", 0, 0.05, 0, kPaired},
      {"loss_difference.thin16", 0, 0.05, 0, kPaired},
      {"loss_difference.grouped40", 0, 0.05, 0, kPaired},
      {"loss_difference.virtual12", 0, 0.05, 0, kPaired},
      {"loss_difference.virtual12_random", 0, 0.05, 0, kPaired},
      {"loss_difference.virtual12_oracle", 0, 0.05, 0, kPaired},
      {"loss_difference.rope500", 0, 0.05, 0, kPaired},
      {"correlate.rope_shuffled.by_frequency.mean", 0, 0.15, 0, kTraining},
      {"correlate.copy.cosine.mean", 0, 0.003, 0, kTraining},
      {"correlate.pearson.mean", 0, 0.02, 0, kTraining},
      {"correlate.top8.overlap", 0, 0.3, 0, kTraining},
      {"kernels.decode.speedup.60", 0, 0, 0.5, kClock},
      {"inference.decode.speedup.60", 0, 0, 0.5, kClock},
      {"amdahl.highest.60", 0, 0, 1e-6, kNull},
  };
}

}  // namespace rc
