#include "figures/drawing/loss_rise.h"

#include <algorithm>

#include "figures/drawing/results.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

void lower(Vector& losses, double baseline) {
  for (double& loss : losses) loss -= baseline;
}

}  // namespace

Order read_order(const std::vector<Field>& curves, const std::string& middle, std::size_t count) {
  Matrix rise, lo, hi;
  for (const Field& curve : curves) {
    rise.push_back(curve.at(middle).numbers(count));
    lo.push_back(curve.at("lo").numbers(count));
    hi.push_back(curve.at("hi").numbers(count));
  }
  return {mean_curve(rise), lowest_curve(lo), highest_curve(hi)};
}

Order loss_rise(const std::vector<Field>& ablations, const std::string& name) {
  Matrix rise, lo, hi;
  for (const Field& ablation : ablations) {
    const double baseline = ablation.at("baseline").number();
    const std::size_t percents = ablations.front().at("percent").items().size();
    Order order = read_order({ablation.at("orders").at(name)}, "loss", percents);
    for (Vector* losses : {&order.rise, &order.lo, &order.hi}) lower(*losses, baseline);
    rise.push_back(order.rise);
    lo.push_back(order.lo);
    hi.push_back(order.hi);
  }
  return {mean_curve(rise), lowest_curve(lo), highest_curve(hi)};
}

std::optional<Order> find_loss_rise(const std::vector<Field>& ablations, const std::string& name) {
  const bool everywhere = std::ranges::all_of(ablations, [&](const Field& ablation) {
    return ablation.at("orders").find(name).has_value();
  });
  if (!everywhere) return std::nullopt;
  return loss_rise(ablations, name);
}

bool gains_tie(const std::vector<Field>& ablations) {
  return std::ranges::any_of(ablations, [](const Field& ablation) {
    const auto tie = ablation.find("gains_tie");
    return tie && tie->truth();
  });
}

double attention_benefit(const std::vector<Field>& ablations) {
  Matrix benefits;
  for (const Field& ablation : ablations)
    benefits.push_back(
        {ablation.at("uniform_attention").number() - ablation.at("baseline").number()});
  return mean_curve(benefits).front();
}

RiseUnit rise_unit(double top) {
  return top < 0.2
             ? RiseUnit{1000, "rise of validation loss (10^{−3} nats/token)", "{}·10⁻³ nats/token"}
             : RiseUnit{1, "rise of validation loss (nats/token)", "{} nats/token"};
}

std::string rise_tips(Figure& figure, const std::string& curve, const Order& order,
                      const std::vector<Field>& ablations, const RiseUnit& unit) {
  const auto scaled = [&](Vector rises) {
    for (double& rise : rises) rise *= unit.scale;
    return rises;
  };
  return tips(figure, {.curve = curve,
                       .where = "{} % cut",
                       .what = unit.what,
                       .x = ablations.front().at("percent").numbers(),
                       .y = scaled(order.rise),
                       .lo = scaled(order.lo),
                       .hi = scaled(order.hi),
                       .seeds = ablations.size()});
}

}  // namespace rc
