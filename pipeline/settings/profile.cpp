#include "pipeline/settings/profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <fstream>

#include "pipeline/error.h"

namespace rc {

namespace fs = std::filesystem;
namespace po = boost::program_options;

Values read_conf(const fs::path& file) {
  const std::string where = file.string();
  std::ifstream in(file);
  if (!in) throw UserError("cannot read " + where + "; check its permissions");
  Values values;
  try {
    const auto parsed = po::parse_config_file(in, po::options_description(), true);
    for (const po::option& option : parsed.options)
      if (!values.emplace(option.string_key, option.value.front()).second)
        throw UserError(where + ": " + option.string_key + " is set twice; keep one");
  } catch (const po::error& error) {
    throw UserError(where + ": " + error.what() +
                    "; a line reads name = value, # starts a comment");
  }
  return values;
}

std::vector<std::string> conf_names(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw UserError("no folder " + folder.string() + " here; run from the repository's root");
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".conf") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

fs::path conf_file(const fs::path& folder, const std::string& name, const std::string& what) {
  const auto names = conf_names(folder);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw UserError(fmt::format("no {} {} in {}; there are: {}", what, name, folder.string(),
                                fmt::join(names, ", ")));
  return folder / (name + ".conf");
}

}  // namespace rc
