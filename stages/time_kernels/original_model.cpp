#include "stages/time_kernels/original_model.h"

namespace rc {

ModelConfig original_model() {
  ModelConfig c;
  c.layers = 22;
  c.d_model = 512;
  c.heads = 8;
  c.kv_heads = 4;
  c.d_k = c.d_v = 64;
  c.d_ff = 2048;
  c.context = 2048;
  c.vocabulary = 49152;
  c.frequencies = {c.d_k, 10000};
  return c;
}

std::vector<Workload> original_workloads(const Settings& settings) {
  return {{Phase::kPrefill, 1, settings.integer("kernels.original_prompt")},
          {Phase::kDecode, settings.integer("kernels.decode_batch"), original_model().context}};
}

Protocol original_protocol() { return {.repetitions = 7, .seconds = 0.3, .model_calls = 1}; }

}  // namespace rc
