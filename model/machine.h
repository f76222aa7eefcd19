// What of this machine changes a model's numbers.
#pragma once

#include "pipeline/stage/stage.h"

namespace rc {

/// "libtorch", "blas" and "products" (what multiplies in fused operations), their versions as
/// loaded; "auto.device" and "auto.train.precision", what these settings mean here where they are
/// auto. Facts as pipeline/stage/environment.h has them. `settings` may hold the setting device;
/// without it, it is taken for auto.
Environment machine_facts(const Settings& settings);

}  // namespace rc
