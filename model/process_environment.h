// What libraries read from the environment while they are loaded, before main could set it.
#pragma once

namespace rc {

enum class OpenBlasKernels { kItsOwnChoice, kHaswell, kSkylakeX };

struct Processor {
  bool known_amd = false;  // of a family that OpenBLAS 0.3.21 chooses well for
  bool avx2 = false;       // with FMA
  bool avx512 = false;     // F, BW, DQ and VL
};

Processor this_processor();

/// SKYLAKEX on a processor with AVX-512, HASWELL on one with AVX2 alone. Debian's OpenBLAS 0.3.21
/// knows Intel's processors by model number and others by family, and gives one that came out after
/// it the kernels of 2004: measured 4.5 times slower in training. AMD's are left to it up to Zen 5,
/// which gets the kernels with AVX-512.
OpenBlasKernels openblas_kernels(const Processor& processor);

/// A program that links this starts itself again, once and before its libraries look, with what is
/// missing of the following. A variable that the user has set stays as it is.
///
/// OMP_WAIT_POLICY=PASSIVE: a thread without work sleeps. By default it spins for a while, and
/// takes time from the threads of the stages beside it that have some.
///
/// OPENBLAS_CORETYPE, see openblas_kernels().
///
/// By the time this is called all that has happened; the call only links it.
void ensure_process_environment();

}  // namespace rc
