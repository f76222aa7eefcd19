#include "pipeline/settings/options.h"

#include "pipeline/error.h"

namespace rc {

namespace po = boost::program_options;

void CommonOptions::describe(po::options_description& description) {
  auto add = description.add_options();
  add("profile", po::value(&profile));
  add("set", po::value(&set));
  add("runs", po::value<std::string>()->notifier([this](const std::string& v) { runs = v; }));
  add("help", po::bool_switch(&help));
}

std::vector<std::string> CommonOptions::overrides() const {
  std::vector<std::string> words;
  for (const std::string& text : set)
    for (std::string& word : split_overrides(text)) words.push_back(std::move(word));
  return words;
}

Profile CommonOptions::load_or_defaults() const {
  try {
    return load();
  } catch (const UserError&) {
    return Profile::defaults();
  }
}

po::variables_map parse_options(int argc, char** argv, const po::options_description& description,
                                const po::positional_options_description& positional) {
  // Guessing "--prof" for "--profile" would let a typo pass.
  constexpr int kStyle =
      po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv)
                  .options(description)
                  .positional(positional)
                  .style(kStyle)
                  .run(),
              values);
    po::notify(values);
    return values;
  } catch (const po::error& error) {
    throw UserError(std::string(error.what()) + "; --help lists the options");
  }
}

}  // namespace rc
