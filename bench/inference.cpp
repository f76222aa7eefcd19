#include "bench/inference.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "bench/clock.h"
#include "model/compact.h"
#include "model/generator.h"
#include "model/transformer.h"
#include "pipeline/error.h"
#include "pipeline/stage/progress.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using torch::Tensor;

constexpr double kInitStd = 0.02;
constexpr double kLogitTolerance = 1e-3;  // of the largest logit: float32 in another order

Tensor some_ids(const ModelConfig& c, long batch, long tokens) {
  return torch::arange(batch * tokens, torch::kInt64).reshape({batch, tokens}) * 7 % c.vocabulary;
}

SavedModel with_first_pairs(const SavedModel& full, long width) {
  std::vector<long> pairs(static_cast<std::size_t>(width / 2));
  std::iota(pairs.begin(), pairs.end(), 0);
  const auto layers = full.weights.layers.size();
  return compact(full, KeptPairs(layers, pairs), std::vector<NormCorrection>(layers));
}

/// A generator and the call that is timed.
class Subject {
 public:
  Subject(const SavedModel& model, const Workload& work)
      : work_(work),
        generator_(model, work.batch, work.context),
        ids_(some_ids(model.config, work.batch, tokens_of_call(work))) {}

  double seconds_of_call() {
    if (work_.phase == Phase::kPrefill)
      return seconds_of(at::kCPU, 1, [&] { generator_.prefill(ids_); });
    generator_.pretend_read(work_.context - 1);  // the step reads `context` keys, its own too
    return seconds_of(at::kCPU, 1, [&] { generator_.decode(ids_.select(1, 0)); });
  }

  Samples seconds(long calls) {
    Samples samples(static_cast<std::size_t>(calls));
    for (auto& seconds : samples) seconds = seconds_of_call();
    return samples;
  }

  double cache_bytes() const { return generator_.cache_bytes(); }

 private:
  Workload work_;
  Generator generator_;
  Tensor ids_;
};

InferencePoint point_of(const ThinModel& thin, const ThinModel& full, const Workload& work) {
  const auto &narrow = thin.model.config, &wide = full.model.config;
  InferencePoint point;
  point.percent = thin.percent;
  point.key_width = narrow.d_k;
  point.flops = modelled_speedup(flops(wide, work), flops(narrow, work));
  point.bytes = modelled_speedup(bytes(wide, work), bytes(narrow, work));
  return point;
}

std::string name_of(const InferencePoint& point) {
  if (point.percent == kAllButOnePair) return "limit";
  return point.percent == 0 ? "full" : std::to_string(point.percent);
}

/// Units a second from seconds for `units`.
Number rate_number(const Number& seconds, double units) {
  Number rate{.value = units / seconds.value, .unit = "tokens/s", .interval = seconds.interval};
  rate.interval->lo = units / seconds.interval->hi;
  rate.interval->hi = units / seconds.interval->lo;
  return rate;
}

nlohmann::json row_json(const InferencePoint& p, const InferenceCurve& curve) {
  const auto full = static_cast<double>(curve.points.front().key_width);
  return {{"percent", p.percent},
          {"removed", 1 - static_cast<double>(p.key_width) / full},
          {"width", p.key_width},
          {"seconds", p.seconds.value},
          {"samples", p.samples},
          {"tokens_per_second", curve.tokens() / p.seconds.value},
          {"speedup", p.speedup.value},
          {"speedup_lo", p.speedup.interval->lo},
          {"speedup_hi", p.speedup.interval->hi},
          {"flops_bound", p.flops},
          {"bytes_bound", p.bytes},
          {"cache_bytes", p.cache_bytes}};
}

}  // namespace

long tokens_of_call(const Workload& work) {
  return work.phase == Phase::kPrefill ? work.context : 1;
}

bool generates(const ModelConfig& config, at::Device device) {
  return device.is_cpu() && config.d_k <= 128 && config.d_v <= 128 && config.d_v % 16 == 0;
}

std::vector<ThinModel> thin_models(const ModelConfig& config, const std::vector<long>& percents) {
  const SavedModel full{config, initial_weights(config, 0, kInitStd)};
  std::vector<ThinModel> models = {{0, full}};
  for (const long p : percents)
    models.push_back({p, with_first_pairs(full, kept_width(config.d_k, p))});
  return models;
}

