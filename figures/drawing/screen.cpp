#include "figures/drawing/screen.h"

#include <fmt/format.h>

// Heavy: included here and nowhere else.
#include <algorithm>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>

#include "figures/drawing/cells.h"
#include "figures/drawing/style.h"

namespace rc {
namespace {

namespace xml = boost::property_tree::xml_parser;
using Element = boost::property_tree::ptree;

// The library keeps an element's attributes and its pieces of text among its children.
const std::string kAttributes = "<xmlattr>", kText = "<xmltext>";
constexpr double kReach = 6;  // pixels from a point at which the pointer finds it

std::string get(const Element& element, const std::string& attribute) {
  return element.get(kAttributes + '.' + attribute, "");
}

void set(Element& element, const std::string& attribute, const std::string& value) {
  element.put(kAttributes + '.' + attribute, value);
}

/// An element `tag` that holds this text alone.
Element::value_type with_text(const std::string& tag, const std::string& text) {
  Element element;
  element.push_back({kText, Element(text)});
  return {tag, element};
}

/// "rgb( 34,  34,  34)" as "#222222"; what else a colour may be called as it is.
std::string hexadecimal(const std::string& colour) {
  unsigned red = 0, green = 0, blue = 0;
  if (std::sscanf(colour.c_str(), "rgb(%u,%u,%u)", &red, &green, &blue) != 3) return colour;
  return fmt::format("#{:02X}{:02X}{:02X}", red, green, blue);
}

/// Black and greys are chosen for white paper: shares of the page's ink in their place.
std::string on_any_ground(const std::string& colour) {
  static const std::map<std::string, int, std::less<>> shares = {{"black", 100},
                                                                 {std::string(kInk), 100},
                                                                 {std::string(kGrey), 75},
                                                                 {std::string(kPale), 22},
                                                                 {std::string(kGrid), 14}};
  const std::string known = hexadecimal(colour);
  const auto share = shares.find(known);
  if (share == shares.end()) return known;
  if (share->second == 100) return "currentColor";
  return fmt::format("color-mix(in srgb, currentColor {}%, transparent)", share->second);
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\n") == text.npos; }

/// gnuplot opens a group for every change of pen, and leaves many without a stroke.
bool is_empty_group(const Element::value_type& element) {
  return element.first == "g" && std::ranges::all_of(element.second, [](const auto& child) {
           return child.first == kAttributes || child.first == kText;
         });
}

bool is_plotted(const Element& element) {
  return get(element, "id").find("_plot_") != std::string::npos;
}

/// No label has a box; the title would be a tip of the whole figure.
bool is_left_out(const std::string& tag) {
  return tag == "title" || tag == "desc" || tag == "filter";
}

/// Text that only sets tags apart, as one line's end.
void push_blank(Element& element) {
  if (!element.empty() && element.back().first != kText) element.push_back({kText, Element("\n")});
}

/// Of neighbours on a curve that would cover each other each takes its side: the later one would
/// else be read in the place of the earlier.
void part(Element& one, Element& other) {
  Element &a = one.get_child("ellipse"), &b = other.get_child("ellipse");
  const auto apart = [&](const char* way) {
    return std::abs(std::stod(get(a, way)) - std::stod(get(b, way)));
  };
  if (apart("cx") >= 2 * kReach || apart("cy") >= 2 * kReach) return;
  for (Element* spot : {&a, &b}) {
    const double half = std::min(std::stod(get(*spot, "rx")), apart("cx") / 2);
    set(*spot, "rx", fmt::format("{:.3g}", std::max(half, 1.0)));
  }
}

class Screen {
 public:
  Screen(const std::string& name, const TipTexts& texts) : name_(name), texts_(texts) {}

  Element figure(const Element& svg) {
    Element figure = converted("svg", svg);
    for (const char* fixed : {"width", "height", "xmlns:xlink"})
      figure.get_child(kAttributes).erase(fixed);
    set(figure, "pointer-events", "none");
    if (next_cell_ != texts_.cells.size())
      throw std::logic_error(fmt::format("figure {} has {} cells and {} texts for them", name_,
                                         next_cell_, texts_.cells.size()));
    return figure;
  }

 private:
  Element converted(const std::string& tag, const Element& element) {
    const bool words = tag == "text" || tag == "tspan";
    Element result;
    for (const auto& child : element) {
      const auto& [inner, content] = child;
      if (inner == kAttributes)
        result.push_back({inner, attributes(content)});
      else if (inner == kText && (words || !is_blank(content.data())))
        result.push_back(child);
      else if (inner == kText)
        push_blank(result);
      else if (!is_left_out(inner))
        result.push_back(
            {inner, is_plotted(content) ? plotted(content) : converted(inner, content)});
      if (!result.empty() && is_empty_group(result.back())) result.pop_back();
    }
    return result;
  }

  Element attributes(const Element& all) const {
    Element result;
    for (const auto& [key, value] : all) {
      const std::string& text = value.data();
      if (key == "id")
        result.push_back({key, Element(name_ + '-' + text)});
      else if (key == "xlink:href")
        result.push_back({"href", Element('#' + name_ + '-' + text.substr(1))});
      else if (key == "stroke" || key == "fill" || key == "color")
        result.push_back({key, Element(on_any_ground(text))});
      else
        result.push_back({key, value});
    }
    return result;
  }

  /// What one element of a plot command draws: tips, or strokes and marks.
  Element plotted(const Element& element) {
    Element result;
    gather_tips(element, result);
    if (result.empty()) {
      result = converted("g", element);
      result.get_child(kAttributes).erase("id");
    } else {
      set(result, "pointer-events", "all");
    }
    const std::string curve = element.get("title." + kText, "");
    if (curve == get(element, "id")) return result;  // how gnuplot calls what has no title
    set(result, "class", "curve");
    set(result, "data-curve", curve);
    return result;
  }

  void gather_tips(const Element& element, Element& tips) {
    for (const auto& [tag, child] : element)
      if (!get(child, "onmousemove").empty()) {
        tips.push_back({"g", point(child)});
        if (tips.size() > 1) part(std::prev(tips.end(), 2)->second, tips.back().second);
      } else if (tag == "polygon" && !texts_.cells.empty())
        tips.push_back({"rect", cell(child)});
      else
        gather_tips(child, tips);
  }

  /// gnuplot's hypertext is a script's call with the text, and the mark that calls it.
  Element point(const Element& hypertext) const {
    double place = 0, x = 0, y = 0;  // "1.6e+01" is how tables hold whole numbers
    std::sscanf(get(hypertext, "onmousemove").c_str(), "gnuplot_svg.showHypertext(evt,'%lf')",
                &place);
    std::sscanf(get(hypertext.get_child("use"), "transform").c_str(), "translate(%lf,%lf)", &x, &y);
    Element spot;
    set(spot, "cx", fmt::format("{:g}", x));
    set(spot, "cy", fmt::format("{:g}", y));
    set(spot, "rx", fmt::format("{:g}", kReach));
    set(spot, "ry", fmt::format("{:g}", kReach));
    set(spot, "fill", "none");
    Element tip;
    set(tip, "class", "tip");
    tip.push_back(with_text("title", texts_.points.at(static_cast<std::size_t>(place))));
    tip.push_back({"ellipse", spot});
    return tip;
  }

  /// gnuplot fills a polygon and draws its outline.
  Element cell(const Element& polygon) {
    double left = 0, bottom = 0, right = 0, top = 0;
    std::sscanf(get(polygon, "points").c_str(), "%lf,%lf %*f,%*f %lf,%lf", &left, &bottom, &right,
                &top);
    const std::string colour = hexadecimal(get(polygon, "fill"));
    Element rect;
    set(rect, "class", "tip");
    set(rect, "x", fmt::format("{:g}", left));
    set(rect, "y", fmt::format("{:g}", top));
    set(rect, "width", fmt::format("{:.2f}", right - left));
    set(rect, "height", fmt::format("{:.2f}", bottom - top));
    set(rect, "fill", colour);
    set(rect, "stroke", colour);
    rect.push_back(with_text("title", texts_.cells.at(next_cell_++)));
    return rect;
  }

  const std::string& name_;
  const TipTexts& texts_;
  std::size_t next_cell_ = 0;
};

}  // namespace

std::string for_screen(const std::string& svg, const std::string& name, const TipTexts& texts) {
  std::istringstream in(svg);
  Element document;
  xml::read_xml(in, document, xml::no_concat_text | xml::no_comments);
  std::ostringstream out;
  xml::write_xml_element(out, std::string("svg"),
                         Screen(name, texts).figure(document.get_child("svg")), 0,
                         boost::property_tree::xml_writer_settings<std::string>());
  return out.str();
}

}  // namespace rc
