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
  if (spec.files) text += "  files from outside the pipeline\n";
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

std::string setting_help(const Setting& setting, const std::string& value) {
  constexpr std::size_t kColumn = 32;
  const std::string range = range_text(setting);
  const std::string text = fmt::format("{}{}{}", value.empty() ? "(empty)" : value,
                                       unit_text(setting), range.empty() ? "" : " [" + range + "]");
  const std::size_t indent = columns(value) > 80 - kColumn ? 4 : kColumn;  // hashes and paths
  return wrap(fmt::format("  {:<29} ", setting.name), text, indent) + "\n" +
         wrap(std::string(kColumn, ' '), setting.help, kColumn) + "\n";
}

std::string settings_help(const StageSpec& spec, const Profile& settings) {
  std::string text;
  for (const auto& [name, value] : settings.select(spec.settings))
    text += setting_help(*find_setting(name), value);
  return text;
}

}  // namespace

std::string stage_line(const StageSpec& spec, const std::string& label, const std::string& status) {
  const std::string who = label.empty() ? spec.name : fmt::format("{:<13} {}", spec.name, label);
  return wrap(fmt::format("{:<31} ", who), status, 32);
}

std::string common_options_help() {
  return "  --profile NAME     settings of profiles/NAME.conf (default: laptop)\n"
         "  --set \"A=B C=D\"    settings in place of the profile's; may stand several times\n"
         "  --runs DIR         folder of all results (default: runs)\n"
         "  --help             this text\n";
}

std::string stage_help(const StageSpec& spec, const Profile& settings) {
  std::string text = wrap("", fmt::format("{}: {}", spec.name, spec.summary), 0) + "\n\nReads:\n" +
                     inputs_help(spec) + "Writes:\n" + outputs_help(spec) + "Options:\n" +
                     common_options_help() +
                     "  --force            run even if the results are up to date\n";
  if (spec.scope == Scope::kRun)
    text +=
        "  --seed N           which of the seeds (default: the first)\n"
        "  --arm NAME         which of the arms (default: the first)\n";
  if (!spec.extra_help.empty()) text += spec.extra_help;
  const std::string table = settings_help(spec, settings);
  if (!table.empty())
    text += fmt::format("Settings it depends on, as in profile {}:\n", settings.name()) + table;
  return text;
}

}  // namespace rc
