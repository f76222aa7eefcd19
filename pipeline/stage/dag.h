// Which stage reads which, as the stages say of themselves.
#pragma once

#include <map>
#include <string>

#include "pipeline/stage/description.h"

namespace rc {

/// A line a stage, in 80 columns.
std::string dag_text(const std::map<std::string, Description>& stages);

/// The same in Graphviz' language. Programs that draw a figure are one node; what is read where a
/// checkpoint from elsewhere takes the place of a training is dashed.
std::string dag_dot(const std::map<std::string, Description>& stages);

}  // namespace rc
