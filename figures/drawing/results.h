// Which results a figure shows, and how the seeds' curves become one.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "figures/drawing/field.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// The files the figure's stage needs, opened: arm `learned`, or the first arm where that was not
/// trained; one a seed, in the order of the seeds.
std::vector<Field> main_arm(const Context& context);

/// One way to train the model.
struct Arm {
  std::string name;
  std::vector<Field> seeds;  // the files the figure's stage needs, in the order of the seeds
};

/// Every arm of the run, the main one first, the others in the profile's order.
std::vector<Arm> all_arms(const Context& context);

/// An arm's name as gnuplot may set it: "_" would lower what follows it.
std::string shown_name(std::string arm);

/// The main arm, and the one of this name where the run has it.
std::vector<Arm> main_arm_and(const std::string& other, const Context& context);

/// Whether there are gains to draw: a checkpoint of a family without a norm on its keys has none.
bool has_gains(const Field& correlation);

/// What the stage that a figure looks numbers up in wrote of the run of `result`.
Field beside(const Context& context, const Field& result);

/// The plotted layers of a run's JSON once each: in a shallow model L/2 and L - 2 are the same.
std::set<std::size_t> plotted_layers(const Field& run);

/// The names of orders or methods, each at the place that their stage gives it.
std::vector<std::string> names_in_order(const Field& named);

/// Element by element over the seeds; all curves have the same length.
Vector mean_curve(const Matrix& curves);
Vector lowest_curve(const Matrix& curves);
Vector highest_curve(const Matrix& curves);

/// Least and greatest finite value; 0 and 0 where there is none.
std::pair<double, double> extremes(const Matrix& values);

/// Rows {x, curve, curve, ...}; all curves have the length of `x`.
Matrix columns(const Vector& x, const Matrix& curves);

/// One of their columns.
Vector column(const Matrix& rows, std::size_t place);

}  // namespace rc
