// One value of one setting: parsed, checked against its range, written in one way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/settings/setting.h"

namespace rc {

/// The row named `name`; nullptr if there is none.
const Setting* find_setting(const SettingsTables& tables, std::string_view name);

/// The row named `name`; UserError names the nearest known one. `where` tells the reader whence the
/// name came ("profiles/smoke.conf", "SET").
const Setting& known_setting(const SettingsTables& tables, std::string_view name,
                             std::string_view where);

/// `text` as the setting writes it: numbers without needless digits, lists parted by one space.
/// UserError if it does not parse, lies out of range, or names a thing of a list twice.
std::string canonical_value(const Setting& setting, std::string_view text, std::string_view where);

/// "8 to 1e+09 steps", "one of auto, cpu, cuda", "" where any text goes.
std::string range_text(const Setting& setting);

}  // namespace rc
