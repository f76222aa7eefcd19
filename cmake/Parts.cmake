# The libraries this project stands on, found once.

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options iostreams system filesystem)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_library(ONEDNN_LIBRARY dnnl REQUIRED)  # its own CMake file asks for OpenCL, which nothing here uses
find_library(HIGHWAY_LIBRARY hwy REQUIRED)
add_library(highway INTERFACE)
target_link_libraries(highway INTERFACE ${HIGHWAY_LIBRARY})
# Instruction sets that differ from their neighbours in nothing that our kernels use.
target_compile_definitions(highway INTERFACE "HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_AVX3_DL)")
find_library(XXHASH_LIBRARY xxhash REQUIRED)
find_library(SENTENCEPIECE_LIBRARY sentencepiece REQUIRED)
find_library(SENTENCEPIECE_TRAIN_LIBRARY sentencepiece_train REQUIRED)
find_library(PCRE2_LIBRARY pcre2-8 REQUIRED)
find_library(UTF8PROC_LIBRARY utf8proc REQUIRED)

# A LibTorch the user has comes before Debian's: CMAKE_PREFIX_PATH, then the one inside a Python torch.
if(NOT DEFINED Torch_DIR AND NOT DEFINED CMAKE_PREFIX_PATH AND NOT DEFINED ENV{CMAKE_PREFIX_PATH})
  find_program(PYTHON3 python3)
  if(PYTHON3)
    execute_process(
      COMMAND ${PYTHON3} -c "import torch; print(torch.utils.cmake_prefix_path)"
      OUTPUT_VARIABLE PYTHON_TORCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(PYTHON_TORCH)
      list(APPEND CMAKE_PREFIX_PATH ${PYTHON_TORCH})
    endif()
  endif()
endif()
# A LibTorch with CUDA sets the architectures of all CUDA code; ours start where tensor cores know
# bfloat16.
set(RC_CUDA_ARCHITECTURES "80;90" CACHE STRING "GPU architectures of our own kernels, 80 or newer")
if(NOT DEFINED TORCH_CUDA_ARCH_LIST AND NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST})
  set(TORCH_CUDA_ARCH_LIST "8.0;9.0+PTX")
endif()
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES ${RC_CUDA_ARCHITECTURES})
endif()
# What is missing and how to get it is said in a line, before anything is compiled. (A LibTorch for CUDA says
# itself that it lacks CUDA's libraries.)
set(way_out "'make deps' installs Debian's, CMAKE_PREFIX_PATH names the folder of another")
find_package(Torch QUIET)
if(NOT Torch_FOUND)
  message(FATAL_ERROR "LibTorch is not found: ${way_out}")
elseif(Torch_VERSION VERSION_LESS 1.13 OR Torch_VERSION VERSION_GREATER_EQUAL 3)
  message(FATAL_ERROR "LibTorch ${Torch_VERSION} in ${Torch_DIR} is none that this project knows, 1.13 to 2: ${way_out}")
elseif(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "LibTorch ${Torch_VERSION} in ${Torch_DIR} was compiled with the strings of old C++, as Python's "
                      "were before 2.7; no library beside it is: ${way_out}")
endif()
message(STATUS "LibTorch ${Torch_VERSION}: ${TORCH_INSTALL_PREFIX}")

# CUDA is found, never required. Its kernels are compiled wherever nvcc is, with a GPU or without.
include(CheckLanguage)
if("${CMAKE_SOURCE_DIR}${CMAKE_BINARY_DIR}" MATCHES "['\"$`,;\\]")
  message(STATUS "nvcc misreads a path that holds one of ' \" $ ` , ; \\: it is not asked")
else()
  check_language(CUDA)
endif()
if(CMAKE_CUDA_COMPILER)
  enable_language(CUDA)
  set(CMAKE_CUDA_STANDARD 17)
  find_package(CUDAToolkit REQUIRED)
  message(STATUS "CUDA ${CUDAToolkit_VERSION}, architectures ${RC_CUDA_ARCHITECTURES}")
else()
  message(STATUS "no nvcc: the GPU kernels are left out")
endif()
