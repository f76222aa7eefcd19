#include "bench/growth/shape.h"

#include <fmt/format.h>

namespace rc {
namespace {

constexpr long kHeadWidth = 32;

}  // namespace

GrowthShape Quantity::at(int point) const {
  GrowthShape shape = first;
  for (const auto field : fields) shape.*field <<= point;
  return shape;
}

std::string Quantity::range() const {
  return fmt::format("{} to {}", value(0), value(kGrowthPoints - 1));
}

std::vector<Quantity> quantities() {
  using S = GrowthShape;
  // Wide, so that gradients and embeddings are more than what libraries hold.
  S whole_batch{.d_model = 256, .steps = 8, .microbatches = 1};
  S few_pieces{.d_model = 128, .vocabulary = 512, .steps = 8, .microbatches = 8};
  return {{"tokens", {&S::steps, &S::cut_sequences, &S::seen_sequences}},
          {"width", {&S::d_model}},
          {"layers", {&S::layers}},
          {"context", {&S::context}},
          {"microbatches", {&S::microbatches}, whole_batch, true},
          {"vocabulary", {&S::vocabulary}, few_pieces, true}};
}

// Every point of a curve of the surgery is taken over all sequences, and few orders and points are:
// what is measured here is how they grow.
std::string settings_text(const GrowthShape& s) {
  return fmt::format(
      "tokens.vocabulary={} tokens.validation_percent=10 tokens.validation_blocks=4 "
      "model.layers={} model.d_model={} "
      "model.heads={} model.d_k={} model.d_ff={} model.context={} train.steps={} train.batch={} "
      "train.microbatches={} "
      "train.checkpoints=12 train.validation_sequences=2 train.curve_sequences=2 "
      "ablate.sequences={} "
      "ablate.curve_sequences=65536 ablate.random_draws=2 ablate.step_percent=50 "
      "snapshot.sequences={}",
      s.vocabulary, s.layers, s.d_model, s.d_model / kHeadWidth, kHeadWidth, 4 * s.d_model,
      s.context, s.steps, s.batch, s.microbatches, s.cut_sequences, s.seen_sequences);
}

ModelConfig model_of(const GrowthShape& s) {
  ModelConfig m;
  m.layers = s.layers;
  m.d_model = s.d_model;
  m.heads = s.d_model / kHeadWidth;
  m.kv_heads = 1;
  m.d_k = m.d_v = kHeadWidth;
  m.d_ff = 4 * s.d_model;
  m.context = s.context;
  m.vocabulary = s.vocabulary;
  return m;
}

}  // namespace rc
