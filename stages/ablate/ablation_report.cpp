#include "stages/ablate/ablation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr std::array kBeyond = {90L, 95L, 100L};  // reported besides those that tables show
constexpr double kUnnoticed = 0.01;  // claims A3, B1, B2: less than 1 % of the attention benefit
constexpr std::array kCompared = {kOriginalOrder, "random"};  // where a control stands for all

bool is_reported(long percent) {
  const auto holds = [&](const auto& list) {
    return std::find(std::begin(list), std::end(list), percent) != std::end(list);
  };
  return holds(kShownPercents) || holds(kBeyond);
}

/// The two ends all curves share.
struct Ends {
  Sequences baseline, floor;
  explicit Ends(const Experiment& e)
      : baseline(sequences_of(e.baseline)), floor(sequences_of(e.floor)) {}
};

void add_order(Numbers& all, const std::string& name, const Curve& curve, const Experiment& e) {
  const Ends ends(e);
  for (std::size_t p = 0; p < curve.size(); ++p) {
    const long percent = e.percents[p];
    if (!is_reported(percent)) continue;
    const auto key = fmt::format("ablate.{}.{}", name, percent);
    all[key] = rise(curve[p], ends.baseline);
    all[key + ".share"] = rise_share(curve[p], ends.baseline, ends.floor);
  }
  Sequences rises;
  for (const auto& losses : curve) rises.push_back(mean(losses) - mean(ends.baseline));
  const Sequences benefits(rises.size(), mean(ends.floor) - mean(ends.baseline));
  const auto removable = removable_percent(e.percents, rises, benefits, kUnnoticed);
  all["ablate.removable_fraction." + name] = {static_cast<double>(removable) / 100, "share", 1, {}};
}

json curve_json(const Curve& curve, const Sequences& baseline) {
  json loss, lo, hi;
  const double start = mean(baseline);
  for (const auto& sequences : curve) {
    const auto number = rise(sequences, baseline);
    loss.push_back(start + number.value);
    lo.push_back(start + number.interval->lo);
    hi.push_back(start + number.interval->hi);
  }
  return {{"loss", loss}, {"lo", lo}, {"hi", hi}, {"interval", "t over sequences"}};
}

/// Mean over draws, and the band that holds 95 % of them.
json draws_json(const std::vector<Curve>& draws) {
  json loss, lo, hi;
  for (std::size_t p = 0; p < draws.front().size(); ++p) {
    std::vector<double> losses;
    for (const auto& draw : draws) losses.push_back(mean(draw[p]));
    loss.push_back(mean(losses));
    lo.push_back(quantile(losses, 0.025));
    hi.push_back(quantile(losses, 0.975));
  }
  return {{"loss", loss},
          {"lo", lo},
          {"hi", hi},
          {"interval", "quantiles over draws"},
          {"draws", draws.size()}};
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
  for (const auto& [name, curves] : e.curves) add_order(all, name, mean_curve(curves), e);
  const Ends ends(e);
  all["ablate.baseline"] = plain_mean(ends.baseline);
  all["ablate.uniform_attention"] = plain_mean(ends.floor);
  all["ablate.attention_benefit"] = rise(ends.floor, ends.baseline);
  return all;
}

Numbers deletion_numbers(const Deletions& deletions, const Sequences& baseline) {
  Numbers all;
  for (const auto& [way, by_percent] : deletions)
    for (const auto& [percent, losses] : by_percent)
      all[fmt::format("delete.{}.{}", way, percent)] = rise(losses, baseline);
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
  return {{"induction.loss", plain_mean(i.baseline)},
          {"induction.attention_benefit", rise(i.floor, i.baseline)},
          {fmt::format("induction.low_gain.{}", kPositionPercent), rise(i.low_gain, i.baseline)},
          {fmt::format("induction.random.{}", kPositionPercent), rise(i.random, i.baseline)}};
}

json ablation_curves(const Experiment& e) {
  json orders, counts;
  const Ends ends(e);
  for (const long percent : e.percents) counts.push_back(share_of(percent, e.d_k));
  for (const auto& [name, curves] : e.curves) {
    const auto& rule = order_named(name);
    orders[name] =
        rule.is(kRandom) ? draws_json(curves) : curve_json(curves.front(), ends.baseline);
    orders[name].update(rule_json(rule));
  }
  return {{"percent", e.percents},
          {"shown_percents", kShownPercents},
          {"questions", questions_json()},
          {"dimensions_cut", counts},
          {"baseline", mean(ends.baseline)},
          {"uniform_attention", mean(ends.floor)},
          {"orders", orders}};
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
