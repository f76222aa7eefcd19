#include "bench/growth/theory.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "bench/amdahl.h"

namespace rc {
namespace {

double real(long x) { return static_cast<double>(x); }

/// A forward pass over so many sequences, with the logits of every token.
double forward(const GrowthShape& s, long sequences) {
  const auto cost = flops(model_of(s), {Phase::kPrefill, sequences, s.context});
  return cost.total() + cost.output * real(s.context - 1);
}

/// Of one matrix, as model/optimizers.cpp makes it orthogonal.
double newton_schulz(long rows, long columns) {
  const double a = real(std::min(rows, columns)), b = real(std::max(rows, columns));
  return 5 * (4 * a * a * b + 2 * a * a * a);
}

double muon(const ModelConfig& m) {
  return real(m.layers) *
         (newton_schulz(m.q_rows() + m.k_rows() + m.v_rows() + m.d_model, m.d_model) +
          2 * newton_schulz(m.d_ff, m.d_model));
}

double train_bytes(const GrowthShape& s, const ModelConfig& m) {
  const double at_work = std::min(1.0, 2.0 / real(s.microbatches));
  return 4 * real(m.parameters()) * real(3 + std::min(2L, s.microbatches)) +
         4 * at_work * real(s.tokens_a_step() * (16 * s.layers * s.d_model + 2 * s.vocabulary));
}

double ablate_bytes(const GrowthShape& s, const ModelConfig& m) {
  return 8 * real(m.parameters()) + 4 * real(s.cut_sequences * s.context * s.d_model) +
         4 * real(std::min(8L, s.cut_sequences) * s.context * s.vocabulary);
}

double rank_bytes(const GrowthShape& s, const ModelConfig& m) {
  const double floats = real(s.seen_sequences * s.context * m.d_k);
  return 8 * real(s.layers * (2 + m.heads)) * floats + 96 * floats;
}

double rank_operations(const GrowthShape& s, const ModelConfig& m) {
  const double tokens = real(s.seen_sequences * s.context), k = real(m.d_k);
  return real(s.layers) *
         (tokens * (26 * k * k + 12 * k) + 2 * real(m.heads * s.context) * tokens * (k + 5));
}

[[noreturn]] void unknown(std::string_view stage) {
  throw std::invalid_argument("no theory of stage " + std::string(stage));
}

}  // namespace

double counted_operations(std::string_view stage, const GrowthShape& s) {
  const auto m = model_of(s);
  if (stage == "train") return real(s.steps) * (3 * forward(s, s.batch) + muon(m));
  if (stage == "ablate") return forward(s, s.cut_sequences);
  if (stage == "measure-rank") return rank_operations(s, m);
  unknown(stage);
}

double counted_bytes(std::string_view stage, const GrowthShape& s) {
  const auto m = model_of(s);
  if (stage == "train") return train_bytes(s, m);
  if (stage == "ablate") return ablate_bytes(s, m);
  if (stage == "measure-rank") return rank_bytes(s, m);
  unknown(stage);
}

}  // namespace rc
