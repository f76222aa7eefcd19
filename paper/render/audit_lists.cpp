#include "paper/render/audit_lists.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "paper/render/page_lists.h"
#include "paper/text/number_text.h"
#include "pipeline/statistics/arm_names.h"

namespace rc {
namespace {

using kainjow::mustache::data;
using nlohmann::json;

data table(const data& rows) {
  if (!rows.is_non_empty_list()) return data(false);
  return data("rows", rows);
}

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

data arm_table(const json& collected, const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& entry : collected.at("arms")) {
    const auto arm = entry.get<std::string>();
    const auto difference = numbers.find("loss_difference." + arm);
    const bool paired = difference != numbers.end();
    const auto kv_floats = name_of_arm("train.kv_floats", arm);
    data row("arm", data(arm));
    row.set("about", collected.at("about_arms").at(arm).get<std::string>());
    row.set("n", text_or_dash(numbers, "loss." + arm, "n"));
    row.set("loss", text_or_dash(numbers, "loss." + arm, "f3"));
    row.set("difference", paired ? format_number(difference->second, "withs3") : kNone);
    row.set("how", paired && difference->second.interval ? format_number(difference->second, "how")
                                                         : kNone);
    row.set("kv_floats", text_or_dash(numbers, kv_floats, "f0"));
    rows << row;
  }
  return table(rows);
}

data measure_table(const json& collected, const json& measures, const Numbers& numbers) {
  data rows(data::type::list), titles(data::type::list);
  for (const auto& measure : measures)
    titles << data("title", data(measure.at("title").get<std::string>()));
  for (const auto& entry : collected.at("arms")) {
    const auto arm = entry.get<std::string>();
    data values(data::type::list);
    for (const auto& measure : measures)
      values << data("value", text_or_dash(numbers, name_of_arm(measure.at("name"), arm),
                                           measure.at("format")));
    data row("arm", data(arm));
    row.set("n", text_or_dash(numbers, "loss." + arm, "n"));
    row.set("values", values);
    rows << row;
  }
  data out = table(rows);
  if (rows.is_non_empty_list()) out.set("measures", titles);
  return out;
}

data order_table(const json& collected, const Numbers& numbers) {
  data rows(data::type::list), percents(data::type::list);
  for (const auto& percent : collected.at("percents")) percents << data("percent", percent.dump());
  for (const auto& order : collected.at("orders")) {
    data shares(data::type::list);
    for (const auto& percent : collected.at("percents")) {
      const auto name =
          fmt::format("ablate.{}.{}.share", order.at("name").get<std::string>(), percent.dump());
      shares << data("share", text_or_dash(numbers, name, "pct1"));
    }
    data row("order", data(order.at("title").get<std::string>()));
    row.set("shares", shares);
    rows << row;
  }
  data out = table(rows);
  if (rows.is_non_empty_list()) out.set("percents", percents);
  return out;
}

data deletion_table(const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& percent : percents_of("delete.rows", numbers)) {
    data row("percent", data(percent));
    const auto rise = [&](const std::string& prefix) {
      return text_or_dash(numbers, prefix + "." + percent, "s4");
    };
    row.set("zeroed", rise("ablate.low_gain"));
    row.set("rows_deleted", rise("delete.rows"));
    row.set("pairs_zeroed", rise("ablate.pair"));
    row.set("pairs_deleted", rise("delete.pairs"));
    row.set("pairs_cached", rise("delete.cached"));
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
