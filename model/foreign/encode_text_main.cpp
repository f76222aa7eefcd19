// encode-text: writes the ids that the tokenizer of a foreign model gives a text.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "model/corpus.h"
#include "model/foreign/tokenizer.h"
#include "pipeline/error.h"
#include "pipeline/files/hash.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/settings/options.h"

namespace {

namespace po = boost::program_options;
using nlohmann::json;

constexpr std::size_t kPieces = 64;  // a text that is too long is thinned out to so many stretches

constexpr const char* kHelp =
    "encode-text: writes the ids that the tokenizer of a foreign model gives a text\n\n"
    "  encode-text --tokenizer PATH --out FILE TEXT...\n"
    "  encode-text --tokenizer PATH < texts.json > ids.json\n\n"
    "  --tokenizer PATH  tokenizer.json, tokenizer.model, or the folder of one\n"
    "  --out FILE        safetensors: I32 \"ids\" [tokens] without those expected around a text, "
    "I32\n"
    "                    \"prefix\" with those expected before it; metadata: vocabulary (one more\n"
    "                    than the largest id), bytes and text_sha256 (of what was encoded)\n"
    "  TEXT              plain text, .gz and .dz unzipped; bytes that are no UTF-8 become U+FFFD\n"
    "  --megabytes N     at most so much of it, in stretches from all over it\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n\n"
    "  Without --out: a JSON list of texts in, a list of the ids of each out.\n";

struct Options {
  std::string tokenizer, out;
  std::vector<std::string> texts;
  double megabytes = 1e6;
  bool help = false;
};

Options options_of(int argc, char** argv) {
  Options options;
  po::options_description description;
  description.add_options()("tokenizer", po::value(&options.tokenizer))(
      "out", po::value(&options.out))("megabytes", po::value(&options.megabytes))(
      "help", po::bool_switch(&options.help))("text", po::value(&options.texts));
  rc::parse_options(argc, argv, description, po::positional_options_description().add("text", -1));
  return options;
}

rc::TensorView view(const rc::ForeignTokenizer::Ids& ids) {
  return {"I32", {static_cast<std::int64_t>(ids.size())}, std::as_bytes(std::span(ids))};
}

void write_ids(const rc::ForeignTokenizer& tokenizer, const Options& options) {
  const auto corpus = rc::read_corpus({options.texts.begin(), options.texts.end()});
  const auto limit = static_cast<std::size_t>(options.megabytes * 1e6);
  const auto text = rc::joined(rc::stretches(corpus.text, limit, kPieces));
  const auto ids = tokenizer.encode(text), prefix = tokenizer.prefix();
  rc::write_safetensors(options.out, {{"ids", view(ids)}, {"prefix", view(prefix)}},
                        {{"vocabulary", std::to_string(tokenizer.vocabulary())},
                         {"bytes", std::to_string(text.size())},
                         {"text_sha256", rc::sha256_hex(text)}});
}

void answer(const rc::ForeignTokenizer& tokenizer) {
  json ids = json::array();
  try {
    for (const auto& text : json::parse(std::cin))
      ids.push_back(tokenizer.encode(text.get_ref<const std::string&>()));
  } catch (const json::exception& error) {
    throw rc::UserError(fmt::format("a JSON list of texts is expected ({})", error.what()));
  }
  fmt::print("{}\n", ids.dump());
}

int encode_text(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  if (options.help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (options.tokenizer.empty())
    throw rc::UserError("--tokenizer PATH is missing; --help lists the options");
  if (options.out.empty() != options.texts.empty())
    throw rc::UserError("--out FILE and a TEXT belong together; --help lists the options");
  if (!(options.megabytes > 0)) throw rc::UserError("--megabytes: a number above 0 is expected");
  const auto tokenizer = rc::load_foreign_tokenizer(options.tokenizer);
  options.out.empty() ? answer(*tokenizer) : write_ids(*tokenizer, options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("encode-text", [&] { return encode_text(argc, argv); });
}
