// Settings of stage tokenize.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// The text, and how it is cut.
inline constexpr auto kTokenizeSettings = std::to_array<Setting>({
    {"corpus.path", Kind::kText, "/usr/share/dictd/gcide.dict.dz", "path", 0, 0,
     "text file, .gz or folder of text files"},
    {"corpus.sha256", Kind::kText,
     // Of Debian 12's edition of the dictionary, and of Debian 13's.
     "802beb667e1fb666203e750f1faea60d5c202ac5430c2083c4180494609f10a7 "
     "f6ff5d4225cfb1176b45ebfe5c05161cc77a3e5bd5780567c728a3718357aad1",
     "hex", 0, 0, "SHA-256 of the unzipped text, or several; empty: any"},
    {"corpus.megabytes", Kind::kReal, "40", "MB", 0.01, 1e6,
     "at most so much text, in blocks from all over it"},
    {"tokens.sample_megabytes", Kind::kReal, "4", "MB", 0.01, 1000, "text the BPE is trained on"},
    {"tokens.validation_percent", Kind::kReal, "2", "%", 0.1, 50,
     "share of text kept for validation"},
    {"tokens.validation_blocks", Kind::kInteger, "64", "blocks", 1, 4096,
     "text is taken from so many places, and of each the end is kept for validation"},
});

}  // namespace rc
