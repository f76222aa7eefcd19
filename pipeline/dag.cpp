#include "pipeline/dag.h"

#include <algorithm>
#include <stdexcept>

#include "pipeline/error.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// The corpus: one file, or every regular file of a folder in the order of their names.
std::vector<fs::path> corpus_files(const Context& context) {
  const fs::path path = context.settings().text("corpus.path");
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) throw UserError("corpus folder " + path.string() + " holds no file");
  return files;
}

std::vector<fs::path> templates(const Context&) {
  const fs::path folder = "paper/templates";
  if (!fs::is_directory(folder))
    throw UserError("no folder " + folder.string() + " here; run from the repository's root");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// What the two documents under study said.
std::vector<fs::path> original_numbers(const Context&) { return {"paper/originals.json"}; }

StageSpec figure(std::string name, std::string summary, std::vector<Need> needs) {
  return {.name = "figure-" + name,
          .summary = "draw " + summary,
          .writes = "figures/" + name + ".svg, .png and .pdf",
          .needs = std::move(needs)};
}

std::vector<StageSpec> make_dag() {
  const Need tokens{"tokenize", ".safetensors"};
  return {
      {.name = "tokenize",
       .summary = "corpus to BPE ids, validation blocks from all over the text",
       .writes = "tokens/tokens.safetensors, tokens/spm.model and tokens/tokens.json",
       .settings = {"corpus.", "tokens."},
       .files = corpus_files},
      {.name = "time-kernels",
       .summary = "time attention at thinner keys, prefill and decode",
       .writes = "kernels.json",
       .settings = {"kernels.", "model.", "tokens.vocabulary", "device"}},
      {.name = "train",
       .summary = "train one arm with one seed, keep checkpoints",
       .writes = "train.json and checkpoints/step-<step>.safetensors",
       .scope = Scope::kRun,
       .settings = {"model.", "train.", "device", "threads"},
       .needs = {tokens}},
      {.name = "snapshot",
       .summary = "keys, queries and gains of fixed sequences at every checkpoint",
       .writes = "snapshots/step-<step>.safetensors",
       .scope = Scope::kRun,
       .settings = {"model.", "snapshot.", "device", "threads"},
       .needs = {tokens, {"train", ".safetensors"}}},
      {.name = "measure-rank",
       .summary = "participation ratios, spectra and entropy, each beside its null",
       .writes = "rank.json",
       .scope = Scope::kRun,
       .settings = {"rank.", "threads"},
       .needs = {{"snapshot", ".safetensors"}}},
      {.name = "ablate",
       .summary = "cut key dimensions out of the trained model, measure the loss",
       .writes = "ablation.json",
       .scope = Scope::kRun,
       .settings = {"model.", "ablate.", "device", "threads"},
       .needs = {tokens, {"train", ".safetensors"}}},
      {.name = "correlate",
       .summary = "compare the gain vectors of the layers",
       .writes = "correlation.json",
       .scope = Scope::kRun,
       .settings = {"correlate."},
       .needs = {{"snapshot", ".safetensors"}}},
      {.name = "collect",
       .summary = "all numbers over all seeds, and the verdicts",
       .writes = "numbers.json",
       .settings = {"seeds", "arms"},
       .needs = {{"tokenize", ".json"},
                 {"time-kernels", ".json"},
                 {"train", ".json"},
                 {"measure-rank", ".json"},
                 {"ablate", ".json"},
                 {"correlate", ".json"}},
       .files = original_numbers},
      figure("effective_rank", "the participation ratio over training",
             {{"measure-rank", ".json"}}),
      figure("gamma_heatmap", "the key gains over training", {{"correlate", ".json"}}),
      figure("surgery_impact", "the loss against the share of dimensions cut",
             {{"ablate", ".json"}}),
      figure("layer_correlation", "raw and centred agreement of the layers",
             {{"correlate", ".json"}}),
      figure("kernel_speedup", "measured speed-ups against the cap", {{"time-kernels", ".json"}}),
      figure("loss", "training and validation loss", {{"train", ".json"}}),
      figure("surgery_orders", "the loss under every order and control of surgery",
             {{"ablate", ".json"}}),
      figure("difficulty_deciles", "what surgery costs easy and hard tokens",
             {{"ablate", ".json"}}),
      figure("spectra", "spectra of the keys against their nulls", {{"measure-rank", ".json"}}),
      figure("correlation_by_distance", "agreement of the layers by their distance",
             {{"correlate", ".json"}}),
      figure("arm_losses", "validation loss of every arm", {{"train", ".json"}}),
      {.name = "render",
       .summary = "the documents as Markdown, LaTeX, PDF and HTML",
       .writes = "report/*.md, *.tex, *.pdf and *.html",
       .needs = {{"collect", ".json"},
                 {"figure-effective_rank", ""},
                 {"figure-gamma_heatmap", ""},
                 {"figure-surgery_impact", ""},
                 {"figure-layer_correlation", ""},
                 {"figure-kernel_speedup", ""},
                 {"figure-loss", ""},
                 {"figure-surgery_orders", ""},
                 {"figure-difficulty_deciles", ""},
                 {"figure-spectra", ""},
                 {"figure-correlation_by_distance", ""},
                 {"figure-arm_losses", ""}},
       .files = templates},
  };
}

const std::vector<StageSpec>& table() {
  static const std::vector<StageSpec> stages = make_dag();
  return stages;
}

}  // namespace

std::span<const StageSpec> dag() { return table(); }

const StageSpec& stage(std::string_view name) {
  for (const auto& spec : table())
    if (spec.name == name) return spec;
  throw std::logic_error("no stage named " + std::string(name));
}

}  // namespace rc
