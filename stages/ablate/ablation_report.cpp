#include "stages/ablate/ablation_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

/// The shown points of a curve as <key>.<p> and <key>.<p>.share.
void add_points(Numbers& all, const std::string& key, const Curve& curve,
                const std::vector<long>& percents, const Yardstick& yardstick) {
  for (std::size_t p = 0; p < curve.size(); ++p) {
    if (!is_shown(percents[p])) continue;
    const auto name = fmt::format("{}.{}", key, percents[p]);
    all[name] = yardstick.rise(curve[p]);
    if (const auto share = yardstick.share(curve[p])) all[name + ".share"] = *share;
  }
}

Number removable_share(const Curve& curve, const std::vector<long>& percents,
                       const Yardstick& yardstick) {
  const auto percent = static_cast<double>(removable_percent(curve, percents, yardstick));
  return {percent / 100, "share", 1, {}};
}

json curve_json(const Curve& curve, const Yardstick& yardstick) {
  json loss, lo, hi, sequences;
  const double start = mean(yardstick.baseline);
  for (const auto& point : curve) {
    const auto number = yardstick.rise(point);
    loss.push_back(start + number.value);
    lo.push_back(start + number.interval->lo);
    hi.push_back(start + number.interval->hi);
    sequences.push_back(point.rows.size());
  }
  return {{"loss", loss},
          {"lo", lo},
          {"hi", hi},
          {"sequences", sequences},
          {"interval", kOverSequences}};
}

/// What a rule says of itself, and its place among all.
json rule_json(const OrderRule& rule) {
  return {{"title", rule.title},
          {"legend", rule.legend},
          {"question", text_of(rule.question).text},
          {"random", rule.is(kRandom)},
          {"original", rule.name == kOriginalOrder},
          {"place", &rule - order_rules().data()}};
}

json questions_json() {
  auto questions = json::array();
  for (const auto question : kQuestions) {
    const auto [text, original] = text_of(question);
    questions.push_back({{"question", text}, {"original", original}});
  }
  return questions;
}

/// Token losses kept of an order; undefined if it was not in the experiment.
TokenLosses kept(const Experiment& e, const std::string& order, long percent) {
  const auto found = e.tokens.find(order);
  return found == e.tokens.end() ? TokenLosses() : found->second.at(percent);
}

Number plain_mean(const Sequences& losses) { return {mean(losses), "nats/token", 1, {}}; }

}  // namespace

Numbers ablation_numbers(const Experiment& e) {
  Numbers all;
  const auto yardstick = e.yardstick();
  for (const auto& [name, curve] : e.curves) {
    add_points(all, "ablate." + name, curve, e.percents, yardstick);
    if (is_compared(name))
      all["ablate.removable_fraction." + name] = removable_share(curve, e.percents, yardstick);
  }
  all["ablate.baseline"] = plain_mean(yardstick.baseline);
  all["ablate.attention_benefit"] = rise(yardstick.floor, yardstick.baseline);
  return all;
}

Numbers third_numbers(const std::vector<ThirdExperiment>& thirds, const Yardstick& yardstick) {
  Numbers all;
  for (const auto& [third, percents, curves] : thirds)
    for (const auto& [name, curve] : curves) {
      add_points(all, fmt::format("ablate.{}.{}", third.name, name), curve, percents, yardstick);
      if (third.name != kDeep) continue;
      const auto removable = removable_share(curve, percents, yardstick);
      auto& best = all.try_emplace("ghost.removable.deep.best", removable).first->second;
      if (removable.value > best.value) best = removable;
      if (is_compared(name)) all["ghost.removable.deep." + name] = removable;
    }
  return all;
}

Numbers deletion_numbers(const Deletions& deletions, const Experiment& e) {
  Numbers all;
  const auto yardstick = e.yardstick();
  for (const auto& [way, by_percent] : deletions)
    for (const auto& [percent, losses] : by_percent)
      all[fmt::format("delete.{}.{}", way, percent)] = rise(losses, yardstick.baseline);
  if (const auto pair = e.curves.find("pair"); pair != e.curves.end())
    for (std::size_t p = 0; p < e.percents.size(); ++p)
      if (is_shown(e.percents[p]))
        all[fmt::format("delete.cached.{}", e.percents[p])] = yardstick.rise(pair->second[p]);
  return all;
}

Numbers position_numbers(const Experiment& e) {
  Numbers all;
  const auto edge = std::min<std::int64_t>(kEdge, e.baseline.size(1));
  for (const std::string end : {"first", "last"}) {
    const auto from = end == "first" ? 0 : e.baseline.size(1) - edge;
    const auto part = [&](const TokenLosses& tokens) {
      return sequences_of(tokens.narrow(1, from, edge));
    };
    const auto baseline = part(e.baseline);
    all["position." + end + ".attention_benefit"] = rise(part(e.floor), baseline);
    for (const std::string order : kCompared)
      if (const auto tokens = kept(e, order, kPositionPercent); tokens.defined())
        all[fmt::format("position.{}.{}.{}", end, order, kPositionPercent)] =
            rise(part(tokens), baseline);
  }
  return all;
}

Numbers induction_numbers(const Induction& i) {
  Numbers all = {{"induction.loss", plain_mean(i.baseline)},
                 {"induction.attention_benefit", rise(i.floor, i.baseline)}};
  for (const auto& [order, losses] : i.orders)
    all[fmt::format("induction.{}.{}", order, kPositionPercent)] = rise(losses, i.baseline);
  return all;
}

json ablation_curves(const Experiment& e) {
  json counts, orders = json::object();
  const auto yardstick = e.yardstick();
  for (const long percent : e.percents) counts.push_back(share_of(percent, e.d_k));
  for (const auto& [name, curve] : e.curves) {
    orders[name] = curve_json(curve, yardstick);
    orders[name].update(rule_json(order_named(name)));
  }
  return {{"percent", e.percents},
          {"shown_percents", kShownPercents},
          {"questions", questions_json()},
          {"dimensions_cut", counts},
          {"baseline", mean(yardstick.baseline)},
          {"uniform_attention", mean(yardstick.floor)},
          {"orders", orders}};
}

json third_curves(const std::vector<ThirdExperiment>& thirds, const Yardstick& yardstick) {
  json all = json::object();
  for (const auto& [third, percents, curves] : thirds) {
    json orders = json::object();
    for (const auto& [name, curve] : curves) orders[name] = curve_json(curve, yardstick);
    all[third.name] = {{"percent", percents},
                       {"layers", {third.layers.first, third.layers.end - 1}},
                       {"orders", orders}};
  }
  return all;
}

NamedTensors difficulty_losses(const Experiment& e) {
  NamedTensors losses = {{"baseline", e.baseline.to(torch::kFloat32)}};
  for (const std::string order : kCompared) {
    const auto tokens = kept(e, order, kDifficultyPercent);
    if (!tokens.defined()) return {};
    losses[order] = tokens.to(torch::kFloat32);
  }
  return losses;
}

}  // namespace rc
