#include "paper/render/page_lists.h"

#include <algorithm>

#include "paper/render/audit_lists.h"
#include "paper/text/number_text.h"
#include "pipeline/stage/progress.h"

namespace rc {
namespace {

using kainjow::mustache::data;
using nlohmann::json;

/// The number a verdict names in `field`, with its interval.
std::string number_of(const json& verdict, const std::string& field, const Numbers& numbers) {
  const auto name = verdict.at(field).get<std::string>();
  if (name.empty()) return kNone;
  return number_text(numbers, name + ".with" + verdict.at(field + "_format").get<std::string>());
}

std::string seeds_of(const json& verdict, const Numbers& numbers) {
  const auto name = verdict.at("ours").get<std::string>();
  return name.empty() ? kNone : number_text(numbers, name + ".n");
}

bool is_count(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == word.npos;
}

/// Words parted by dots, numbers among them by their size.
bool naturally_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto x = a.substr(0, a.find('.')), y = b.substr(0, b.find('.'));
    if (x != y) {
      if (is_count(x) && is_count(y) && x.size() != y.size()) return x.size() < y.size();
      return x < y;
    }
    a.remove_prefix(std::min(x.size() + 1, a.size()));
    b.remove_prefix(std::min(y.size() + 1, b.size()));
  }
  return a.size() < b.size();
}

bool is_under(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
    return name == prefix || name.starts_with(prefix + ".");
  });
}

/// `name` with one ending in place of another; "" if it does not end so.
std::string sibling(const std::string& name, std::string_view ending, std::string_view other) {
  if (!name.ends_with(ending)) return {};
  return name.substr(0, name.size() - ending.size()) + std::string(other);
}

data number_row(const std::string& name, const Numbers& numbers, const json& sources) {
  const Number& number = numbers.at(name);
  data row("name", data(name));
  row.set("value", format_number(number, "g4"));
  row.set("unit", number.unit);
  row.set("n", std::to_string(number.n));
  row.set("interval", number.interval ? format_number(number, "cig4") : kNone);
  row.set("source", sources.value(name, kNone));
  return row;
}

/// `middle` and its sibling that ends in .deep.
data third_row(const std::string& middle, const Numbers& numbers) {
  const Number& number = numbers.at(middle);
  data row("name", data(sibling(middle, ".middle", "")));
  row.set("middle", format_number(number, "withg3"));
  row.set("deep", format_number(numbers.at(sibling(middle, ".middle", ".deep")), "withg3"));
  row.set("unit", number.unit);
  row.set("n", std::to_string(number.n));
  return row;
}

/// Of a reason, what is missing and not how what is trained here would get it.
std::string first_clause(const std::string& reason) {
  const auto end = reason.find(';');
  return end == reason.npos ? reason : reason.substr(0, end) + ".";
}

}  // namespace

data claim_row(const std::string& id, const json& verdict, const Numbers& numbers) {
  data row;
  row.set("id", id);
  for (const auto* field :
       {"title", "claim", "rule", "original", "verdict", "reason", "ours_is", "control_is"})
    row.set(field, verdict.at(field).get<std::string>());
  row.set("lack", first_clause(verdict.at("reason").get<std::string>()));
  row.set("key", verdict.at("key").get<std::string>());
  row.set("ours_name", verdict.at("ours").get<std::string>());
  row.set("control_name", verdict.at("control").get<std::string>());
  row.set("ours", number_of(verdict, "ours", numbers));
  row.set("control", number_of(verdict, "control", numbers));
  row.set("n", seeds_of(verdict, numbers));
  row.set("few_seeds", data(verdict.at("few_seeds").get<bool>()));
  row.set("has_ours", data(!verdict.at("ours").get<std::string>().empty()));
  row.set("has_control", data(!verdict.at("control").get<std::string>().empty()));
  row.set("not_measured", data(verdict.at("key") == "not_measured"));
  return row;
}

