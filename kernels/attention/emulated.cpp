// The functions of cuda.h on the emulator, where no GPU is: for their tests.
#include "kernels/attention/cuda.cu"
