// Profiles, arms' files and a stage's settings, and what SET= holds.
#include "pipeline/settings/profile.h"

#include "model/settings.h"
#include "pipeline/settings/settings.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = rc::fuzzed_file(data, size, "x.conf");
  rc::may_refuse([&] { rc::read_settings_text(path); });
  rc::may_refuse([&] {
    rc::Settings({rc::kModelSettings, rc::kTrainSettings},
                 rc::split_overrides(std::string(rc::fuzzed_text(data, size))));
  });
  return 0;
}
