// check-model: evaluates a Hugging Face checkpoint and holds it against a reference.
#include <fmt/format.h>

#include <cmath>

#include "model/foreign/reference_check.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/settings/options.h"

namespace {

namespace po = boost::program_options;

constexpr const char* kHelp =
    "check-model DIR: evaluates the Hugging Face checkpoint in DIR on DIR/input_ids.json and\n"
    "compares logits, keys and loss with DIR/reference.safetensors; fails above the bound\n\n"
    "  --tolerance X     largest absolute difference allowed (default: 1e-4)\n"
    "  --threads N       threads (default: one a core)\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n\n"
    "Families: llama, mistral, qwen2, qwen3, olmo2, gemma3 (text), in safetensors files of\n"
    "float32, bfloat16 or float16. Nothing in DIR is executed.\n";

int check_model(int argc, char** argv) {
  std::string folder;
  double tolerance = 1e-4;
  long threads = 0;
  bool help = false;
  po::options_description description;
  description.add_options()("folder", po::value(&folder))("tolerance", po::value(&tolerance))(
      "threads", po::value(&threads))("help", po::bool_switch(&help));
  po::positional_options_description positional;
  positional.add("folder", 1);
  rc::parse_options(argc, argv, description, positional);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (folder.empty()) throw rc::UserError("DIR is missing; --help lists the options");
  if (!(tolerance >= 0) || !std::isfinite(tolerance))
    throw rc::UserError("--tolerance must be a number, 0 or more");
  if (threads < 0) throw rc::UserError("--threads must be 0 or more");
  rc::prepare_cpu(threads);
  const auto check = rc::check_reference(folder);
  fmt::print("{}\n{}", check.model, rc::table(check));
  if (!rc::within(check, tolerance)) {
    const auto& worst = rc::worst(check);
    throw rc::UserError(fmt::format(
        "{}: {}{} differ by {:.3g}, more than {:g} from the reference; the model is not "
        "evaluated as its reference was",
        folder, worst.quantity, worst.layer < 0 ? "" : fmt::format(" of layer {}", worst.layer),
        worst.largest, tolerance));
  }
  fmt::print("all within {:g}\n", tolerance);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("check-model", [&] { return check_model(argc, argv); });
}
