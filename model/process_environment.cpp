#include "model/process_environment.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace rc {
namespace {

#if defined(__linux__)
// Not const: execve takes no constant strings.
char sleeping_waits[] = "OMP_WAIT_POLICY=PASSIVE";

#if defined(__x86_64__)
char wide_kernels[] = "OPENBLAS_CORETYPE=SKYLAKEX";
char narrow_kernels[] = "OPENBLAS_CORETYPE=HASWELL";

/// nullptr where the choice is left to OpenBLAS.
char* kernels_of_the_processor() {
  __builtin_cpu_init();
  if (!__builtin_cpu_is("intel")) return nullptr;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return wide_kernels;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? narrow_kernels : nullptr;
}
#else
char* kernels_of_the_processor() { return nullptr; }
#endif

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

void ensure_process_environment() {}

}  // namespace rc
