// What libraries read from the environment while they are loaded, before main could set it.
#pragma once

namespace rc {

/// A program that links this starts itself again, once and before its libraries look, with what is
/// missing of the following. A variable that the user has set stays as it is.
///
/// OMP_WAIT_POLICY=PASSIVE: a thread without work sleeps. By default it spins for a while, and
/// takes time from the threads of the stages beside it that have some.
///
/// OPENBLAS_CORETYPE=SKYLAKEX with AVX-512, HASWELL with AVX2 alone, on an Intel processor and on
/// an AMD one newer than Zen 4. Debian's OpenBLAS 0.3.21 knows processors by model number. An Intel
/// one that came out after it gets the kernels of 2004, measured 4.5 times slower in training; a
/// Zen 5 those of Haswell.
///
/// By the time this is called all that has happened; the call only links it.
void ensure_process_environment();

}  // namespace rc
