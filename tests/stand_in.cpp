// Stands in for every stage in tests of the chain: it goes by the name it is started under and
// writes what its inputs were. Of a file from outside only the first line counts, so that an edit
// below it changes an input and not what is made of it.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"
#include "pipeline/files/hash.h"
#include "pipeline/stage/stage.h"

namespace {

const std::set<std::string> kOfARun = {"train",    "snapshot", "measure-rank", "ablate",
                                       "low-rank", "heal",     "correlate",    "audit-model"};

bool asked_to(const char* variable, const std::string& stage) {
  const char* value = std::getenv(variable);
  return value && stage == value;
}

std::string description(const rc::Context& context) {
  std::string text = context.spec().name + " " + context.label() + "\n";
  for (const auto& [name, value] : context.settings().results_values())
    if (!name.ends_with(".path")) text += name + "=" + value + "\n";
  for (const auto& path : context.outputs_of({"*", ""})) text += rc::xxh3_file(path) + "\n";
  for (const auto& path : context.files()) {
    const std::string content = rc::read_text(path);
    text += content.substr(0, content.find('\n'));
  }
  return text;
}

void body(rc::Context& context) {
  const std::string& name = context.spec().name;
  if (asked_to("STAND_IN_FAILS", name)) throw rc::UserError("asked to fail");
  if (asked_to("STAND_IN_DIES", name)) ::raise(SIGTERM);
  for (const char* suffix : {".json", ".safetensors"}) {
    const auto path = context.dir() / (name + suffix);
    rc::write_atomically(path, [&](const std::filesystem::path& temporary) {
      auto file = rc::File::create(temporary);
      file.replace("half");
      if (std::getenv("STAND_IN_SLOW")) ::usleep(50'000);
      file.replace(description(context));
    });
    context.made(path);
  }
}

/// What prepare is asked to set and to list files of.
constexpr rc::Setting kFromOutside[] = {
    {"corpus.path", rc::Kind::kText, "corpus.txt", "path", 0, 0, "text"},
    {"corpus.sha256", rc::Kind::kText, "", "hex", 0, 0, "of the text"}};
constexpr rc::Setting kAudited[] = {
    {"audit.model", rc::Kind::kText, "", "checkpoint", 0, 0, "checkpoint"},
    {"audit.text", rc::Kind::kText, "", "path", 0, 0, "text"},
    {"audit.ids", rc::Kind::kText, "", "path", 0, 0, "ids"},
    {"audit.minutes", rc::Kind::kReal, "20", "minutes", 1, 1e5, "time"}};

rc::SettingsTables tables(const std::string& name, const rc::Setting& own) {
  rc::SettingsTables tables{rc::SettingsTable(&own, 1)};
  if (name == "tokenize") tables.emplace_back(kFromOutside);
  if (name == "audit-model") tables.emplace_back(kAudited);
  return tables;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = std::filesystem::path(argv[0]).filename();
  const std::string number = name + ".number";
  const rc::Setting own{number, rc::Kind::kInteger, "1", "-", 0, 100, "a number"};
  const rc::StageSpec spec{.name = name,
                           .summary = "stand in for " + name,
                           .writes = name + ".json and " + name + ".safetensors",
                           .scope = kOfARun.contains(name) ? rc::Scope::kRun : rc::Scope::kProfile,
                           .settings = tables(name, own),
                           .needs = {{"*", ""}},
                           .alone = name == "time-kernels"};
  return rc::stage_main(spec, argc, argv, body);
}
