// Stands in for every stage in tests of the driver: it goes by the name it is started under and
// writes what its inputs were. Of the corpus only the first line counts, so that an edit below it
// changes the input of tokenize and not its output.
#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>

#include "pipeline/dag.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/hash.h"
#include "pipeline/stage/stage.h"

namespace {

bool asked_to(const char* variable, const std::string& stage) {
  const char* value = std::getenv(variable);
  return value && stage == value;
}

std::string description(const rc::Context& context) {
  std::string text = context.spec().name + " " + context.label() + "\n";
  for (const auto& [name, value] : context.spec_settings())
    if (name != "corpus.path") text += name + "=" + value + "\n";
  for (const rc::Need& need : context.spec().needs)
    for (const auto& path : context.outputs_of(need)) text += rc::xxh3_file(path) + "\n";
  if (context.spec().name == "tokenize") {
    const std::string corpus = rc::read_text(context.settings().text("corpus.path"));
    text += corpus.substr(0, corpus.find('\n'));
  }
  return text;
}

void body(rc::Context& context) {
  const std::string& name = context.spec().name;
  if (asked_to("STAND_IN_FAILS", name)) throw rc::UserError("asked to fail");
  if (asked_to("STAND_IN_DIES", name)) ::raise(SIGTERM);
  for (const char* suffix : {".json", ".safetensors"}) {
    const auto path = context.dir() / (name + suffix);
    rc::write_text(path, description(context));
    context.made(path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = std::filesystem::path(argv[0]).filename();
  return rc::stage_main(rc::stage(name), argc, argv, body);
}
