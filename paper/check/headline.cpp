// The numbers a new profile is watched by. Tolerances allow for what differs between two machines
// that run the same commit; a file of expected numbers may narrow or widen them. They are about ten
// times what separated laptop runs on an AVX2 and on an AVX-512 machine (loss 3.217 and 3.218, cut
// of 60 % 3.79 and 3.80 % of the benefit, participation ratio 13.34 and 13.30). Claim A9's trend
// over ten deciles is not among them: one pair of deciles that changes places moves it.
#include <limits>

#include "paper/check/check.h"

namespace rc {
namespace {

/// No run has told it yet.
constexpr double kUnseen = std::numeric_limits<double>::quiet_NaN();

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
      {"loss.learned", kUnseen, 0.02, 0, kTraining},
      {"floor.bigram", kUnseen, 0.001, 0, kNull},
      {"benefit.learned", kUnseen, 0.05, 0, kPaired, "no_attention"},
      {"rank.coordinate_pr.null.gaussian", kUnseen, 0.02, 0, kNull},
      {"rank.coordinate_pr.initial", kUnseen, 0.1, 0, kTraining},
      {"rank.coordinate_pr.final.middle", kUnseen, 0.4, 0, kTraining},
      {"rank.coordinate_pr.final.deep", kUnseen, 0.4, 0, kTraining},
      {"rank.frozen.coordinate_pr.final.deep", kUnseen, 0.4, 0, kTraining},
      {"rank.pr_eigen.centred.before_rope.final.deep", kUnseen, 0, 0.05, kTraining},
      {"rank.pr_eigen.centred.before_rope.random_projection.deep", kUnseen, 0, 0.05, kTraining},
      {"ghost.removable.deep.best", kUnseen, 0.1, 0, kRatio},
      {"gains.cv.layer_mid", kUnseen, 0.01, 0, kTraining},
      {"gains.skewness.layer_mid", kUnseen, 0.2, 0, kTraining},
      {"gains.fading.median", kUnseen, 0.02, 0, kTraining},
      {"gains.decay_share", kUnseen, 0.1, 0, kPaired, "no_decay"},
      {"gains.spearman_with_wavelength", kUnseen, 0.1, 0, kTraining},
      {"entropy.final.middle", kUnseen, 0.01, 0, kTraining},
      {"entropy.spearman_with_pr.final", kUnseen, 0.1, 0, kTraining},
      {"ablate.attention_benefit", kUnseen, 0.02, 0.02, kTraining},
      {"ablate.low_gain.50.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.low_gain.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.low_gain.80.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.random.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.product.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.think.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.pair.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.slowest.50.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.global.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"ablate.low_gain_mean.60.share", kUnseen, 0.01, 0.1, kRatio},
      {"delete.rows.60", kUnseen, 0.02, 0.1, kRatio},
      {"delete.pairs.60", kUnseen, 0.02, 0.1, kRatio},
      {"delete.cached.60", kUnseen, 0.02, 0.1, kRatio},
      {"lowrank.pca.60", kUnseen, 0.02, 0.1, kRatio},
      {"lowrank.within_pairs.60", kUnseen, 0.02, 0.1, kRatio},
      {"lowrank.kq_svd.60", kUnseen, 0.02, 0.1, kRatio},
      {"heal.healed", kUnseen, 0.02, 0, kPaired},
      {"position.last.attention_benefit", kUnseen, 0.03, 0.05, kTraining},
      {"induction.attention_benefit", kUnseen, 0.05, 0.5, kTraining},
      {"ablate.copy.attention_benefit", kUnseen, 0.02, 0.5, kTraining},
      {"loss.copy", kUnseen, 0.02, 0, kTraining},
      {"loss_difference.frozen", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.none", kUnseen, 0.1, 0, kPaired},
      {"loss_difference.no_decay", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.thin32", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.thin16", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.grouped40", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.virtual12", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.virtual12_random", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.virtual12_oracle", kUnseen, 0.05, 0, kPaired},
      {"loss_difference.rope40", kUnseen, 0.05, 0, kPaired},
      {"correlate.rope_shuffled.by_frequency.mean", kUnseen, 0.15, 0, kTraining},
      {"correlate.copy.cosine.mean", kUnseen, 0.003, 0, kTraining},
      {"correlate.pearson.mean", kUnseen, 0.02, 0, kTraining},
      {"correlate.top8.overlap", kUnseen, 0.3, 0, kTraining},
      {"kernels.decode.speedup.60", kUnseen, 0, 0.5, kClock},
      {"inference.decode.speedup.60", kUnseen, 0, 0.5, kClock},
      {"amdahl.highest.60", kUnseen, 0, 1e-6, kNull},
  };
}

}  // namespace rc
