#include "model/tensors.h"

#include <malloc.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "model/microbatches.h"
#include "model/process_environment.h"
#include "pipeline/error.h"
#include "pipeline/stage/environment.h"

namespace rc {
namespace {

struct TypeName {
  const char* name;
  torch::ScalarType type;
};
constexpr TypeName kTypes[] = {{"F32", torch::kFloat32}, {"F64", torch::kFloat64},
                               {"F16", torch::kFloat16}, {"BF16", torch::kBFloat16},
                               {"I32", torch::kInt32},   {"I64", torch::kInt64},
                               {"U8", torch::kUInt8}};

torch::ScalarType type_named(const std::string& name) {
  for (const auto& t : kTypes)
    if (name == t.name) return t.type;
  throw UserError("tensors of type " + name + " are not supported; convert them to F32");
}

std::string name_of(torch::ScalarType type) {
  for (const auto& t : kTypes)
    if (type == t.type) return t.name;
  throw std::logic_error("no safetensors name for this type");
}

TensorView view_of(const torch::Tensor& tensor) {
  const auto bytes = std::span(static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes());
  return {name_of(tensor.scalar_type()), tensor.sizes().vec(), bytes};
}

/// Cores that this process may run on, of all that there are. Slurm gives a task cores of its own
/// without always binding it to them.
int cores() {
  if (const int given = number_in_environment("SLURM_CPUS_PER_TASK")) return given;
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  return static_cast<int>(std::thread::hardware_concurrency());  // more than the set has room for
}

/// Threads of a stage: its share of the cores, unless a number was asked for.
int threads_of(long asked) {
  return asked > 0 ? static_cast<int>(asked) : std::max(1, cores() / jobs_side_by_side());
}

void prepare_process() {
  // Large tensors come and go all the time. By default each is mapped and unmapped anew, and the
  // page faults cost more than the arithmetic (measured: half the time of a training step).
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  ensure_process_environment();
}

}  // namespace

torch::Tensor to_torch(const TensorView& tensor) {
  auto* data = const_cast<std::byte*>(tensor.data.data());
  return torch::from_blob(data, tensor.shape, torch::TensorOptions(type_named(tensor.dtype)))
      .clone();
}

void save_tensors(const std::filesystem::path& file, const NamedTensors& tensors,
                  const std::map<std::string, std::string>& metadata) {
  NamedTensors kept;  // owns the memory that the views point to
  std::map<std::string, TensorView> views;
  for (const auto& [name, tensor] : tensors) {
    kept[name] = tensor.detach().to(torch::kCPU).contiguous();
    views.emplace(name, view_of(kept[name]));
  }
  write_safetensors(file, views, metadata);
}

torch::Device device_named(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  const bool there = torch::cuda::is_available();
  if (name == "cuda" && !there)
    throw UserError("device = cuda, but this LibTorch sees no GPU; use DEVICE=cpu");
  if (name != "auto" && name != "cuda")
    throw UserError("device = " + name + " is none of auto, cpu, cuda");
  return there ? torch::kCUDA : torch::kCPU;
}

int prepare_cpu(long threads) {
  prepare_process();
  at::set_num_threads(1);
  set_worker_threads(threads_of(threads));
  return worker_threads();
}

int prepare_cpu_for_timing(long threads) {
  prepare_process();
  const int all = threads_of(threads);
  at::set_num_threads(all);
  return all;
}

}  // namespace rc
