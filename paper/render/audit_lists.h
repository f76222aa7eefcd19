// Tables of the documents: arms, p-values, orders of surgery, deletions, and places in a text.
#pragma once

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Each is false where it would have no rows, and else has a list `rows`. A number the run lacks is
/// a dash.
///
/// {id, title, p_is, p, p_holm} of the claims that have a p-value, and how many they are: count.
kainjow::mustache::data p_value_table(const nlohmann::json& verdicts);

/// {arm, about, n (training runs), loss, difference, how, kv_floats} of the run's arms; `about`
/// tells what the arm changes, `how` what the difference's interval is. `collected` is
/// numbers.json.
kainjow::mustache::data arm_table(const nlohmann::json& collected, const Numbers& numbers);

/// {arm, n, values {value}}, an arm a row; besides the rows, `measures` {title} names the columns.
/// `measures` lists {title, name, format}, the name being the main arm's.
kainjow::mustache::data measure_table(const nlohmann::json& collected,
                                      const nlohmann::json& measures, const Numbers& numbers);

/// {order, shares {share}}: rise as a share of the attention benefit, an order of surgery a row;
/// besides the rows, `percents` {percent} names the columns.
kainjow::mustache::data order_table(const nlohmann::json& collected, const Numbers& numbers);

/// {percent, zeroed, rows_deleted, pairs_zeroed, pairs_deleted, pairs_cached}: rise in nats.
kainjow::mustache::data deletion_table(const Numbers& numbers);

/// {place, benefit, low_gain, random}: what attention is worth there, and 60 % cut, in nats.
kainjow::mustache::data place_table(const Numbers& numbers);

/// What "rank.x.f1" says, or a dash.
std::string text_or_dash(const Numbers& numbers, const std::string& name,
                         const std::string& format);

}  // namespace rc
