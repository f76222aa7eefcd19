#include "bench/options.h"

namespace rc {

namespace po = boost::program_options;

void BenchOptions::describe(po::options_description& description) {
  auto add = description.add_options();
  add("settings", po::value(&settings),
      "settings file of a stage, as make leaves it under runs/<profile>; without it the defaults");
  add("set", po::value(&set), "\"A=B C=D\" in place of some");
  add("help", po::bool_switch(&help), "this text");
}

Settings BenchOptions::load(const SettingsTables& tables) const {
  Settings loaded(tables);
  if (!settings.empty())
    for (const auto& [name, value] : read_settings_text(settings))
      if (loaded.has(name)) loaded.set(name, value, settings);
  for (const std::string& text : set)
    for (const std::string& word : split_overrides(text)) {
      const auto equals = std::min(word.find('='), word.size());
      loaded.set(word.substr(0, equals), word.substr(std::min(equals + 1, word.size())), "--set");
    }
  return loaded;
}

}  // namespace rc
