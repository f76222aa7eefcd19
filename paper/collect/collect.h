// All stage files of a run in, numbers.json out.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/stage/stage.h"

namespace rc {

/// What stage collect is: it reads every manifest it is given, of whatever stage, of their JSON
/// files those that hold numbers, and the token losses that claim A9 compares (difficulty.h).
StageSpec collect_spec();

/// {"profile", "seeds": [...], "arms": [names], "about_arms": {name: what it changes},
///  "orders": [{"name", "title"}] of the main arm's surgery, "percents": those that tables show,
///  "numbers": {name: number}, "sources": {name: text} of the originals' numbers, "verdicts",
///  "provenance" and "made_by" (provenance.h), with two seeds or more "difficulty" (difficulty.h),
///  and of a checkpoint trained elsewhere "model" {"name", "summary", "ranked_by", "norm",
///  "checkpoint_sha256"}}. UserError where the main arm, or a file from outside, is missing.
nlohmann::json collect(const Context& context);

}  // namespace rc
