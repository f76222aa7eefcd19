#include <fmt/format.h>
#include <signal.h>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/command_line.h"
#include "pipeline/stage/description.h"
#include "pipeline/stage/interruption.h"
#include "pipeline/stage/stage.h"
#include "pipeline/stage/stage_runner.h"
#include "pipeline/stage/stage_text.h"

namespace rc {
namespace {

Context make_context(const StageSpec& spec, const CommandLine& line) {
  if (line.out.empty())
    throw UserError("--out FOLDER is missing; make " + spec.name + " calls it with all it needs");
  auto settings = Settings::read_file(all_tables(spec), line.settings_of(spec.name));
  return {spec, std::move(settings), line.out, line.inputs};
}

}  // namespace

int stage_main(const StageSpec& spec, int argc, char** argv,
               const std::function<void(Context&)>& body) {
  return guarded_main(spec.name, [&] {
    // A file-size limit then fails the write with a message instead of ending the process.
    ::signal(SIGXFSZ, SIG_IGN);
    const CommandLine line = parse_command_line(argc, argv);
    if (line.help) {
      fmt::print("{}", stage_help(spec));
      return 0;
    }
    if (!line.describe.empty()) {
      write_json(line.describe, describe(spec));
      return 0;
    }
    Context context = make_context(spec, line);
    try {
      run_stage(context, "/proc/self/exe", line.force, body);
    } catch (const Interrupted& interrupted) {
      fmt::print(stderr, "{}: {}\n", spec.name, interrupted.what());
      return interrupted.exit_status();
    }
    return 0;
  });
}

}  // namespace rc
