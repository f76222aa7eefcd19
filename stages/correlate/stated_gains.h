// Key gains of a model trained elsewhere, and what had to be known to read them.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "stages/correlate/correlation.h"

namespace rc {

/// What `correlate --gains` compares.
struct StatedGains {
  ModelGains model;
  Pairing pairing;  // of the dimensions of model.keys
  /// What config.json says, or what is assumed without one: a sentence for a person.
  std::string read_as;
};

/// `paths`: the folder of a Hugging Face checkpoint, or safetensors files of one model. Where a
/// config.json lies beside them it decides: gains are effective ones (1 + w for Gemma), a norm over
/// all key heads gives each layer the mean of its heads' gains, as heads of two layers have nothing
/// to do with each other. Without one, gains are taken as stored and `assumed` says how dimensions
/// pair. UserError for what cannot be known without one: which of more than 256 gains belong to
/// which head; and for whatever is missing or not implemented.
StatedGains stated_gains(std::span<const std::filesystem::path> paths, Pairing assumed);

}  // namespace rc
