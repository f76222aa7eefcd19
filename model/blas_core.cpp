#include "model/blas_core.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace rc {
namespace {

constexpr const char* kVariable = "OPENBLAS_CORETYPE";

#if defined(__x86_64__) && defined(__linux__)
bool has_wide_vectors() {
  __builtin_cpu_init();
  return __builtin_cpu_is("intel") && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

/// Starts the program again with the variable set. On failure it goes on as it is, only slower.
/// The C library is not set up yet: std::getenv would find nothing.
void name_the_core(int, char** arguments, char** environment) {
  static char setting[] = "OPENBLAS_CORETYPE=SKYLAKEX";
  const auto name = std::strlen(kVariable) + 1;
  std::size_t count = 0;
  for (; environment[count]; ++count)
    if (std::strncmp(environment[count], setting, name) == 0) return;
  if (!has_wide_vectors()) return;
  auto** longer = static_cast<char**>(std::malloc((count + 2) * sizeof(char*)));
  if (!longer) return;
  std::copy_n(environment, count, longer);
  longer[count] = setting;
  longer[count + 1] = nullptr;
  static char program[4096];  // its own path, so that it keeps its name in a list of processes
  const auto length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (length > 0) execve(program, arguments, longer);
  std::free(longer);
}

// OpenBLAS looks at the variable in a constructor, and those of shared libraries run before any of
// the program's. What stands in this section runs before them; setting the variable there is not
// enough, as the C library's own constructor still resets the environment.
[[gnu::section(".preinit_array"),
  gnu::used]] void (*const kBeforeLibraries)(int, char**, char**) = name_the_core;
#endif

}  // namespace

const char* blas_core() {
  const char* name = std::getenv(kVariable);
  return name ? name : "";
}

}  // namespace rc