data group_row(const std::string& title, const std::vector<std::string>& names,
               const Numbers& numbers, const json& sources) {
  data rows(data::type::list), thirds(data::type::list);
  for (const auto& name : names) {
    if (numbers.contains(sibling(name, ".deep", ".middle"))) continue;
    if (numbers.contains(sibling(name, ".middle", ".deep")))
      thirds << third_row(name, numbers);
    else
      rows << number_row(name, numbers, sources);
  }
  data group("title", data(title));
  group.set("has_rows", data(rows.is_non_empty_list()));
  group.set("has_thirds", data(thirds.is_non_empty_list()));
  group.set("rows", rows);
  group.set("thirds", thirds);
  group.set("sourced", data(!names.empty() && sources.contains(names.front())));
  return group;
}

data surgery_rows(const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& percent : percents_of("ablate.low_gain", numbers)) {
    data row("percent", data(percent));
    for (const std::string order : {"low_gain", "random", "high_gain"}) {
      const auto name = "ablate." + order + "." + percent;
      row.set(order, text_or_dash(numbers, name, "withs3"));
      row.set(order + "_share", text_or_dash(numbers, name + ".share", "pct1"));
      row.set(order + "_learned", text_or_dash(numbers, name + ".share_learned", "pct1"));
    }
    row.set("original", text_or_dash(numbers, "original.surgery.rise." + percent, "s5"));
    rows << row;
  }
  return rows;
}

data speed_rows(const Numbers& numbers) {
  data rows(data::type::list);
  for (const auto& percent : percents_of("kernels.decode.speedup", numbers)) {
    data row("percent", data(percent));
    // Both phases read and multiply keys and values in the same proportion.
    row.set("cap", text_or_dash(numbers, "kernels.decode.cap." + percent, "f2"));
    for (const std::string phase : {"prefill", "decode"}) {
      const auto speedup = phase + ".speedup." + percent;
      row.set(phase, text_or_dash(numbers, "kernels." + speedup, "withf2"));
      row.set("model_" + phase, text_or_dash(numbers, "inference." + speedup, "withf2"));
      for (const std::string kind : {"flops", "bytes"}) {
        const auto bound = "amdahl." + phase + "." + kind + "." + percent;
        row.set(phase + "_" + kind, text_or_dash(numbers, bound, "f2"));
      }
    }
    rows << row;
  }
  return rows;
}

std::vector<std::string> names_under(const std::vector<std::string>& prefixes,
                                     const Numbers& numbers) {
  std::vector<std::string> names;
  for (const auto& [name, number] : numbers)
    if (is_under(name, prefixes)) names.push_back(name);
  std::sort(names.begin(), names.end(), naturally_before);
  return names;
}

std::vector<std::string> percents_of(const std::string& prefix, const Numbers& numbers) {
  std::vector<std::string> found;
  for (const auto& name : names_under({prefix}, numbers)) {
    const auto last = name.substr(name.rfind('.') + 1);
    if (is_count(last) && name == prefix + "." + last) found.push_back(last);
  }
  return found;
}

data stage_rows(const json& provenance) {
  data rows(data::type::list);
  for (const auto& stage : provenance.at("stages")) {
    data row;
    row.set("stage", stage.at("stage").get<std::string>());
    row.set("runs", stage.at("runs").dump());
    row.set("time", duration_text(stage.at("wall_seconds")));
    row.set("facts", stage.at("facts").get<std::string>());
    rows.push_back(row);
  }
  return rows;
}

data setting_rows(const json& provenance) {
  data rows(data::type::list);
  for (const auto& [name, value] : provenance.at("settings").items()) {
    data row;
    row.set("name", name);
    row.set("value", value.get<std::string>());
    rows.push_back(row);
  }
  return rows;
}

std::string enumerate_values(const json& list) {
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    out += i == 0 ? "" : i + 1 == list.size() ? " and " : ", ";
    out += list[i].is_string() ? list[i].get<std::string>() : list[i].dump();
  }
  return out;
}

}  // namespace rc
