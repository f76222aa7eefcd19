// A stage's JSON: the manifest as it stands, and one whose seal is right.
#include "pipeline/stage/manifest.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = rc::fuzzed_file(data, size, "x.json");
  rc::may_refuse([&] { rc::read_manifest(path); });
  const auto value = nlohmann::json::parse(rc::fuzzed_text(data, size), nullptr, false);
  if (!value.is_object()) return 0;
  rc::may_refuse([&] {
    const auto text = rc::sealed(value).dump();
    rc::read_manifest(rc::fuzzed_file(reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size(), "sealed.json"));
  });
  return 0;
}
