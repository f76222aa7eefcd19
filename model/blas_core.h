// Which of its kernels OpenBLAS takes.
#pragma once

namespace rc {

/// Debian's OpenBLAS 0.3.21 knows processors by model number, and gives one that came out after it
/// the kernels of 2004: measured 4.5 times slower in training. A program that links this file
/// starts itself again with OPENBLAS_CORETYPE=SKYLAKEX on an Intel processor with AVX-512, before
/// OpenBLAS looks. A name that the user has set stays. Returns the name in force, "" if none is
/// set.
const char* blas_core();

}  // namespace rc
