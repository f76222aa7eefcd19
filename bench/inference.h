// Whole models timed end to end: what thinner keys buy where everything else is paid for too.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/amdahl.h"
#include "bench/curves.h"
#include "model/weights.h"

namespace rc {

/// Whether Generator serves such a model on this device.
bool generates(const ModelConfig& config, at::Device device);

/// A percentage that leaves one rotary pair of any key: what no cut of keys can go beyond.
inline constexpr long kAllButOnePair = 100;

/// A model with a share of its rotary pairs cut out.
struct ThinModel {
  long percent = 0;  // of the key dimensions removed, as asked for; 0 is the full model
  SavedModel model;
};

/// The model at random weights, full and with the first pairs kept at every percentage, the full
/// one first. Time does not depend on the weights' values.
std::vector<ThinModel> thin_models(const ModelConfig& config, const std::vector<long>& percents);

/// UserError unless prompt and steps of generation give the logits of the training path.
void require_same_logits(const ThinModel& thin);

/// One model in a phase. Speed-ups are over the first model of the curve.
struct InferencePoint {
  long percent = 0;
  long key_width = 0;
  Samples samples;   // seconds of a prefill, or of one step of decoding
  Number seconds;    // median and quartiles
  Number speedup;    // over the first model
  double flops = 1;  // what it would be by operations and by bytes (amdahl.h)
  double bytes = 1;
  double cache_bytes = 0;
};

/// Of a sequence, that one call makes: all of its prompt, or one.
long tokens_of_call(const Workload& work);

struct InferenceCurve {
  Workload work;
  std::vector<InferencePoint> points;
  double tokens() const;  // that one call makes
};

/// Times `models` over one workload, by measure(): the fastest of equally many calls of each, of
/// `protocol.model_calls` at least. `progress` is told of every measurement.
InferenceCurve time_inference(const std::vector<ThinModel>& models, const Workload& work,
                              const Protocol& protocol, const std::function<void()>& progress);

/// One curve a workload, with a progress bar called `label`.
std::vector<InferenceCurve> time_workloads(const std::vector<ThinModel>& models,
                                           const std::vector<Workload>& works,
                                           const Protocol& protocol, const std::string& label);

/// Under `prefix`, a curve a phase:
///   <phase>.speedup.<p>, <phase>.limit                         over full keys; keys of one pair
///   <phase>.tokens_per_second.{full,<p>,limit}
///   cache.bytes_per_token.{full,<p>,limit}
///   <phase>.context                                            tokens of a prompt, keys of a step
Numbers inference_numbers(const std::vector<InferenceCurve>& curves,
                          const std::string& prefix = "inference");

/// {"prefill": {"batch", "context", "rows": [{"percent", "removed", "width", "seconds", "speedup",
/// "speedup_lo", "speedup_hi", "flops_bound", "bytes_bound", ...}], "limit": such a row, of keys of
/// one pair}, "decode": ...}
nlohmann::json inference_json(const std::vector<InferenceCurve>& curves);

}  // namespace rc
