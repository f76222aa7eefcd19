#include "model/process_environment.h"

#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace rc {
namespace {

constexpr unsigned kLastKnownFamily = 0x1A;  // Zen 5, of which OpenBLAS 0.3.21 knows what to do

#if defined(__linux__)
// Not const: execve takes no constant strings.
char sleeping_waits[] = "OMP_WAIT_POLICY=PASSIVE";

char wide_kernels[] = "OPENBLAS_CORETYPE=SKYLAKEX";
char narrow_kernels[] = "OPENBLAS_CORETYPE=HASWELL";

char* kernels_of_the_processor() {
  switch (openblas_kernels(this_processor())) {
    case OpenBlasKernels::kSkylakeX:
      return wide_kernels;
    case OpenBlasKernels::kHaswell:
      return narrow_kernels;
    default:
      return nullptr;
  }
}

bool same_variable(const char* entry, const char* setting) {
  return std::strncmp(entry, setting, std::strcspn(setting, "=") + 1) == 0;
}

/// Starts the program again with the settings it lacks; there it lacks none, so that this happens
/// once. On failure it goes on as it is, only slower. The C library is not set up yet: std::getenv
/// would find nothing.
void restart_with_settings(int, char** arguments, char** environment) {
  char* lacking[] = {kernels_of_the_processor(), sleeping_waits};
  std::size_t count = 0;
  for (; environment[count]; ++count)
    for (auto*& setting : lacking)
      if (setting && same_variable(environment[count], setting)) setting = nullptr;
  auto** const end = std::remove(std::begin(lacking), std::end(lacking), nullptr);
  if (end == lacking) return;
  auto** longer = static_cast<char**>(std::malloc((count + 3) * sizeof(char*)));
  if (!longer) return;
  *std::copy(lacking, end, std::copy_n(environment, count, longer)) = nullptr;
  static char program[4096];  // its own path, so that it keeps its name in a list of processes
  const auto length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (length > 0) execve(program, arguments, longer);
  std::free(longer);
}

// Libraries look at their variables in constructors, and those of shared libraries run before any
// of the program's. What stands in this section runs before them; setting a variable there is not
// enough, as the C library's own constructor still resets the environment.
[[gnu::section(".preinit_array"),
  gnu::used]] void (*const kBeforeLibraries)(int, char**, char**) = restart_with_settings;
#endif

}  // namespace

Processor this_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  __get_cpuid(1, &eax, &ebx, &ecx, &edx);
  const unsigned family = eax >> 8 & 0xF;
  return {.known_amd = __builtin_cpu_is("amd") &&
                       (family < 0xF ? family : family + (eax >> 20 & 0xFF)) <= kLastKnownFamily,
          .avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"),
          .avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")};
#else
  return {};
#endif
}

OpenBlasKernels openblas_kernels(const Processor& processor) {
  if (processor.known_amd) return OpenBlasKernels::kItsOwnChoice;
  if (processor.avx512) return OpenBlasKernels::kSkylakeX;
  return processor.avx2 ? OpenBlasKernels::kHaswell : OpenBlasKernels::kItsOwnChoice;
}

void ensure_process_environment() {}

}  // namespace rc
