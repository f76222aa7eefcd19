// Settings of what is timed.
#pragma once

#include <array>

#include "model/settings.h"
#include "pipeline/settings/setting.h"

namespace rc {

/// Shapes and repetitions.
inline constexpr auto kKernelSettings = std::to_array<Setting>({
    {"kernels.key_width", Kind::kInteger, "64", "floats", 2, 1024, "key width before removal"},
    {"kernels.percents", Kind::kIntegers, "25 50 60 62 75 81 87", "list of %", 1, 99,
     "key dimensions removed, to the nearest whole rotary pair"},
    {"kernels.value_width", Kind::kInteger, "64", "floats", 1, 1024, "width of the values"},
    {"kernels.heads", Kind::kInteger, "8", "heads", 1, 512, "query heads"},
    {"kernels.kv_heads", Kind::kInteger, "4", "heads", 1, 512, "key-value heads"},
    {"kernels.prefill_batch", Kind::kInteger, "1", "sequences", 1, 65536, "sequences of a prefill"},
    {"kernels.prefill_context", Kind::kInteger, "512", "tokens", 1, 1e6, "length of a prefill"},
    {"kernels.decode_context", Kind::kInteger, "2048", "tokens", 1, 1e7,
     "keys a decode step reads"},
    {"kernels.decode_batch", Kind::kInteger, "8", "sequences", 1, 65536,
     "sequences of a decode step"},
    {"kernels.threads", Kind::kInteger, "1", "threads", 0, 1024,
     "of a timed kernel; 0: one a core, which asks for a machine that does nothing else"},
    {"kernels.original", Kind::kText, "on", "on|off", 0, 0,
     "time a whole model of the original's shape too, at random weights"},
    {"kernels.original_prompt", Kind::kInteger, "512", "tokens", 1, 2048,
     "length of its prefill; the original's context is 2048, and a prompt of that takes seconds"},
    {"kernels.repetitions", Kind::kInteger, "11", "repetitions", 9, 100000,
     "interleaved repetitions a median is taken over"},
    {"kernels.seconds", Kind::kReal, "0.02", "s", 0.0001, 60, "least time of one repetition"},
});

/// All that a timing of kernels and whole models reads.
inline SettingsTables timing_tables() {
  return {kKernelSettings, kModelSettings, kVocabularySettings, kDeviceSettings};
}

}  // namespace rc
