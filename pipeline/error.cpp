#include "pipeline/error.h"

#include <cstdio>
#include <filesystem>
#include <new>
#include <string>

#include "pipeline/version.h"

namespace rc {
namespace {

/// Libraries put stack traces into what(); a person needs the first line.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

int report(std::string_view program, const char* kind, const char* what) {
  std::fflush(stdout);
  std::fprintf(stderr, "%.*s: %s: %s\n", static_cast<int>(program.size()), program.data(), kind,
               first_line(what).c_str());
  return 1;
}

}  // namespace

int guarded_main(std::string_view program, const std::function<int()>& body) {
  try {
    return body();
  } catch (const VersionAsked& asked) {
    std::printf("%.*s %s\n", static_cast<int>(program.size()), program.data(),
                asked.revision.c_str());
    return 0;
  } catch (const UserError& error) {
    return report(program, "error", error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return report(program, "error", error.what());  // names the path; the machine's fault, not ours
  } catch (const std::bad_alloc&) {
    return report(program, "error", "out of memory; use a smaller profile or smaller settings");
  } catch (const std::exception& error) {
    return report(program, "error: internal", error.what());
  }
}

}  // namespace rc
