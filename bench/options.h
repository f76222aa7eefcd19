// What every benchmark takes from the command line.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "pipeline/settings/settings.h"

namespace rc {

struct BenchOptions {
  std::string settings;           // a stage's settings file; "": the tables' defaults
  std::vector<std::string> set;   // in place of some
  bool help = false;

  /// Adds --settings, --set and --help; parsing fills this object.
  void describe(boost::program_options::options_description& description);
  /// Those rows of the file that stand in `tables`. UserError as Settings.
  Settings load(const SettingsTables& tables) const;
};

}  // namespace rc
