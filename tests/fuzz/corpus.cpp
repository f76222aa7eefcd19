// A text as it is tokenized: plain, or zipped where its first byte is odd.
#include "model/corpus.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto path = rc::fuzzed_file(data + 1, size - 1, data[0] % 2 ? "x.txt.gz" : "x.txt");
  rc::may_refuse([&] {
    const auto corpus = rc::read_corpus({path});
    const auto parts = rc::stretches(corpus.text, corpus.text.size() / 2 + 1, 1 + data[0] / 16);
    rc::joined(rc::split_validation(parts, data[0] % 100).validation);
  });
  return 0;
}
