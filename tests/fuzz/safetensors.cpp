// Checkpoints, tokens, snapshots: every byte of every tensor that a file promises is there to read.
#include "pipeline/files/safetensors.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = rc::fuzzed_file(data, size, "x.safetensors");
  rc::may_refuse([&] {
    const auto file = rc::Safetensors::open(path);
    unsigned sum = 0;
    for (const auto& entry : file.tensors()) {
      const auto& tensor = entry.second;
      for (const auto byte : tensor.data) sum += std::to_integer<unsigned>(byte);
      rc::may_refuse([&] { sum += static_cast<unsigned>(rc::to_floats(tensor).size()); });
    }
    volatile unsigned read = sum;
    static_cast<void>(read);
  });
  return 0;
}
