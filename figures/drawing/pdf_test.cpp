#include "figures/drawing/pdf.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::HasSubstr;
using testing::Not;

/// An empty page; qpdf finds out what lies where.
std::string pdf_of(const std::string& hour) {
  return fmt::format(
      "%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
      "2 0 obj\n<< /Type /Pages /Kids [4 0 R] /Count 1 >>\nendobj\n"
      "3 0 obj\n<< /Producer (cairo) /CreationDate (D:{}Z) >>\nendobj\n"
      "4 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
      "trailer\n<< /Root 1 0 R /Info 3 0 R /Size 5 >>\nstartxref\n0\n%%EOF\n",
      hour);
}

/// As Cairo writes it from 1.18 on: what says the hour lies in a compressed part.
std::string compressed(const std::string& pdf) {
  const TestFolder folder;
  write_text(folder / "plain.pdf", pdf);
  return run_command(
             {.program = "qpdf",
              .arguments = {"--warning-exit-0", "--no-warn", "--static-id",
                            "--object-streams=generate", (folder / "plain.pdf").string(), "-"}})
      .output;
}

TEST(Pdf, LosesItsHourAndNoByte) {
  const auto plain = pdf_of("20261128235518");
  const auto timeless = without_hour(plain);
  EXPECT_THAT(timeless, Not(HasSubstr("CreationDate")));
  EXPECT_EQ(timeless.size(), plain.size());
  EXPECT_EQ(timeless, without_hour(pdf_of("20261128235532")));
}

TEST(Pdf, LosesAnHourThatIsCompressed) {
  const auto one = compressed(pdf_of("20261128235518")),
             other = compressed(pdf_of("20261128235532"));
  ASSERT_NE(one, other);
  ASSERT_THAT(one, Not(HasSubstr("CreationDate")));
  EXPECT_EQ(without_hour(one), without_hour(other));
  EXPECT_THAT(without_hour(one), HasSubstr("cairo"));
}

TEST(Pdf, WhatIsNoneIsRefused) {
  EXPECT_THAT(user_error([] { without_hour("no PDF"); }), HasSubstr("qpdf failed: "));
}

}  // namespace
}  // namespace rc
