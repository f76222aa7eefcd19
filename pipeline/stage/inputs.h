// What a stage reads, with the hashes that go into its content key.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/stage/stage.h"

namespace rc {

struct Input {
  std::filesystem::path path;
  std::string name;   // relative to runs/<profile>; an outside file keeps the path it was given
  Digest digest;      // of an upstream output: as its manifest says
  std::string stage;  // that made it; "" for a file from outside
};

/// The outputs of `need.stage` that end in `need.suffix`, in the order of their names. UserError
/// names a stage that has not run and the command that runs it.
std::vector<Input> upstream_outputs(const Context& context, const Need& need);

/// Everything the stage reads, in the order of names. Hashes only the files from outside.
std::vector<Input> inputs_of(const Context& context);

/// UserError names the first input whose bytes are not those its stage wrote, and what remakes it.
void verify_inputs(const Context& context, const std::vector<Input>& inputs);

}  // namespace rc
