// Settings of stage audit-model.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Which model, on which text, for how long.
inline constexpr auto kAuditModelSettings = std::to_array<Setting>({
    {"audit.model", Kind::kText, "", "checkpoint", 0, 0,
     "folder of the checkpoint, as Hugging Face lays one out"},
    {"audit.text", Kind::kText, "", "path", 0, 0,
     "text to measure on: plain, .gz or .dz; its tokenizer lies beside the checkpoint"},
    {"audit.ids", Kind::kText, "", "path", 0, 0,
     "in its place ids in JSON: a list, or a list of lists that have nothing to do with each "
     "other"},
    {"audit.minutes", Kind::kReal, "20", "minutes", 1, 1e5,
     "what the whole audit may take on this machine"},
    {"audit.context", Kind::kInteger, "256", "tokens", 8, 131072,
     "tokens a sequence, at most the model's context and its shortest window"},
});

}  // namespace rc
