// The one table of settings: every number an experiment depends on, with its unit, default and
// range. A profile file and SET= may name only what stands here; `--help` of every stage prints its
// part.
#pragma once

#include <array>
#include <string_view>

namespace rc {

enum class Kind { kInteger, kReal, kText, kIntegers, kWords };

/// One setting. `least` and `most` bound numbers (each number of a list); texts ignore them.
struct Setting {
  std::string_view name;
  Kind kind;
  std::string_view fallback;
  std::string_view unit;
  double least;
  double most;
  std::string_view help;
};

inline constexpr auto kSettings = std::to_array<Setting>({
    {"seeds", Kind::kIntegers, "0", "list", 0, 1e9,
     "one training run a seed; seed=3 means seeds=3"},
    {"arms", Kind::kWords, "learned", "list", 0, 0, "variants of the model to train"},
    {"device", Kind::kText, "auto", "auto|cpu|cuda", 0, 0, "where tensors live"},
    {"threads", Kind::kInteger, "0", "threads", 0, 1024, "0: one a core"},

    {"corpus.path", Kind::kText, "/usr/share/dictd/gcide.dict.dz", "path", 0, 0,
     "text file, .gz or folder of text files"},
    {"corpus.sha256", Kind::kText,
     "802beb667e1fb666203e750f1faea60d5c202ac5430c2083c4180494609f10a7", "hex", 0, 0,
     "expected SHA-256 of the unzipped text; empty: any"},
    {"corpus.megabytes", Kind::kReal, "40", "MB", 0.01, 1e6,
     "at most so much text, in blocks from all over it"},

    {"tokens.vocabulary", Kind::kInteger, "4096", "pieces", 300, 65536,
     "size of the BPE vocabulary"},
    {"tokens.sample_megabytes", Kind::kReal, "4", "MB", 0.01, 1000, "text the BPE is trained on"},
    {"tokens.validation_percent", Kind::kReal, "2", "%", 0.1, 50,
     "share of text kept for validation"},
    {"tokens.validation_blocks", Kind::kInteger, "64", "blocks", 1, 4096,
     "validation text is cut from so many places"},

    {"model.layers", Kind::kInteger, "22", "layers", 3, 512, "transformer blocks"},
    {"model.d_model", Kind::kInteger, "128", "floats", 2, 65536, "width of the residual stream"},
    {"model.heads", Kind::kInteger, "2", "heads", 1, 512, "query heads"},
    {"model.kv_heads", Kind::kInteger, "1", "heads", 1, 512, "key-value heads (grouped-query)"},
    {"model.d_k", Kind::kInteger, "64", "floats", 2, 1024, "key width of a head"},
    {"model.d_ff", Kind::kInteger, "512", "floats", 1, 262144, "width of the feed-forward layer"},
    {"model.context", Kind::kInteger, "256", "tokens", 8, 65536, "sequence length"},
    {"model.rope_base", Kind::kReal, "10000", "-", 1, 1e9, "base of the rotary frequencies"},
    {"model.operations", Kind::kText, "fused", "fused|reference", 0, 0,
     "one pass over memory, or the plain composition of LibTorch's operations"},

    {"train.steps", Kind::kInteger, "320", "steps", 8, 1e9, "optimizer steps"},
    {"train.copy_steps", Kind::kInteger, "0", "steps", 0, 1e9,
     "steps of arm copy, which learns fast; 0: as many as the others"},
    {"train.batch", Kind::kInteger, "16", "sequences", 1, 65536, "sequences a step"},
    {"train.microbatches", Kind::kInteger, "0", "pieces", 0, 65536,
     "pieces a batch is differentiated in, a thread each (fused operations); 0: one a thread"},
    {"train.muon_lr", Kind::kReal, "0.024", "-", 0, 10, "learning rate of Muon (matrices)"},
    {"train.muon_momentum", Kind::kReal, "0.95", "-", 0, 0.9999, "Nesterov momentum of Muon"},
    {"train.adam_lr", Kind::kReal, "0.006", "-", 0, 10,
     "learning rate of AdamW (embedding, gains)"},
    {"train.weight_decay", Kind::kReal, "0.2", "-", 0, 10, "decoupled weight decay of AdamW"},
    {"train.clip", Kind::kReal, "1.0", "norm", 0, 1e9,
     "gradient norm is clipped to this; 0: never"},
    {"train.init_std", Kind::kReal, "0.02", "-", 0, 10, "standard deviation of initial matrices"},
    {"train.precision", Kind::kText, "auto", "auto|f32|bf16", 0, 0,
     "matrix products; auto: bf16 where the hardware multiplies it faster"},
    {"train.checkpoints", Kind::kInteger, "14", "files", 12, 1000,
     "at least so many: log-spaced, then regular"},
    {"train.validation_sequences", Kind::kInteger, "32", "sequences", 1, 65536,
     "sequences a validation loss is taken over"},

    {"snapshot.sequences", Kind::kInteger, "8", "sequences", 2, 4096, "fixed validation sequences"},

    {"rank.null_draws", Kind::kInteger, "4", "draws", 1, 1000,
     "random draws a null is averaged over"},
    {"rank.bootstrap", Kind::kInteger, "200", "draws", 20, 100000,
     "bootstrap draws over sequences"},

    {"ablate.sequences", Kind::kInteger, "8", "sequences", 2, 65536,
     "sequences a loss is taken over"},
    {"ablate.orders", Kind::kWords,
     "low_gain high_gain random product think pair frequency global global_shuffled "
     "low_gain_mean low_gain_temperature",
     "list", 0, 0, "orders and controls of the surgery"},
    {"ablate.full_arms", Kind::kWords, "learned copy", "list", 0, 0,
     "arms that undergo all of them; the others low_gain alone"},
    {"ablate.calibration_sequences", Kind::kInteger, "4", "sequences", 1, 65536,
     "training text that scores, means and norms are taken from"},
    {"ablate.random_draws", Kind::kInteger, "20", "draws", 2, 1000, "random orders"},
    {"ablate.step_percent", Kind::kInteger, "5", "%", 1, 50, "distance of two points of a curve"},
    {"ablate.bootstrap", Kind::kInteger, "1000", "draws", 20, 100000,
     "bootstrap draws over sequences"},

    {"correlate.permutations", Kind::kInteger, "1000", "draws", 99, 1e7, "draws of each null"},

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
    {"kernels.repetitions", Kind::kInteger, "11", "repetitions", 9, 100000,
     "interleaved repetitions a median is taken over"},
    {"kernels.seconds", Kind::kReal, "0.02", "s", 0.0001, 60, "least time of one repetition"},
});

}  // namespace rc
