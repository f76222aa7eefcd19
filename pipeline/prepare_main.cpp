// prepare: from a profile and the command line's wishes to each stage's settings file. Make calls
// it before it looks at anything.
#include <fmt/format.h>

#include "pipeline/error.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/preparation.h"
#include "pipeline/text.h"

namespace {

namespace po = boost::program_options;

constexpr const char* kHelp =
    "prepare: writes the settings file of every stage of a run where it changed, and\n"
    "removes manifests whose outputs are gone. Make calls it.\n\n"
    "  --folder DIR      folder of the run, runs/<profile>\n"
    "  --stages DIR      descriptions of the stages, build/descriptions\n"
    "  --profile NAME    settings of profiles/NAME.conf (default: laptop)\n"
    "  --seeds \"0 1\"     seeds of the run\n"
    "  --arms \"A B\"      arms of the run, of profiles/arms\n"
    "  --also \"A B\"      arms that those read, which have settings and no more\n"
    "  --set \"A=B C=D\"   settings in place of the profile's\n"
    "  --corpus PATH     a text of one's own: file, .gz or folder\n"
    "  --device NAME     auto, cpu or cuda\n"
    "  --model DIR       somebody else's checkpoint, and to measure it on\n"
    "  --text FILE       a text or\n"
    "  --ids FILE        ids in JSON, for\n"
    "  --minutes N       so long\n"
    "  --taken \"A B\"     runs that are taken as they lie, seed-0/learned: they are listed, and\n"
    "                    nothing is written or removed in them\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

struct Words {
  std::string profile = "laptop", folder, stages, seeds, arms, also, set, corpus, device, taken,
              model, text, ids, minutes;
  bool help = false;
};

Words parse(int argc, char** argv) {
  Words words;
  po::options_description description;
  auto add = description.add_options();
  for (const auto& [name, value] : {std::pair{"profile", &words.profile},
                                    {"folder", &words.folder},
                                    {"stages", &words.stages},
                                    {"seeds", &words.seeds},
                                    {"arms", &words.arms},
                                    {"also", &words.also},
                                    {"set", &words.set},
                                    {"corpus", &words.corpus},
                                    {"device", &words.device},
                                    {"taken", &words.taken},
                                    {"model", &words.model},
                                    {"text", &words.text},
                                    {"ids", &words.ids},
                                    {"minutes", &words.minutes}})
    add(name, po::value(value));
  add("help", po::bool_switch(&words.help));
  rc::parse_options(argc, argv, description);
  return words;
}

rc::RunRequest request_of(const Words& words) {
  rc::RunRequest request{.profile = words.profile,
                         .folder = words.folder,
                         .overrides = rc::split_overrides(words.set),
                         .seeds = rc::split_list(words.seeds),
                         .arms = rc::split_list(words.arms),
                         .also = rc::split_list(words.also),
                         .taken = rc::split_list(words.taken)};
  if (!words.corpus.empty())  // a text of one's own has no hash to be held against
    request.overrides.insert(request.overrides.end(),
                             {"corpus.path=" + words.corpus, "corpus.sha256="});
  for (const auto& [setting, value] : {std::pair{"device", words.device},
                                       {"audit.model", words.model},
                                       {"audit.text", words.text},
                                       {"audit.ids", words.ids},
                                       {"audit.minutes", words.minutes}})
    if (!value.empty()) request.overrides.push_back(fmt::format("{}={}", setting, value));
  return request;
}

int prepare(const Words& words) {
  if (words.help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto stages = rc::read_descriptions(words.stages);
  const auto request = request_of(words);
  if (!words.model.empty()) rc::refuse_other_checkpoint(request, words.model);
  rc::write_settings(request, stages);
  rc::list_runs(request);
  rc::stamp_machine(request);
  rc::list_files(request, stages);
  if (!request.taken.empty()) return 0;
  for (const auto& line : rc::drop_broken_manifests(request.folder)) fmt::print("{}\n", line);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("prepare", [&] { return prepare(parse(argc, argv)); });
}
