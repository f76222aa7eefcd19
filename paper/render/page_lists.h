// Rows that a template's sections repeat over.
#pragma once

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// In the place of what there is not.
inline constexpr const char* kNone = "\u2013";

/// What a page shows of a verdict: id, title, claim, rule, original, ours, ours_is, control,
/// control_is, n, verdict and reason as texts (numbers with their interval; a dash where there is
/// none); key of the verdict; ours_name and control_name, the numbers' own; few_seeds, has_ours,
/// has_control and not_measured as truths.
kainjow::mustache::data claim_row(const std::string& id, const nlohmann::json& verdict,
                                  const Numbers& numbers);

/// A heading with its numbers: title; rows {name, value, unit, n, interval, source}; thirds {name,
/// middle, deep, unit, n} for names that end in .middle and .deep, which share a row; has_rows,
/// has_thirds, and sourced where the numbers have sources in place of intervals.
kainjow::mustache::data group_row(const std::string& title, const std::vector<std::string>& names,
                                  const Numbers& numbers, const nlohmann::json& sources);

/// A row for every percentage of key dimensions cut or removed of which there are numbers: percent
/// and, of ablate.* and of kernels.*, what the deep dive's tables show of it.
kainjow::mustache::data surgery_rows(const Numbers& numbers);
kainjow::mustache::data speed_rows(const Numbers& numbers);

/// Names that are `prefix` or start with it and a dot, in natural order ("a.20" before "a.100").
std::vector<std::string> names_under(const std::vector<std::string>& prefixes,
                                     const Numbers& numbers);

/// The p of all numbers <prefix>.<p>, ascending.
std::vector<std::string> percents_of(const std::string& prefix, const Numbers& numbers);

/// Rows {stage, runs, time, facts} and {name, value} of the provenance.
kainjow::mustache::data stage_rows(const nlohmann::json& provenance);
kainjow::mustache::data setting_rows(const nlohmann::json& provenance);

/// "A", "B1, B2 and C".
std::string enumerate_values(const nlohmann::json& list);

}  // namespace rc
