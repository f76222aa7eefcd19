// What libraries read from the environment while they are loaded, before main could set it.
#pragma once

namespace rc {

/// A program that links this starts itself again, once and before its libraries look, with what is
/// missing of the following. A variable that the user has set stays as it is.
///
/// OMP_WAIT_POLICY=PASSIVE: a thread without work sleeps. By default it spins for a while, and
/// takes time from the threads of the stages beside it that have some.
///
/// OPENBLAS_CORETYPE=SKYLAKEX on an Intel processor with AVX-512, HASWELL on one with AVX2 alone.
/// Debian's OpenBLAS 0.3.21 knows Intel's processors by model number, and gives one that came out
/// after it the kernels of 2004: measured 4.5 times slower in training. AMD's are left to it: it
/// gives a Zen 5 the kernels with AVX-512.
///
/// By the time this is called all that has happened; the call only links it.
void ensure_process_environment();

}  // namespace rc
