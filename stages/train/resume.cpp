#include "stages/train/resume.h"

#include <fmt/format.h>

#include "model/tensors.h"
#include "pipeline/stage/interruption.h"

namespace rc {
namespace {

using nlohmann::json;
using Seconds = std::chrono::duration<double>;

constexpr double kShareOfTime = 0.01;  // that saving may take

torch::Tensor numbers(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64);
}

std::vector<double> numbers(const torch::Tensor& x) {
  return {x.data_ptr<double>(), x.data_ptr<double>() + x.numel()};
}

/// As tensors, for JSON would have to print every bit.
void add_record(NamedTensors& all, const Record& record) {
  all["record.losses"] = numbers(record.losses);
  all["record.step_seconds"] = numbers(record.step_seconds);
  all["record.validation_steps"] = torch::tensor(record.validation_steps, torch::kInt64);
  all["record.validation_losses"] = numbers(record.validation_losses);
  for (std::size_t i = 0; i < record.final_losses.size(); ++i)
    all[fmt::format("record.final_losses.{}", i)] = numbers(record.final_losses[i]);
}

Record record_of(const NamedTensors& all) {
  const auto& steps = all.at("record.validation_steps");
  Record record{.losses = numbers(all.at("record.losses")),
                .step_seconds = numbers(all.at("record.step_seconds")),
                .validation_steps = {steps.data_ptr<std::int64_t>(),
                                     steps.data_ptr<std::int64_t>() + steps.numel()},
                .validation_losses = numbers(all.at("record.validation_losses"))};
  for (std::size_t i = 0; all.contains(fmt::format("record.final_losses.{}", i)); ++i)
    record.final_losses.push_back(numbers(all.at(fmt::format("record.final_losses.{}", i))));
  return record;
}

NamedTensors read_tensors(const std::filesystem::path& file) {
  const auto open = Safetensors::open(file);
  NamedTensors all;
  for (const auto& [name, tensor] : open.tensors()) all[name] = to_torch(tensor);
  return all;
}

}  // namespace

Resume::Resume(Context& context, Trainer& trainer)
    : context_(context),
      trainer_(trainer),
      interval_(context.settings().real("train.save_seconds")),
      next_(Clock::now() + std::chrono::duration_cast<Clock::duration>(interval_)) {}

long Resume::take_up(Record& record) {
  const auto facts = context_.unfinished().recorded();
  if (!facts) return 0;
  const auto state = read_tensors(context_.unfinished().path(facts->at("state")));
  trainer_.restore(state);
  record = record_of(state);
  for (const auto& checkpoint : facts->at("checkpoints"))
    context_.made(context_.dir() / checkpoint.get<std::string>());
  const long step = facts->at("step");
  fmt::print("{} {}: goes on from step {}\n", context_.spec().name, context_.label(), step);
  std::fflush(stdout);
  return step;
}

void Resume::save(long step, const Record& record) {
  const auto start = Clock::now();
  auto state = trainer_.state();
  add_record(state, record);
  const auto name = fmt::format("step-{:06}.safetensors", step);
  const auto file = context_.unfinished().path(name);
  save_tensors(file, state);
  auto files = context_.outputs();
  json checkpoints = json::array();
  for (const auto& made : files)
    checkpoints.push_back(made.lexically_relative(context_.dir()).generic_string());
  files.push_back(file);
  context_.unfinished().record(
      files, {{"step", step}, {"state", name}, {"checkpoints", std::move(checkpoints)}});
  const auto now = Clock::now();
  next_ = now + std::chrono::duration_cast<Clock::duration>(
                    std::max(interval_, Seconds(now - start) / kShareOfTime));
}

void Resume::after(long step, const Record& record) {
  const int signal = interruption();
  if (signal != 0 || Clock::now() >= next_) save(step, record);
  if (signal != 0)
    throw Interrupted(signal, fmt::format("stopped after step {}, which is saved; the same command "
                                          "goes on from there",
                                          step));
}

}  // namespace rc
