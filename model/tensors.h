// Between files and LibTorch.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "kernels/torch.h"
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

/// Sets `threads` workers for pieces of work (microbatches.h) and leaves LibTorch one thread, so
/// that no number depends on how many there are; lets the process keep the memory it frees. 0: one
/// a core that the process may run on, over the stages that run side by side (environment variable
/// RC_JOBS, 1 where it is not set). Returns the number of threads; UserError if RC_JOBS is none.
int prepare_cpu(long threads);

/// The same for programs that time a kernel: the threads are LibTorch's own, inside an operation.
int prepare_cpu_for_timing(long threads);

}  // namespace rc
