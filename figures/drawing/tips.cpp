#include "figures/drawing/tips.h"

#include <fmt/format.h>

#include <cmath>

namespace rc {
namespace {

/// "-5" as "⁻⁵".
std::string raised(int power) {
  constexpr const char* kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char c : std::to_string(power)) text += c == '-' ? "⁻" : kDigits[c - '0'];
  return text;
}

/// A legend without gnuplot's raised letters; "γ_k" is read as it stands.
std::string plain(std::string legend) {
  for (auto at = legend.find("^2"); at != legend.npos; at = legend.find("^2"))
    legend.replace(at, 2, "²");
  return legend;
}

std::string text(const Measured& measured, std::size_t i) {
  const std::string value = measured.lo.empty()
                                ? shown(measured.y[i])
                                : shown(measured.y[i], measured.lo.at(i), measured.hi.at(i));
  return fmt::format("{}, {}\n{}{}", plain(measured.curve),
                     fmt::format(fmt::runtime(measured.where), shown(measured.x[i])),
                     fmt::format(fmt::runtime(measured.what), value),
                     measured.seeds > 1 ? fmt::format(", mean of {} seeds", measured.seeds) : "");
}

}  // namespace

std::string titled(const std::string& curve) {
  return " title " + quoted(plain(curve)) + " noenhanced";
}

std::string shown(double value) {
  const std::string sign = value < 0 ? "−" : "";
  const double size = std::abs(value);
  if (size >= 1e4) return sign + fmt::format("{:.0f}", size);
  if (size >= 1e-4 || size == 0) return sign + fmt::format("{:.4g}", size);
  const std::string parts = fmt::format("{:.1e}", size);  // "1.2e-05"
  const auto e = parts.find('e');
  return sign + parts.substr(0, e) + "·10" + raised(std::stoi(parts.substr(e + 1)));
}

std::string shown(double value, double lo, double hi) {
  if (lo == value && hi == value) return shown(value);
  return fmt::format("{} ({} to {})", shown(value), shown(lo), shown(hi));
}

std::string tips(Figure& figure, const std::string& curve, const std::vector<Tip>& points) {
  if (points.empty()) return "";
  auto& [curves, tables, texts] = figure.tips;
  const std::string name = fmt::format("tips_{}", curves.size());
  curves[name] = plain(curve);
  for (const Tip& tip : points) {
    tables[name].push_back({tip.x, tip.y, static_cast<double>(texts.points.size())});
    texts.points.push_back(tip.text);
  }
  return " @" + name;
}

std::string tips(Figure& figure, const Measured& measured) {
  std::vector<Tip> points;
  for (std::size_t i = 0; i < measured.x.size(); ++i)
    if (std::isfinite(measured.y.at(i)))
      points.push_back(
          {measured.x[i] + measured.aside, measured.place(measured.y[i]), text(measured, i)});
  return tips(figure, measured.curve, points);
}

void cell_tips(Figure& figure, const Matrix& values,
               const std::function<std::string(std::size_t, std::size_t)>& text) {
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = 0; j < values[i].size(); ++j)
      if (std::isfinite(values[i][j])) figure.tips.texts.cells.push_back(text(i, j));
}

}  // namespace rc
