#include "paper/render/command.h"

#include <stdlib.h>

#include <boost/process.hpp>
#include <cerrno>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"

namespace rc {

namespace fs = std::filesystem;
namespace process = boost::process;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "rank-collapse-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw_file_error("make folder", name, errno);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

CommandResult run_command(const std::string& program, const std::vector<std::string>& arguments,
                          const fs::path& folder) {
  const auto found = process::search_path(program);
  if (found.empty()) throw UserError(program + " is not installed; run: make deps");
  const TemporaryFolder scratch;
  const auto log = scratch.path() / "log";
  auto environment = process::environment(boost::this_process::environment());
  environment["SOURCE_DATE_EPOCH"] = "0";
  environment["FORCE_SOURCE_DATE"] = "1";  // TeX believes SOURCE_DATE_EPOCH only then
  const int status = process::system(
      found, process::args(arguments), process::start_dir(folder.string()), environment,
      process::std_in<process::null, (process::std_out & process::std_err)> log.string());
  return {status, read_text(log)};
}

}  // namespace rc
