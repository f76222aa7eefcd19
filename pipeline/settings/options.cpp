#include "pipeline/settings/options.h"

#include <string>
#include <string_view>

#include "pipeline/error.h"
#include "pipeline/files/program.h"
#include "pipeline/version.h"

namespace rc {

namespace po = boost::program_options;

po::variables_map parse_options(int argc, char** argv, const po::options_description& description,
                                const po::positional_options_description& positional) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--version") throw VersionAsked{git_revision()};
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
