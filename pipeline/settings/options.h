// The options every program of the pipeline takes.
#pragma once

#include <boost/program_options.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/settings/profile.h"

namespace rc {

struct CommonOptions {
  std::string profile = "laptop";
  std::vector<std::string> set;  // as they stand on the command line
  std::filesystem::path runs = "runs";
  bool help = false;

  /// Adds --profile, --set, --runs and --help to `description`; parsing fills this object.
  void describe(boost::program_options::options_description& description);
  /// The words of every --set.
  std::vector<std::string> overrides() const;
  Profile load() const { return Profile::load("profiles", profile, overrides()); }
  /// For --help, which answers even where the profile does not load.
  Profile load_or_defaults() const;
};

/// Parses `argv`; UserError for an unknown or malformed option.
boost::program_options::variables_map parse_options(
    int argc, char** argv, const boost::program_options::options_description& description,
    const boost::program_options::positional_options_description& positional = {});

}  // namespace rc
