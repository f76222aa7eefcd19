// PDFs that equal input makes equal.
#pragma once

#include <string>

namespace rc {

/// A PDF as Cairo writes it, without the hour of drawing, which Cairo puts in and cannot be told
/// not to. From 1.18 on it lies in a compressed part that qpdf unpacks. UserError where that fails.
std::string without_hour(std::string pdf);

}  // namespace rc
