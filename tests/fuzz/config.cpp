// A config.json of somebody else's.
#include "model/foreign/foreign_config.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = rc::fuzzed_file(data, size, "config.json");
  rc::may_refuse([&] { rc::summary(rc::read_foreign_config(path.parent_path())); });
  return 0;
}
