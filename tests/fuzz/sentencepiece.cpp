// A SentencePiece model of somebody else's, and a text under it.
#include "model/foreign/tokenizer.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = rc::fuzzed_file(data, size, "tokenizer.model");
  rc::may_refuse(
      [&] { rc::load_foreign_tokenizer(path)->encode("A cat sat on 12 mats.\n\xc3\xa9"); });
  return 0;
}
