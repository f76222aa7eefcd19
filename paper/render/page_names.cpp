#include "paper/render/page_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "paper/render/audit_lists.h"
#include "paper/render/number_table.h"
#include "paper/render/page_lists.h"
#include "paper/render/template_text.h"
#include "paper/text/number_text.h"
#include "paper/verdict/verdict.h"
#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;
using Data = PageNames::Data;

/// Whether some verdict carries a star: an arm that ran for one seed may stand among others.
bool any_has_few_seeds(const json& verdicts) {
  return std::ranges::any_of(verdicts, [](const json& v) { return v.at("few_seeds").get<bool>(); });
}

/// Whether numbers are about a checkpoint trained elsewhere.
bool is_audited(const json& collected) { return collected.contains("model"); }

/// What is trained here has gains unless an arm takes them away.
bool is_ranked_by(const json& collected, const char* sizes) {
  return (is_audited(collected) ? collected["model"].at("ranked_by") : json("gains")) == sizes;
}

bool is_measured(const json& verdict) {
  return verdict.at("key") != verdict_key(Verdict::kNotMeasured);
}

std::set<std::string> names_of_claims() {
  std::set<std::string> names;
  const auto add = [&](const std::string& sentence) {
    for (auto& name : names_in(sentence)) names.insert(std::move(name));
  };
  for (const Claim& claim : rc::claims()) {
    for (const auto& sentence : claim.facts) add(sentence);
    for (const auto& number : claim.ours) names.insert(parse_reference(number).name);
    for (const auto& number : claim.control) names.insert(parse_reference(number).name);
  }
  return names;
}

/// Numbers that a template shows with a format: it may ask first whether the run has them.
std::set<std::string> names_shown(const std::map<std::string, std::string>& templates) {
  std::set<std::string> names;
  for (const auto& [file, text] : templates)
    for (auto open = text.find("{{"); open != text.npos; open = text.find("{{", open + 2)) {
      const auto [name, place] =
          split_place(text.substr(open + 2, text.find("}}", open) - open - 2));
      const auto dot = name.rfind('.');
      if (dot != name.npos && is_format(name.substr(dot + 1))) names.insert(name.substr(0, dot));
    }
  return names;
}

/// What follows `prefix` in `name`; nothing if the name does not start so.
std::optional<std::string> after(std::string_view prefix, const std::string& name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return name.substr(prefix.size());
}

bool is_verdict_key(const std::string& key) {
  for (const Verdict verdict : kVerdicts)
    if (key == verdict_key(verdict)) return true;
  return false;
}

}  // namespace

PageNames::PageNames(const json& collected, const json& groups, const json& measures,
                     const std::map<std::string, std::string>& templates)
    : collected_(collected),
      groups_(groups),
      measures_(measures),
      numbers_(numbers_from_json(collected.at("numbers"))),
      known_(names_of_claims()) {
  for (const auto& [name, number] : numbers_) known_.insert(name);
  known_.merge(names_shown(templates));
  for (const auto& [name, text] : templates) partials_.emplace(name, Data(text));
}

const Data* PageNames::get(const std::string& tag) const {
  const auto [name, place] = split_place(tag);
  for (auto item = stack_.rbegin(); item != stack_.rend(); ++item)
    if (const Data* field = (*item)->get(name)) return field;
  try {
    return resolve(name);
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: {}", place, error.what()));
  }
}

const Data* PageNames::get_partial(const std::string& tag) const {
  const auto [name, place] = split_place(tag);
  const auto found = partials_.find(name);
  if (found == partials_.end())
    throw UserError(fmt::format("{}: no template {}.md to include", place, name));
  return &found->second;
}

void PageNames::tell(const std::string& name, Data data) {
  made_[name] = std::make_unique<Data>(std::move(data));
}

std::vector<std::string> PageNames::unused() const {
  std::vector<std::string> names;
  for (const auto& [name, number] : numbers_)
    if (!used_.contains(name)) names.push_back(name);
  return names;
}

const Data* PageNames::resolve(const std::string& name) const {
  auto& kept = made_[name];
  if (!kept) kept = std::make_unique<Data>(make(name));
  return kept.get();
}

Data PageNames::make(const std::string& name) const {
  if (const auto rest = after("has.", name)) return Data(has(*rest));
  if (const auto rest = after("positive.", name)) return Data(positive(*rest));
  if (const auto rest = after("more.", name)) return Data(more(*rest));
  if (const auto rest = after("verdict.", name)) return Data(verdict(*rest));
  if (const auto rest = after("claim.", name)) return claim_row(*rest, verdict_on(*rest), numbers_);
  const json& provenance = collected_.at("provenance");
  if (const auto rest = after("setting.", name)) {
    const auto found = provenance.at("settings").find(*rest);
    if (found == provenance.at("settings").end()) throw UserError("no setting " + *rest);
    return Data(found->get<std::string>());
  }
  if (const auto rest = after("checkpoint.", name)) {
    if (!is_audited(collected_) || !collected_["model"].contains(*rest))
      throw UserError("no text " + name);
    return Data(collected_["model"][*rest].get<std::string>());
  }
  if (const auto rest = after("provenance.", name)) {
    if (!provenance.contains(*rest) || !provenance[*rest].is_string())
      throw UserError("no text " + name);
    return Data(provenance[*rest].get<std::string>());
  }
  if (name.find('.') == name.npos) return list(name);
  return number(name);
}

