#include "paper/render/pandoc.h"

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/file.h"

namespace rc {

std::string pandoc(const std::string& markdown, const std::vector<std::string>& options,
                   const std::string& header, const std::filesystem::path& folder) {
  // Names without a quote, # or %: pandoc takes them for addresses, where these mean something
  // else.
  const TemporaryFolder scratch;
  const auto source = scratch.path() / "page.md", output = scratch.path() / "page";
  const auto head = scratch.path() / "head";
  write_text(source, markdown);
  write_text(head, header);
  // Lines break where the template's do: otherwise the width of one number moves the rest of its
  // paragraph, and two reports cannot be compared line by line.
  std::vector<std::string> arguments = {source.string(),
                                        "--from=markdown",
                                        "--standalone",
                                        "--wrap=preserve",
                                        "--include-in-header=" + head.string(),
                                        "--output=" + output.string()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const auto result = run_command({.program = "pandoc", .arguments = arguments, .folder = folder});
  if (result.status != 0) {
    const auto text = result.text();
    throw UserError("pandoc refused a document: " + (text.empty() ? result.silence() : text));
  }
  return read_text(output);
}

}  // namespace rc
