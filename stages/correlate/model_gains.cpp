#include "stages/correlate/model_gains.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>
#include <iostream>
#include <string_view>
#include <vector>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/text.h"
#include "stages/correlate/correlation_report.h"
#include "stages/correlate/stated_gains.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

struct Request {
  std::vector<fs::path> paths;
  fs::path out;
  NullSettings nulls;

  /// Of a folder, its own; of a file, without its ending.
  std::string name() const {
    const auto& first = paths.front();
    return fs::is_directory(first) ? fs::canonical(first).filename().string()
                                   : first.stem().string();
  }
};

po::options_description options() {
  po::options_description description(
      "correlate --gains FILE...: do the layers of a model agree on its key gains?\n"
      "Reads the folder of a Hugging Face checkpoint, or safetensors files of one model. The\n"
      "config.json beside them tells how gains are meant; without one the file is taken by its "
      "word\n"
      "(tensors ...layers.<N>.self_attn.k_norm.weight) and what is assumed is said.\nOptions");
  description.add_options()  //
      ("gains", po::value<std::vector<std::string>>()->multitoken(),
       "a folder, or all files of one model")  //
      ("out", po::value<std::string>(),
       "folder for correlation.json [gains-<name of the file>]")  //
      ("pairs", po::value<std::string>()->default_value("halves"),
       "rotary pairs, where no config.json tells: halves (i, i + d/2) or interleaved "
       "(2i, 2i + 1)")  //
      ("permutations", po::value<long>()->default_value(1000),
       "draws of each null, at least 99")  //
      ("help", "this text");
  return description;
}

Pairing pairing_named(const std::string& name) {
  if (name == "halves") return Pairing::kHalves;
  if (name == "interleaved") return Pairing::kInterleaved;
  throw UserError("--pairs " + name + " is neither halves nor interleaved");
}

Request request_of(const po::variables_map& given) {
  const auto paths = given["gains"].as<std::vector<std::string>>();
  Request request{.paths = {paths.begin(), paths.end()}};
  request.out = "gains-" + request.name();
  if (given.contains("out")) request.out = given["out"].as<std::string>();
  request.nulls.pairing = pairing_named(given["pairs"].as<std::string>());
  request.nulls.draws = given["permutations"].as<long>();
  if (request.nulls.draws < 99) throw UserError("--permutations must be at least 99");
  return request;
}

/// "0.412", or "undefined" where the report has no such number.
std::string value(const nlohmann::json& report, const std::string& name, int digits = 3) {
  const auto& numbers = report["numbers"];
  if (!numbers.contains(name)) return "undefined";
  return fmt::format("{:.{}f}", numbers[name]["value"].get<double>(), digits);
}

}  // namespace

bool asks_for_model_gains(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](std::string_view word) {
    return word == "--gains" || word.starts_with("--gains=");
  });
}

std::string model_summary(const nlohmann::json& report, const std::string& source) {
  const auto number = [&](const std::string& name, int digits = 3) {
    return value(report, name, digits);
  };
  const auto layers = report["layers"].get<long>();
  auto text = fmt::format("{:.44}: key gains of {} layers, width {}\n", source, layers,
                          report["d_k"].get<long>());
  if (report.contains("read_as")) text += wrap("", report["read_as"].get<std::string>(), 0) + "\n";
  text += "\n";
  text += fmt::format("layer {}: gains {} to {}, cv {}, skewness {}\n", layers / 2,
                      number("gains.min.layer_mid"), number("gains.max.layer_mid"),
                      number("gains.cv.layer_mid"), number("gains.skewness.layer_mid"));
  text += fmt::format("  as many normal draws: {} to {}, skewness 95 % below {}\n\n",
                      number("gains.min.null.layer_mid"), number("gains.max.null.layer_mid"),
                      number("gains.skewness.null_95.layer_mid"));
  text += fmt::format("pairs of layers 1 to {}    {:>9}   {}\n", layers - 2, "mean", "by chance");
  const auto row = [&](const char* label, const std::string& mean, const std::string& chance) {
    text += fmt::format("  {:<23} {:>9}   {}\n", label, mean, chance);
  };
  const auto tested = [&](const char* label, const std::string& name) {
    row(label, number(name + ".mean"),
        fmt::format("99 % below {}, p = {}", number(name + ".null_99"), number(name + ".p", 4)));
  };
  row("cosine", number("correlate.cosine.mean"),
      fmt::format("{} permuted, {} from the spread", number("correlate.cosine.null_mean"),
                  number("correlate.cosine.from_cv")));
  tested("Pearson, centred", "correlate.pearson");
  tested("Spearman", "correlate.spearman");
  row("top 8 shared", number("correlate.top8.overlap", 2),
      fmt::format("{}, p = {}", number("correlate.top8.null", 2), number("correlate.top8.p", 4)));
  tested("rotary pair, level", "correlate.pair_level");
  tested("rotary pair, difference", "correlate.pair_difference");
  if (report["numbers"].contains("correlate.by_frequency.mean"))
    tested("level, by frequency", "correlate.by_frequency");
  return text;
}

void correlate_model_gains(int argc, char** argv) {
  const auto given = parse_options(argc, argv, options());
  if (given.contains("help")) {
    std::cout << options();
    return;
  }
  auto request = request_of(given);
  const auto stated = stated_gains(request.paths, request.nulls.pairing);
  request.nulls.pairing = stated.pairing;
  auto report = model_report(stated.model, request.nulls);
  report.update({{"stage", "correlate"}, {"source", request.name()}, {"read_as", stated.read_as}});
  std::cout << model_summary(report, request.name());
  const auto target = request.out / "correlation.json";
  write_json(target, report);
  std::cout << "\nwrote " << target.string() << "\n";
}

}  // namespace rc
