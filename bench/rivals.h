// The kernels that compete. A new one is one file in bench/rivals/ and one line in rivals.cpp;
// check, timing, stage and bench-attention then know it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "bench/task.h"

namespace rc {

/// One way to solve an AttentionTask.
struct Rival {
  std::string_view name;   // a word, part of benchmark names
  std::string_view about;  // a line for people
  /// Does it do less where keys are thin? Only such a rival may stand for "what thin keys gain".
  bool thin = true;
  bool (*handles)(const AttentionTask& task, at::Device device) = [](const AttentionTask&,
                                                                     at::Device) { return true; };
  /// Brings inputs into the layout it wants, outside the clock: what a model would do once, not at
  /// each call.
  AttentionInputs (*prepare)(const AttentionTask& task, const AttentionInputs& inputs) = nullptr;
  /// Fills `out` (or replaces it by a tensor of the same shape). The work may still be under way on
  /// a GPU when it returns. Must not change the inputs.
  void (*run)(const AttentionTask& task, const AttentionInputs& inputs, at::Tensor& out) = nullptr;
};

std::span<const Rival> rivals();

Rival highway_rival();
Rival matmul_rival();
Rival matvec_rival();
Rival think_rival();
Rival zeroed_gains_rival();
std::optional<Rival> scaled_dot_product_rival();  // only where LibTorch has that function
std::optional<Rival> cuda_rival();                // only where nvcc compiled its kernels

}  // namespace rc
