// Surgery as figures show it: how far the loss rises over what it was with nothing cut.
#pragma once

#include <optional>
#include <string>

#include "figures/drawing/field.h"
#include "figures/drawing/figure.h"

namespace rc {

/// One order over all seeds, nats a token.
struct Order {
  Vector rise;    // mean over seeds
  Vector lo, hi;  // ends of the bands, the outermost over seeds
};

/// Lists `middle`, "lo" and "hi" of `count` numbers, one curve a seed.
Order read_order(const std::vector<Field>& curves, const std::string& middle, std::size_t count);

/// Order `name` of ablation.json, one file a seed, as rises over each seed's baseline; none where
/// a seed lacks it: which orders are run depends on the arm.
std::optional<Order> find_loss_rise(const std::vector<Field>& ablations, const std::string& name);

/// The same of an order that every arm has: UserError where it is missing.
Order loss_rise(const std::vector<Field>& ablations, const std::string& name);

/// Whether the gains of a layer were all of one size, so that no order goes by gain, the original's
/// least of all.
bool gains_tie(const std::vector<Field>& ablations);
inline constexpr const char* kGainsTie =
    "The key gains of a layer are all of one size: none is the lowest to cut first";

/// Mean over seeds of the loss with all keys zeroed above the baseline.
double attention_benefit(const std::vector<Field>& ablations);

/// A unit for rises up to `top` that keeps the axis' numbers short.
struct RiseUnit {
  double scale;      // of one nat
  const char* axis;  // its name
  const char* what;  // a tip's value
};
RiseUnit rise_unit(double top);

/// A rise to compare with, and how it is drawn across a panel.
struct Line {
  const char* name;
  const char* look;
  double rise = 0;  // nats a token
  Line at(double height) const { return {name, look, height}; }
};

/// Tips of an order's curve against the percent of dimensions cut.
std::string rise_tips(Figure& figure, const std::string& curve, const Order& order,
                      const std::vector<Field>& ablations, const RiseUnit& unit);

}  // namespace rc
