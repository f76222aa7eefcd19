#include "pipeline/stage/environment.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>

#include "pipeline/error.h"

namespace rc {
namespace {

constexpr std::string_view kAuto = "auto.";

}  // namespace

Environment resolved(const Environment& facts, const Settings& settings) {
  Environment environment;
  for (const auto& [name, value] : facts) {
    if (!name.starts_with(kAuto)) {
      environment.emplace(name, value);
      continue;
    }
    const auto setting = name.substr(kAuto.size());
    if (settings.has(setting) && settings.text(setting) == "auto")
      environment.emplace(setting, value);
  }
  return environment;
}

std::string compiler_name() {
#if defined(__clang__)
  return fmt::format("Clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("GCC {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

long peak_bytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

long available_bytes() {
  std::ifstream info("/proc/meminfo");
  long kilobytes = 0;
  for (std::string line; std::getline(info, line);)
    if (std::sscanf(line.c_str(), "MemAvailable: %ld kB", &kilobytes) == 1) return kilobytes * 1024;
  return std::numeric_limits<long>::max();
}

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

int number_in_environment(const char* name) {
  const char* variable = std::getenv(name);
  const std::string_view text = variable ? variable : "";
  if (text.empty()) return 0;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1)
    throw UserError(std::string(name) + " = " + std::string(text) + " is no number; unset it");
  return number;
}

int jobs_side_by_side() { return std::max(1, number_in_environment("RC_JOBS")); }

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace rc
