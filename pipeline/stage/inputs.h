// What a stage reads, with the hashes that go into its content key.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/files/hash.h"
#include "pipeline/stage/manifest.h"

namespace rc {

class Context;

/// The manifest of an upstream stage, and the folder its outputs lie in.
struct InputManifest {
  std::filesystem::path file;
  std::filesystem::path folder;
  Manifest manifest;
};

/// Whether a command line's word names a manifest: <folder>/manifest/<stage>.json.
bool names_manifest(const std::filesystem::path& word);

/// UserError where it is absent, with the command that makes it.
InputManifest read_input(const std::filesystem::path& file, const std::string& reader,
                         const std::string& profile);

/// The files that a word other than a manifest means: itself, or where it starts with '@' those
/// that the file behind the '@' lists, a line each.
std::vector<std::filesystem::path> files_named(const std::filesystem::path& word);

struct Input {
  std::filesystem::path path;
  std::string name;   // "seed-0/learned/train.json"; an outside file keeps the path it was given
  Digest digest;      // of an upstream output: as its manifest says
  std::string stage;  // that made it; "" for a file from outside
};

/// Whether a stage's name is `pattern`, or begins as `pattern` does before its '*'.
bool is_named(const std::string& stage, const std::string& pattern);

/// The outputs of manifests of `stage` (a pattern) that end in `suffix`, in the order of their
/// names.
std::vector<Input> upstream_outputs(const std::vector<InputManifest>& manifests,
                                    const std::string& stage, const std::string& suffix);

/// Everything the stage reads, in the order of names. Hashes only the files from outside.
std::vector<Input> inputs_of(const Context& context);

/// UserError names the first input whose bytes are not those its stage wrote, and what remakes it.
void verify_inputs(const Context& context, const std::vector<Input>& inputs);

/// Profile of audits of somebody else's checkpoint: what they are of is no profile's business.
inline constexpr const char* kCheckpointProfile = "model";

/// "make train PROFILE=smoke"; of a checkpoint's audit it names what Make has to be told.
std::string remake_command(const std::string& stage, const std::string& profile);

}  // namespace rc
