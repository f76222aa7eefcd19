// export-tokenizer: a tokenizer trained here as Hugging Face's libraries read one.
#include <fmt/core.h>

#include "model/foreign/tokenizer_export.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"

namespace {

namespace po = boost::program_options;

constexpr const char* kHelp =
    "export-tokenizer --model FILE --out DIR: writes tokenizer.json and tokenizer_config.json\n\n"
    "  --model FILE      the SentencePiece model that stage tokenize made\n"
    "  --out DIR         where to\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n\n"
    "export-model calls it.\n";

int export_tokenizer(int argc, char** argv) {
  std::string model, out;
  bool help = false;
  po::options_description description;
  description.add_options()("model", po::value(&model))("out", po::value(&out))(
      "help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (model.empty() || out.empty())
    throw rc::UserError("--model FILE and --out DIR are expected; --help lists the options");
  const std::filesystem::path folder = out;
  const auto json = rc::tokenizer_json(model);
  rc::write_json(folder / "tokenizer.json", json);
  rc::write_json(folder / "tokenizer_config.json", {{"tokenizer_class", "PreTrainedTokenizerFast"},
                                                    {"unk_token", json["model"]["unk_token"]},
                                                    {"clean_up_tokenization_spaces", false}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("export-tokenizer", [&] { return export_tokenizer(argc, argv); });
}
