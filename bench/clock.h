// How long work takes on a device, and how its caches are emptied.
#pragma once

#include <functional>
#include <vector>

#include "kernels/torch.h"

namespace rc {

/// Wall time in seconds of `calls` calls, until the device has finished them. A GPU is waited for
/// before and after, so that the clock holds its work and nothing of what was queued earlier.
double seconds_of(at::Device device, long calls, const std::function<void()>& call);

/// Calls that one reading of the clock spans. One on a CPU. On a GPU several, which queue up behind
/// each other: waiting for each would add the way to the GPU and back, as long as a small kernel.
/// One where caches must be emptied in between.
long calls_between_readings(at::Device device, bool cold);

/// Leaves nothing of the tensors in a cache. On x86 their lines are flushed one by one; elsewhere
/// three times the size of the last cache is written, and all calls of a process must name the same
/// device.
void flush_caches(const std::vector<at::Tensor>& tensors, at::Device device);

}  // namespace rc
