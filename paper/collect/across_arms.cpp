#include "paper/collect/across_arms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "paper/text/number_text.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;
using Results = std::vector<StageResult>;

constexpr double kUnnoticed = 0.01;  // of the benefit (paper/claims.md, A3 and C5)

bool is_of(const StageResult& result, const std::string& stage) {
  return result.data.value("stage", "") == stage;
}

StageResult* find(Results& results, const std::string& stage, const std::string& arm, long seed) {
  const auto found = std::ranges::find_if(results, [&](const StageResult& r) {
    return is_of(r, stage) && r.arm == arm && r.seed == seed;
  });
  return found == results.end() ? nullptr : &*found;
}

/// Final loss of every validation sequence; nothing where the file does not tell.
std::vector<double> sequences_of(const StageResult& result) {
  std::vector<double> losses;
  for (const json& loss : result.data.value("final_sequences", json::array()))
    if (loss.is_number()) losses.push_back(loss);
  return losses;
}

/// What `a` loses more than `b`, paired by validation sequence; one sequence has no interval.
Number paired_difference(const StageResult& a, const StageResult& b) {
  auto differences = sequences_of(a);
  const auto base = sequences_of(b);
  if (differences.empty() || differences.size() != base.size())
    throw UserError(fmt::format(
        "{} and {} hold the final losses of {} and {} sequences (final_sequences), which do not "
        "pair; run stage train again for both",
        a.file.string(), b.file.string(), differences.size(), base.size()));
  for (std::size_t i = 0; i < base.size(); ++i) differences[i] -= base[i];
  Number number{mean(differences), "nats/token", 1, {}};
  if (differences.size() < 2) return number;
  number.interval = t_interval(differences);
  number.interval->method = kOverSequences;
  return number;
}

/// Of arms that learn another task (labels not shifted) the loss says nothing beside the main
/// one's.
bool same_task(const StageResult& a, const StageResult& b) {
  return a.data.value("labels", "") == b.data.value("labels", "");
}

void add_loss_differences(Results& results) {
  for (const auto& arm : results) {
    if (!is_of(arm, "train") || arm.arm == kMainArm) continue;
    if (auto* main = find(results, "train", kMainArm, arm.seed); main && same_task(arm, *main))
      add_new(main->numbers, "loss_difference." + arm.arm, paired_difference(arm, *main));
  }
}

/// Whether attention is all that two trainings differ in, but for the shape of keys and values.
bool comparable(const StageResult& a, const StageResult& b) {
  const auto steps = [](const StageResult& r) {
    return find_number(r.numbers, "train.steps").value;
  };
  return same_task(a, b) && a.data.at("model").at("d_model") == b.data.at("model").at("d_model") &&
         steps(a) == steps(b);
}

/// Half of an interval's width; 0 where there is none.
double reach(const Number& number) {
  return number.interval ? (number.interval->hi - number.interval->lo) / 2 : 0;
}

/// The benefit is another file's: its error enters as if the two were independent (delta method).
Number share_of(const Number& rise, const Number& benefit) {
  const double value = rise.value / benefit.value;
  Number share{value, "share", 1, rise.interval};
  if (!share.interval) return share;
  const double half = std::hypot(reach(rise), value * reach(benefit)) / benefit.value;
  share.interval->lo = value - half;
  share.interval->hi = value + half;
  return share;
}

/// Of every rise that has a share of the uniform benefit.
void add_shares(StageResult& ablation, const Number& benefit) {
  Numbers shares;
  for (const auto& percent : ablation.data.at("shown_percents"))
    for (const auto& [name, rise] : ablation.numbers)
      if (name.ends_with("." + percent.dump()) && ablation.numbers.contains(name + ".share"))
        shares[name + ".share_learned"] = share_of(rise, benefit);
  for (const auto& [name, share] : shares) add_new(ablation.numbers, name, share);
}

/// By order, the largest share of dimensions cut on the way to which the rise stays unnoticed.
/// `curves` has "percent" and "orders", each with its "loss".
std::map<std::string, double> removable(const json& curves, double baseline, double benefit) {
  std::map<std::string, double> shares;
  for (const auto& [order, curve] : curves.at("orders").items()) {
    double& share = shares[order] = 0;
    for (std::size_t i = 0; i < curve.at("loss").size(); ++i) {
      if (curve["loss"][i].get<double>() - baseline >= kUnnoticed * benefit) break;
      share = curves.at("percent").at(i).get<double>() / 100;
    }
  }
  return shares;
}

void add_removable(StageResult& ablation, double benefit) {
  const json& data = ablation.data;
  const auto add = [&](const std::string& name, double share) {
    add_new(ablation.numbers, name, {share, "share", 1, {}});
  };
  for (const auto& [order, share] : removable(data, data.at("baseline"), benefit))
    add("ablate.removable_fraction_learned." + order, share);
  if (!data.contains("thirds")) return;
  const auto deep = removable(data.at("thirds").at("deep"), data.at("baseline"), benefit);
  double best = 0;
  for (const auto& [order, share] : deep) best = std::max(best, share);
  add("ghost.removable_learned.deep.best", best);
  for (const auto* order : {"low_gain", "random"})
    if (deep.contains(order))
      add(std::string("ghost.removable_learned.deep.") + order, deep.at(order));
}

void add_learned_benefits(Results& results) {
  for (auto& arm : results) {
    if (!is_of(arm, "train") || arm.arm == kNoAttention) continue;
    const auto* without = find(results, "train", kNoAttention, arm.seed);
    if (!without || !comparable(arm, *without)) continue;
    const auto benefit = paired_difference(*without, arm);
    add_new(arm.numbers, "benefit.learned", benefit);
    auto* ablation = find(results, "ablate", arm.arm, arm.seed);
    if (!ablation || benefit.value <= 0) continue;  // no share of it means anything
    if (arm.arm == kMainArm) add_shares(*ablation, benefit);
    add_removable(*ablation, benefit.value);
  }
}

/// Smallest final key gain of every layer.
std::vector<double> smallest_gains(const StageResult& result) {
  std::vector<double> smallest;
  for (const auto& layer : result.data.at("gains_k").back().get<std::vector<std::vector<double>>>())
    smallest.push_back(std::ranges::min(layer));
  return smallest;
}

void add_decay_shares(Results& results) {
  for (auto& main : results) {
    if (!is_of(main, "correlate") || main.arm != kMainArm) continue;
    const auto* without = find(results, "correlate", "no_decay", main.seed);
    if (!without) continue;
    const auto decayed = smallest_gains(main), free = smallest_gains(*without);
    std::vector<double> shares;
    for (std::size_t layer = 0; layer < decayed.size(); ++layer)
      if (decayed[layer] < 1) shares.push_back(1 - (1 - free.at(layer)) / (1 - decayed[layer]));
    if (!shares.empty())
      add_new(main.numbers, "gains.decay_share", {median(shares), "share", 1, {}});
  }
}

}  // namespace

void derive_across_arms(Results& results) {
  try {
    add_loss_differences(results);
    add_learned_benefits(results);
    add_decay_shares(results);
  } catch (const json::exception& error) {
    throw UserError(
        fmt::format("a stage's file lacks a field ({}); run its stage again", error.what()));
  }
}

}  // namespace rc
