// Every number with where it comes from, for the page for the screen.
#pragma once

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// A row for every number of `collected`, which is numbers.json, in the order of `groups`
/// ({"title", "prefixes"}):
///   broken_name   its name as HTML that may break after a dot
///   topic         the title of its group
///   value, interval, unit, n    texts, a dash for none
///   exact, width  the value, and the length of the interval, to sort by
///   stage         what gave it or what it follows from; a source, of the original's values
///   manifests     {path, seed} of that stage, relative to the run's folder: one a seed of the
///                 number, or one that says "once" where the stage runs once a profile
kainjow::mustache::data number_table(const nlohmann::json& collected, const nlohmann::json& groups,
                                     const Numbers& numbers);

}  // namespace rc
