#include "pipeline/stage/command_line.h"

#include "pipeline/settings/options.h"

namespace rc {

namespace fs = std::filesystem;
namespace po = boost::program_options;

fs::path CommandLine::settings_of(const std::string& stage) const {
  return settings.empty() ? out / "settings" / (stage + ".conf") : settings;
}

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  std::vector<std::string> inputs;
  std::string settings, out, describe;
  po::options_description description;
  description.add_options()("settings", po::value(&settings))("out", po::value(&out))(
      "force", po::bool_switch(&line.force))("help", po::bool_switch(&line.help))(
      "describe", po::value(&describe))("inputs", po::value(&inputs));
  parse_options(argc, argv, description, po::positional_options_description().add("inputs", -1));
  line.settings = settings;
  line.out = out;
  line.describe = describe;
  line.inputs.assign(inputs.begin(), inputs.end());
  return line;
}

CommandLine parse_command_line(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace rc