/// Names of one word: lists, and facts about the whole run.
Data PageNames::list(const std::string& name) const {
  if (name == "stages") return stage_rows(collected_.at("provenance"));
  if (name == "settings") return setting_rows(collected_.at("provenance"));
  if (name == "profile") return Data(collected_.at("profile").get<std::string>());
  if (name == "seeds" || name == "arms") return Data(enumerate_values(collected_.at(name)));
  if (name == "audited") return Data(is_audited(collected_));
  if (name == "by_energy") return Data(!is_ranked_by(collected_, "gains"));
  if (name == "gains_tie") return Data(is_ranked_by(collected_, "energies, as gains tie"));
  if (name == "norm_over_heads")
    return Data(is_audited(collected_) && collected_["model"].at("norm") == "over all heads");
  if (name == "one_seed") return Data(collected_.at("seeds").size() == 1);
  if (name == "few_seeds") return Data(any_has_few_seeds(collected_.at("verdicts")));
  if (name == "surgery") return surgery_rows(numbers_);
  if (name == "speed") return speed_rows(numbers_);
  if (name == "p_values") return p_value_table(collected_.at("verdicts"));
  if (name == "arm_measures") return measure_table(collected_, measures_, numbers_);
  if (name == "losses") return arm_table(collected_, numbers_);
  if (name == "orders") return order_table(collected_, numbers_);
  if (name == "deletions") return deletion_table(numbers_);
  if (name == "places") return place_table(numbers_);
  if (name == "groups") return groups();
  if (name == "all_numbers") return number_table(collected_, groups_, numbers_);
  if (name == "claims") return claims("");
  if (name == "measured") return measured_claims();
  if (name == "unmeasured") return unmeasured_claims();
  if (const auto part = after("claims_", name)) return claims(*part);
  throw UserError("no name " + name);
}

Data PageNames::claims(const std::string& part) const {
  Data rows(Data::type::list);
  for (const auto& [id, verdict] : collected_.at("verdicts").items())
    if (id.starts_with(part)) rows.push_back(claim_row(id, verdict, numbers_));
  return rows;
}

Data PageNames::measured_claims() const {
  Data rows(Data::type::list);
  for (const auto& [id, verdict] : collected_.at("verdicts").items())
    if (is_measured(verdict)) rows.push_back(claim_row(id, verdict, numbers_));
  return rows;
}

Data PageNames::unmeasured_claims() const {
  Data rows(Data::type::list);
  for (const auto& [id, verdict] : collected_.at("verdicts").items())
    if (!is_measured(verdict)) rows.push_back(claim_row(id, verdict, numbers_));
  return rows;
}

Data PageNames::groups() const {
  const json& sources = collected_.at("sources");
  Data rows(Data::type::list);
  for (const json& group : groups_) {
    const auto names = names_under(group.at("prefixes"), numbers_);
    if (names.empty()) continue;
    used_.insert(names.begin(), names.end());
    rows.push_back(group_row(group.at("title"), names, numbers_, sources));
  }
  return rows;
}

Data PageNames::number(const std::string& reference) const {
  auto text = number_text(numbers_, reference);
  used_.insert(parse_reference(reference).name);
  return Data(text);
}

bool PageNames::has(const std::string& name) const {
  if (const auto setting = after("setting.", name))  // kept results are older than some settings
    return collected_.at("provenance").at("settings").contains(*setting);
  if (!known_.contains(name))
    throw UserError(fmt::format("neither a number nor a claim is about {}; the nearest is {}", name,
                                nearest(name, {known_.begin(), known_.end()})));
  return numbers_.contains(name);
}

bool PageNames::positive(const std::string& name) const {
  const auto number = find_number(numbers_, name);
  return (number.interval ? number.interval->lo : number.value) > 0;
}

bool PageNames::more(const std::string& names) const {
  const auto than = names.find(".than.");
  if (than == names.npos) throw UserError("more.<number>.than.<number> is expected");
  return find_number(numbers_, names.substr(0, than)).value >
         find_number(numbers_, names.substr(than + 6)).value;
}

bool PageNames::verdict(const std::string& name) const {
  const auto dot = name.find('.');
  const json& verdict = verdict_on(name.substr(0, dot));
  const auto key = dot == name.npos ? "" : name.substr(dot + 1);
  if (key == "few_seeds") return verdict.at(key);
  if (!is_verdict_key(key)) throw UserError(key + " is no verdict");
  return verdict.at("key") == key;
}

const json& PageNames::verdict_on(const std::string& id) const {
  const auto found = collected_.at("verdicts").find(id);
  if (found == collected_.at("verdicts").end()) throw UserError("no claim " + id);
  return *found;
}

}  // namespace rc
