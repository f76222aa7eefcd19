// export-model: the last checkpoint of a run as a folder that others load.
#include <fmt/format.h>

#include "kernels/torch.h"
#include "model/foreign/export.h"
#include "model/settings.h"
#include "pipeline/error.h"
#include "pipeline/files/command.h"
#include "pipeline/files/program.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/manifest.h"

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kHelp =
    "export-model --run RUN --out DIR: a model trained here in Qwen3's form, for other code\n\n"
    "  --run RUN         runs/<profile>/seed-<n>/<arm>, trained with model.feed_forward=swiglu\n"
    "  --out DIR         gets config.json, model.safetensors (float32), tokenizer.json and\n"
    "                    tokenizer_config.json; must not exist (default:\n"
    "                    RUN/exported)\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n\n"
    "make export RUN=... OUT=... calls it; make audit-model MODEL=DIR audits the folder.\n";

/// The last output of a stage that ends so.
fs::path output_of(const fs::path& folder, const std::string& stage, const std::string& ending) {
  const auto manifest = rc::read_manifest(folder / "manifest" / (stage + ".json"));
  fs::path found;
  if (manifest)
    for (const auto& [path, digest] : manifest->outputs)
      if (path.ends_with(ending)) found = folder / path;
  if (found.empty() || !fs::exists(found))
    throw rc::UserError(
        fmt::format("{}: no *{} of stage {} is there; RUN=runs/<profile>/seed-<n>/"
                    "<arm> of a finished run is expected",
                    folder.string(), ending, stage));
  return found;
}

rc::SavedModel model_of(const fs::path& run) {
  const auto checkpoint = output_of(run, "train", ".safetensors");
  const auto trained_with = rc::read_manifest(run / "manifest/train.json")->settings;
  rc::Settings settings({rc::kModelSettings, rc::kAttentionSettings});
  for (const auto& [name, value] : trained_with)
    if (settings.has(name)) settings.set(name, value, checkpoint.string());
  const auto embedding = rc::Safetensors::open(checkpoint).at("model.embed_tokens.weight").shape;
  return rc::load_model(checkpoint, rc::ModelConfig::from(settings, embedding.at(0)));
}

void write_tokenizer(const fs::path& model, const fs::path& folder) {
  const auto program = rc::program_folder() / "export-tokenizer";
  const auto result =
      rc::run_command({.program = program, .arguments = {"--model", model, "--out", folder}});
  if (result.status != 0) throw rc::UserError(result.text());
}

/// Whole or not at all: it is written beside its place.
void export_run(const fs::path& run, const fs::path& out) {
  if (fs::exists(out))
    throw rc::UserError(out.string() + " is there already; remove it, or give another OUT");
  const auto tokenizer = output_of(run / "../..", "tokenize", ".model");
  auto partial = out;
  partial += ".partial";
  fs::remove_all(partial);
  fs::create_directories(partial);
  try {
    rc::export_qwen3(partial, model_of(run));
    write_tokenizer(tokenizer, partial);
  } catch (...) {
    fs::remove_all(partial);
    throw;
  }
  fs::rename(partial, out);
  fmt::print("{}: a checkpoint in Qwen3's form; make audit-model MODEL={} TEXT=FILE audits it\n",
             out.string(), out.string());
}

int export_model(int argc, char** argv) {
  std::string run, out;
  bool help = false;
  po::options_description description;
  description.add_options()("run", po::value(&run))("out", po::value(&out))("help",
                                                                            po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (run.empty()) throw rc::UserError("which run? RUN=runs/<profile>/seed-<n>/<arm>");
  export_run(fs::path(run).lexically_normal(),
             out.empty() ? fs::path(run) / "exported" : fs::path(out));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("export-model", [&] { return export_model(argc, argv); });
}
