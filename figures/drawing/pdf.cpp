#include "figures/drawing/pdf.h"

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"

namespace rc {
namespace {

/// Whether there was one. Spaces in its place keep every byte offset of the file's cross-reference
/// table valid.
bool blank_creation_date(std::string& pdf) {
  const auto begin = pdf.find("/CreationDate (");
  if (begin == std::string::npos) return false;
  const auto end = pdf.find(')', begin) + 1;
  pdf.replace(begin, end - begin, end - begin, ' ');
  return true;
}

std::string with_plain_objects(const std::string& pdf) {
  const TemporaryFolder scratch;
  const auto file = scratch.path() / "compressed.pdf";
  write_text(file, pdf);
  const auto result = run_command(
      {.program = "qpdf",
       .arguments = {"--static-id", "--object-streams=disable", "--", file.string(), "-"}});
  if (result.status != 0)
    throw UserError("qpdf failed: " + (result.errors.empty() ? result.silence() : result.errors));
  return result.output;
}

}  // namespace

std::string without_hour(std::string pdf) {
  if (blank_creation_date(pdf)) return pdf;
  pdf = with_plain_objects(pdf);
  blank_creation_date(pdf);
  return pdf;
}

}  // namespace rc
