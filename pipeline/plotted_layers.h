// The layers that figures show.
#pragma once

#include <array>

namespace rc {

/// An early one, the middle one and a late one: 1, L/2 and L-2 of L layers, counted from 0.
constexpr std::array<long, 3> plotted_layers(long layers) { return {1, layers / 2, layers - 2}; }

}  // namespace rc
