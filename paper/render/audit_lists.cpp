#include "paper/render/audit_lists.h"

#include <utility>
#include <vector>

#include "paper/text/number_text.h"

namespace rc {
namespace {

using kainjow::mustache::data;
using nlohmann::json;

constexpr const char* kNone = "\u2013";
constexpr const char* kPercents[] = {"20", "40", "50", "60", "80"};

data table(const data& rows) {
  if (!rows.is_non_empty_list()) return data(false);
  return data("rows", rows);
}

/// Orders as a reader knows them, the original's first.
const std::vector<std::pair<std::string, std::string>> kOrders = {
    {"low_gain", "lowest key gain first (the original's)"},
    {"random", "random"},
    {"high_gain", "highest key gain first"},
    {"product", "lowest product of key and query gain"},
    {"think", "least energy of queries times keys (ThinK)"},
    {"pair", "whole rotary pairs, by gain"},
    {"frequency", "whole rotary pairs, highest frequency first"},
    {"global", "lowest key gain, one budget over all layers"},
    {"global_shuffled", "random, as many a layer as under that budget"},
    {"low_gain_mean", "lowest key gain, set to the mean"},
    {"low_gain_temperature", "lowest key gain, logits rescaled"}};

const std::vector<std::pair<std::string, std::string>> kPlaces = {
    {"position.first", "first 32 tokens of a sequence"},
    {"position.last", "last 32 tokens of a sequence"},
    {"induction", "random tokens, the second time round"}};

}  // namespace

std::string text_or_dash(const Numbers& numbers, const std::string& name,
                         const std::string& format) {
  const auto found = numbers.find(name);
  return found == numbers.end() ? kNone : format_number(found->second, format);
}

data p_value_table(const json& verdicts) {
  data rows(data::type::list);
  int count = 0;
  for (const auto& [id, verdict] : verdicts.items()) {
    if (verdict.value("p", json()).is_null()) continue;
    data row("id", data(id));
    row.set("title", verdict.at("title").get<std::string>());
    row.set("p_is", verdict.at("p_is").get<std::string>());
    row.set("p", p_text(verdict.at("p")));
    row.set("p_holm", p_text(verdict.at("p_holm")));
    rows << row;
    ++count;
  }
  data out = table(rows);
  if (count > 0) out.set("count", std::to_string(count));
  return out;
}

data arm_table(const json& arms, const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& entry : arms) {
    const auto arm = entry.get<std::string>();
    const auto difference = numbers.find("loss_difference." + arm);
    const bool paired = difference != numbers.end();
    const auto kv_floats = arm == "learned" ? "train.kv_floats" : "train." + arm + ".kv_floats";
    data row("arm", data(arm));
    row.set("loss", text_or_dash(numbers, "loss." + arm, "f3"));
    row.set("difference", paired ? format_number(difference->second, "withs3") : kNone);
    row.set("how", paired && difference->second.interval ? format_number(difference->second, "how")
                                                         : kNone);
    row.set("kv_floats", text_or_dash(numbers, kv_floats, "f0"));
    rows << row;
  }
  return table(rows);
}

data order_table(const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& [order, title] : kOrders) {
    const auto prefix = "ablate." + order + ".";
    if (!numbers.contains(prefix + "60.share")) continue;
    data row("order", data(title));
    for (const std::string percent : kPercents)
      row.set("p" + percent, text_or_dash(numbers, prefix + percent + ".share", "pct1"));
    rows << row;
  }
  return table(rows);
}

data deletion_table(const Numbers& numbers) {
  data rows(data::type::list);
  for (const std::string percent : kPercents) {
    if (!numbers.contains("delete.rows." + percent)) continue;
    data row("percent", data(percent));
    const auto rise = [&](const std::string& prefix) {
      return text_or_dash(numbers, prefix + "." + percent, "s4");
    };
    row.set("zeroed", rise("ablate.low_gain"));
    row.set("rows_deleted", rise("delete.rows"));
    row.set("rows_statistic", rise("delete.rows_statistic"));
    row.set("pairs_zeroed", rise("ablate.pair"));
    row.set("pairs_deleted", rise("delete.pairs"));
    row.set("pairs_statistic", rise("delete.pairs_statistic"));
    rows << row;
  }
  return table(rows);
}

data place_table(const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& [place, title] : kPlaces) {
    if (!numbers.contains(place + ".attention_benefit")) continue;
    data row("place", data(title));
    row.set("benefit", text_or_dash(numbers, place + ".attention_benefit", "withs3"));
    row.set("low_gain", text_or_dash(numbers, place + ".low_gain.60", "withs3"));
    row.set("random", text_or_dash(numbers, place + ".random.60", "withs3"));
    rows << row;
  }
  return table(rows);
}

}  // namespace rc
