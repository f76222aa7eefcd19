#include "stages/ablate/recall.h"

#include <fmt/format.h>

#include "model/tensors.h"
#include "pipeline/stage/interruption.h"

namespace rc {
namespace {

std::string name_of(std::size_t number) { return fmt::format("losses.{}", number); }

}  // namespace

Recall::Recall(Context& context, std::chrono::duration<double> interval)
    : context_(context), interval_(interval) {
  const auto facts = context_.unfinished().recorded();
  if (!facts) return;
  files_ = facts->at("files");
  for (const auto& file : files_) {
    const auto state = Safetensors::open(context_.unfinished().path(file));
    for (std::size_t i = 0; i < state.tensors().size(); ++i)
      remembered_.push_back(to_torch(state.tensors().at(name_of(i))).clone());
  }
  fmt::print("{} {}: goes on after {} evaluations\n", context_.spec().name, context_.label(),
             remembered_.size());
  std::fflush(stdout);
}

torch::Tensor Recall::losses(const std::function<torch::Tensor()>& compute) {
  ++asked_;
  if (!remembered_.empty()) {
    auto losses = remembered_.front();
    remembered_.pop_front();
    return losses;
  }
  const auto losses = compute();
  measured_.push_back(losses);
  const int signal = interruption();
  if (signal != 0 || Clock::now() >= saved_ + interval_) save();
  if (signal != 0)
    throw Interrupted(signal,
                      fmt::format("stopped after {} evaluations, which are saved; the same command "
                                  "goes on from there",
                                  asked_));
  return losses;
}

void Recall::save() {
  NamedTensors state;
  for (std::size_t i = 0; i < measured_.size(); ++i) state[name_of(i)] = measured_[i];
  files_.push_back(fmt::format("to-{:06}.safetensors", asked_));
  save_tensors(context_.unfinished().path(files_.back()), state);
  std::vector<std::filesystem::path> paths;
  for (const auto& file : files_) paths.push_back(context_.unfinished().path(file));
  context_.unfinished().record(paths, {{"files", files_}});
  measured_.clear();
  saved_ = Clock::now();
}

}  // namespace rc
