// What a surgery has measured on its way, so that one that was stopped goes on and not from the
// start.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "kernels/torch.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// Settings, inputs and code decide which losses a surgery asks for and in which order, some of
/// them by what the ones before came to. A run that was stopped is therefore played again from the
/// start, with its losses from memory.
class Recall {
 public:
  /// Takes up what a stopped run of the same content key left. Signals that ask the stage to end
  /// are noted from here on.
  explicit Recall(Context& context, std::chrono::duration<double> interval = kInterval);

  /// What `compute` gives, a tensor on the CPU, or gave when it was asked for as the same one in
  /// order. Saves where `interval` has gone by; throws Interrupted after a signal, once it saved.
  torch::Tensor losses(const std::function<torch::Tensor()>& compute);

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kInterval{20};
  void save();

  Context& context_;
  std::chrono::duration<double> interval_;
  Clock::time_point saved_ = Clock::now();
  std::deque<torch::Tensor> remembered_;  // not asked for yet
  std::vector<torch::Tensor> measured_;   // not saved yet
  std::vector<std::string> files_;        // saved, each goes on where the one before ends
  std::size_t asked_ = 0;
};

}  // namespace rc
