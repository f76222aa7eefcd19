// Operations of our own for autograd, and gradients asked for by hand. Apart from kernels/torch.h:
// it brings the dispatcher, which every file that reads it instantiates a second of templates of.
#pragma once

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
