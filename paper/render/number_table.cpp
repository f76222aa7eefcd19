#include "paper/render/number_table.h"

#include <fmt/format.h>

#include <map>
#include <regex>
#include <string>
#include <vector>

#include "paper/render/page_lists.h"
#include "paper/text/number_text.h"
#include "pipeline/statistics/arm_names.h"

namespace rc {
namespace {

using kainjow::mustache::data;
using nlohmann::json;

/// The stage that a number comes from; no arm where the stage runs once a profile.
struct Origin {
  std::string stage = "collect";
  std::string arm = {};
};

/// Of every number that a stage gave, by the name it has among all arms.
std::map<std::string, Origin> origins(const json& collected) {
  std::map<std::string, Origin> origins;
  // Results that were kept before collect told this have no such field.
  const json made_by = collected.value("made_by", json::object());
  for (const auto& [stage, made] : made_by.items())
    for (const std::string name : made.at("numbers")) {
      if (made.at("once"))
        origins[name] = {stage};
      else
        for (const std::string arm : collected.at("arms"))
          origins[name_of_arm(name, arm)] = {stage, arm};
    }
  return origins;
}

data manifests(const Origin& origin, const Number& number, const json& seeds) {
  data rows(data::type::list);
  const auto add = [&](const std::string& folder, const std::string& seed) {
    data row("path", fmt::format("{}manifest/{}.json", folder, origin.stage));
    row.set("seed", seed);
    rows.push_back(row);
  };
  const auto of_seed = [&](long seed) {
    add(fmt::format("seed-{}/{}/", seed, origin.arm), fmt::format("seed {}", seed));
  };
  if (origin.arm.empty())
    add("", "once");
  else if (number.by_seed.empty())
    of_seed(seeds.front());
  else
    for (const auto& [seed, value] : number.by_seed) of_seed(seed);
  return rows;
}

data number_row(const std::string& name, const Number& number) {
  static const std::regex dot("\\.");
  data row("broken_name", std::regex_replace(name, dot, ".<wbr>"));
  row.set("value", format_number(number, "g4"));
  row.set("exact", fmt::format("{}", number.value));
  row.set("interval", number.interval ? format_number(number, "cig4") : kNone);
  row.set("width",
          fmt::format("{}", number.interval ? number.interval->hi - number.interval->lo : 0));
  row.set("unit", number.unit);
  row.set("n", std::to_string(number.n));
  return row;
}

}  // namespace

data number_table(const json& collected, const json& groups, const Numbers& numbers) {
  const auto from = origins(collected);
  const json& sources = collected.at("sources");
  data rows(data::type::list);
  for (const json& group : groups)
    for (const auto& name : names_under(group.at("prefixes"), numbers)) {
      const Number& number = numbers.at(name);
      data row = number_row(name, number);
      row.set("topic", group.at("title").get<std::string>());
      if (sources.contains(name)) {
        row.set("stage", sources.at(name).get<std::string>());
        row.set("manifests", data(data::type::list));
      } else {
        const auto found = from.find(name);
        const Origin origin = found == from.end() ? Origin{} : found->second;
        row.set("stage", origin.stage);
        row.set("manifests", manifests(origin, number, collected.at("seeds")));
      }
      rows.push_back(row);
    }
  return rows;
}

}  // namespace rc
