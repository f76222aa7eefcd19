#include "stages/audit_model/key_record.h"

#include <algorithm>
#include <cmath>

#include "model/foreign/audited_model.h"
#include "model/random_keys.h"
#include "model/snapshot_tensors.h"

namespace rc {
namespace {

/// Heads tell as much of a projection as draws do: a model with many needs one draw.
long projections(long kv_heads) { return (kRandomProjections + kv_heads - 1) / kv_heads; }

}  // namespace

long record_sequences(const ForeignConfig& config, long context, long wanted) {
  const auto more = projections(config.kv_heads) * config.kv_heads;
  const long fit = sequences_within(key_shape(config, context), 1e9, more);
  return std::min(wanted, std::max(2L, fit));
}

NamedTensors key_record(const ForeignModel& model, const SavedModel& saved,
                        const torch::Tensor& ids, const std::function<void(long)>& done) {
  const auto& c = model.config();
  const double query_factor = c.logit_scale * std::sqrt(static_cast<double>(c.d_k));
  NamedTensors all;
  std::vector<torch::Tensor> angles;
  auto x = model.embed(ids);
  for (long l = 0; l < model.layers(); ++l) {
    Taps taps;
    x = model.through(l, l + 1, x, {}, &taps);
    put_layer(all, "q", l, taps.q.front() * query_factor);
    put_layer(all, "k", l, taps.k.front());
    put_layer(all, "k_random", l,
              random_keys(taps.stream.front(), {.seed = 0,
                                                .layer = l,
                                                .heads = c.kv_heads,
                                                .d_k = c.d_k,
                                                .qk_norm = saved.config.qk_norm,
                                                .count = projections(c.kv_heads)}));
    angles.push_back(rotary_angles(c.layers[static_cast<std::size_t>(l)].rotary, c.d_k));
    done(l + 1);
  }
  put_gains(all, saved.weights);
  all["rope_angles"] = torch::stack(angles);
  return all;
}

}  // namespace rc
