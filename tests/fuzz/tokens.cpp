// A tokens.safetensors: every block lies in its text, every id in the vocabulary.
#include "model/token_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = rc::fuzzed_file(data, size, "tokens.safetensors");
  rc::may_refuse([&] {
    const auto tokens = rc::read_token_file(path);
    for (const auto* text : {&tokens.train, &tokens.validation}) {
      std::vector<bool> seen(text->ids.size());
      for (const auto first : text->blocks) seen.at(static_cast<std::size_t>(first)) = true;
      for (const auto id : text->ids)
        if (id < 0 || id >= tokens.vocabulary) std::abort();
    }
  });
  return 0;
}
