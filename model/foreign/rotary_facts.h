// How positions turn keys, read from config.json in the notation of every version.
#pragma once

#include "model/foreign/config_fields.h"
#include "model/foreign/foreign_config.h"

namespace rc {

struct RotaryByWindow {
  RotaryFacts global;    // of layers that see all keys before them
  RotaryFacts windowed;  // of layers with a sliding window
};

/// Reads rope_theta, rope_local_base_freq and rope_scaling, or rope_parameters, which replaced them
/// in version 5. `two_bases`: layers with a window have a base of their own and are not stretched
/// by rope_scaling. UserError names a stretching that is not implemented.
RotaryByWindow read_rotary(ConfigFields& fields, bool two_bases);

}  // namespace rc
