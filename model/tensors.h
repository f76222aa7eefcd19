// Between files and LibTorch.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>

#include "pipeline/files/safetensors.h"

namespace rc {

using NamedTensors = std::map<std::string, torch::Tensor>;

/// A copy of a file's tensor on the CPU, in its own type.
torch::Tensor to_torch(const TensorView& tensor);

/// Writes the tensors as they are (moved to the CPU, made contiguous).
void save_tensors(const std::filesystem::path& file, const NamedTensors& tensors,
                  const std::map<std::string, std::string>& metadata = {});

/// Where tensors live: "cpu", "cuda", or "auto" for CUDA where there is one. UserError if asked for
/// a GPU that is not there.
torch::Device device_named(const std::string& name);

/// Gives LibTorch `threads` threads (0: one a core; it starts with one), lets the process keep the
/// memory it frees, and returns the number of threads.
int prepare_cpu(long threads);

}  // namespace rc
