// How a number is written. Templates, verdicts and tables all name a number together with a format,
// "ablate.low_gain.60.share.pct1", so that no result is ever typed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Formats, where d is one digit:
///   f<d>     d decimals                  11.4
///   s<d>     signed, d decimals          +0.013
///   pct<d>   a share in percent          82.2 %
///   g<d>     d significant digits        0.04311
///   k0       thousands parted by commas  5,242,880
///   time     seconds as a duration       2 min 05 s
///   n, unit  seeds behind it, its unit
///   how      what its interval is        95 % t over sequences
/// `ci` before one of the first five gives the interval ("11.2 to 11.9"), `with` the value and,
/// where there is one, the interval: "11.4 (11.2 to 11.9)".
bool is_format(std::string_view word);

/// std::invalid_argument if `format` is none; UserError if it asks for an interval there is not.
std::string format_number(const Number& number, std::string_view format);

/// A p-value to two significant digits, "0.0032"; "< 0.0001" where the tail of a distribution is
/// fitted too loosely to say more.
std::string p_text(double p);

/// A number's name and how to write it.
struct Reference {
  std::string name;
  std::string format;
};

/// Parts "rank.x.f1" at its last dot. UserError if what follows is no format.
Reference parse_reference(std::string_view text);

/// The number of that name. UserError names the nearest name there is.
const Number& find_number(const Numbers& numbers, const std::string& name);

/// What "rank.x.f1" says.
std::string number_text(const Numbers& numbers, std::string_view reference);

/// `sentence` with every {name.format} replaced; braces may not nest.
std::string fill(std::string_view sentence, const Numbers& numbers);

/// Names of the numbers a sentence speaks of, in order.
std::vector<std::string> names_in(std::string_view sentence);

/// Text for a Markdown page: what Markdown, HTML or LaTeX mathematics would take for markup is
/// escaped.
std::string markdown_escape(const std::string& text);

/// The same for text that may stand in Markdown and in HTML: markup as entities, "&#42;".
std::string entity_escape(const std::string& text);

}  // namespace rc
