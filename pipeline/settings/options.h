// Parsing a command line, in one way for every program.
#pragma once

#include <boost/program_options.hpp>

namespace rc {

/// Parses `argv`; UserError for an unknown or malformed option, VersionAsked for --version.
boost::program_options::variables_map parse_options(
    int argc, char** argv, const boost::program_options::options_description& description,
    const boost::program_options::positional_options_description& positional = {});

}  // namespace rc
