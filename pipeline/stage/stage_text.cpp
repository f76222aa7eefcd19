#include "pipeline/stage/stage_text.h"

#include <fmt/format.h>

#include "pipeline/settings/settings_value.h"
#include "pipeline/text.h"

namespace rc {
namespace {

std::string inputs_help(const StageSpec& spec) {
  std::string text;
  for (const Need& need : spec.needs)
    text += wrap("  ",
                 fmt::format("outputs of {}{}{}", need.stage,
                             need.suffix.empty() ? "" : " ending in ", need.suffix),
                 4) +
            "\n";
  if (!spec.files.empty()) text += wrap("  ", spec.files, 4) + "\n";
  return text.empty() ? "  nothing\n" : text;
}

std::string outputs_help(const StageSpec& spec) {
  const char* folder =
      spec.scope == Scope::kRun ? "runs/<profile>/seed-<seed>/<arm>/" : "runs/<profile>/";
  return wrap("  ", spec.writes, 4) + "\n" +
         wrap("  ", fmt::format("in {}, and there manifest/{}.json", folder, spec.name), 4) + "\n";
}

/// Some units say nothing beside the range: "auto|cpu|cuda", "-".
std::string unit_text(const Setting& setting) {
  const bool silent = setting.unit == "-" || setting.unit.find('|') != setting.unit.npos;
  return silent ? "" : fmt::format(" {}", setting.unit);
}

std::string setting_help(const Setting& setting) {
  const std::string_view value = setting.fallback;
  constexpr std::size_t kColumn = 32;
  const std::string range = range_text(setting);
  const std::string text = fmt::format("{}{}{}", value.empty() ? "(empty)" : value,
                                       unit_text(setting), range.empty() ? "" : " [" + range + "]");
  const std::size_t indent = columns(value) > 80 - kColumn ? 4 : kColumn;  // hashes and paths
  return wrap(fmt::format("  {:<29} ", setting.name), text, indent) + "\n" +
         wrap(std::string(kColumn, ' '), setting.help, kColumn) + "\n";
}

std::string settings_help(const StageSpec& spec) {
  std::string text;
  for (const SettingsTable table : spec.settings)
    for (const Setting& setting : table) text += setting_help(setting);
  return text;
}

}  // namespace

std::string stage_line(const std::string& stage, const std::string& label,
                       const std::string& status) {
  const std::string who = label.empty() ? stage : fmt::format("{:<13} {}", stage, label);
  return wrap(fmt::format("{:<31} ", who), status, 32);
}

std::string stage_help(const StageSpec& spec) {
  std::string text =
      wrap("", fmt::format("{}: {}", spec.name, spec.summary), 0) + "\n\nReads:\n" +
      inputs_help(spec) + "Writes:\n" + outputs_help(spec) + "Usage: " + spec.name +
      " --out FOLDER [--settings FILE] [INPUT...]\n" +
      "  --out FOLDER       where outputs go\n"
      "  --settings FILE    name=value, a line each (default:\n"
      "                     FOLDER/settings/" +
      spec.name +
      ".conf)\n"
      "  INPUT              manifests of the stages it reads, files, or @LIST, a file\n"
      "                     with the name of a file on each line\n"
      "  --force            run even if the results are up to date\n"
      "  --describe FILE    write what this text says as JSON, and stop\n"
      "  --version          the revision this was built from\n"
      "  --help             this text\n";
  if (!spec.extra_help.empty()) text += spec.extra_help;
  const std::string table = settings_help(spec);
  if (!table.empty()) text += "Settings it depends on, with their defaults:\n" + table;
  return text +
         wrap("",
              fmt::format("make {} [PROFILE=smoke|laptop|paper] [SET=\"NAME=VALUE ...\"] "
                          "writes the settings file and calls it.",
                          spec.name),
              0) +
         "\n";
}

}  // namespace rc