void require_same_logits(const ThinModel& thin) {
  const torch::NoGradGuard no_grad;
  const auto& config = thin.model.config;
  // Over the kernels' blocks of 64 keys where the model reads so far, and three steps behind.
  const long tokens = std::min(config.context, 70L), prompt = tokens - 3;
  const auto ids = some_ids(config, 2, tokens);
  const Transformer model(config, thin.model.weights, torch::kCPU);
  // Of the last token: those of all, over a vocabulary of 49152, would take longest.
  const auto last =
      torch::matmul(model.hidden(ids).select(1, tokens - 1), model.weights.embedding.t());
  Generator generator(thin.model, ids.size(0), tokens);
  auto logits = generator.prefill(ids.narrow(1, 0, prompt));
  for (long t = prompt; t < tokens; ++t) logits = generator.decode(ids.select(1, t));
  const double error = (logits - last).abs().max().item<double>();
  if (!(error <= kLogitTolerance * last.abs().max().item<double>()))
    throw UserError(
        fmt::format("generation at key width {} is wrong: its logits are off by {:.2g}; it is not "
                    "timed",
                    config.d_k, error));
}

double InferenceCurve::tokens() const {
  return static_cast<double>(work.batch * tokens_of_call(work));
}

InferenceCurve time_inference(const std::vector<ThinModel>& models, const Workload& work,
                              const Protocol& protocol, const std::function<void()>& progress) {
  std::vector<Subject> subjects;
  for (const auto& thin : models) subjects.emplace_back(thin.model, work);
  std::vector<Timed> cases;
  for (auto& subject : subjects)
    cases.push_back({.curve = "models",
                     .seconds = [&](long calls) { return subject.seconds(calls); },
                     .least_calls = protocol.model_calls});
  const auto samples = measure(cases, protocol, [&](long) { progress(); });
  InferenceCurve curve{work, {}};
  for (std::size_t i = 0; i < models.size(); ++i) {
    auto& point = curve.points.emplace_back(point_of(models[i], models.front(), work));
    point.samples = samples[i];
    point.seconds = seconds_number(samples[i]);
    point.speedup = speedup_number(samples.front(), samples[i]);
    point.cache_bytes = subjects[i].cache_bytes();
  }
  return curve;
}

std::vector<InferenceCurve> time_workloads(const std::vector<ThinModel>& models,
                                           const std::vector<Workload>& works,
                                           const Protocol& protocol, const std::string& label) {
  Progress progress(label, protocol.measurements(works.size() * models.size()));
  long done = 0;
  std::vector<InferenceCurve> curves;
  for (const auto& work : works)
    curves.push_back(
        time_inference(models, work, protocol, [&] { progress.update(++done, "timings"); }));
  progress.finish();
  return curves;
}

Numbers inference_numbers(const std::vector<InferenceCurve>& curves, const std::string& prefix) {
  Numbers numbers;
  for (const auto& curve : curves) {
    const auto phase = fmt::format("{}.{}.", prefix, phase_name(curve.work.phase));
    const auto room = static_cast<double>(curve.work.batch * curve.work.context);
    for (const auto& point : curve.points) {
      const auto name = name_of(point);
      numbers[phase + "tokens_per_second." + name] = rate_number(point.seconds, curve.tokens());
      numbers[prefix + ".cache.bytes_per_token." + name] = {
          .value = point.cache_bytes / room, .unit = "bytes", .interval = {}};
      if (point.percent == kAllButOnePair)
        numbers[phase + "limit"] = point.speedup;
      else if (point.percent > 0)
        numbers[phase + "speedup." + name] = point.speedup;
    }
    numbers[phase + "context"] = {
        .value = static_cast<double>(curve.work.context), .unit = "tokens", .interval = {}};
  }
  return numbers;
}

nlohmann::json inference_json(const std::vector<InferenceCurve>& curves) {
  auto result = nlohmann::json::object();
  for (const auto& curve : curves) {
    auto& phase = result[phase_name(curve.work.phase)];
    phase = {{"batch", curve.work.batch},
             {"context", curve.work.context},
             {"rows", nlohmann::json::array()}};
    for (const auto& point : curve.points) {
      const auto row = row_json(point, curve);
      if (point.percent == kAllButOnePair)
        phase["limit"] = row;
      else
        phase["rows"].push_back(row);
    }
  }
  return result;
}

}  // namespace rc
