// Ways to multiply matrices at the shapes of a training step, against the one that the model takes:
//
//   build/bin/bench-products --threads 2
//   OPENBLAS_CORETYPE=HASWELL build/bin/bench-products --avx2
//
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <iostream>
#include <limits>

#include "bench/clock.h"
#include "bench/curves.h"
#include "bench/interleaved.h"
#include "bench/options.h"
#include "bench/products/product.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/progress.h"
#include "pipeline/statistics/statistics.h"

namespace {

namespace po = boost::program_options;

constexpr double kClose = 1.05;       // a library no slower than that by so much takes the place
constexpr double kSampleFlops = 4e8;  // a sample lasts some milliseconds, whatever the product

/// A product by a rival, once for every thread: they work side by side on operands of their own, as
/// the pieces of a batch do.
class Case {
 public:
  Case(const rc::Product& product, const rc::ProductRival& rival, int threads) {
    for (int t = 0; t < threads; ++t) {
      operands_.push_back(std::make_unique<rc::Operands>(product, static_cast<std::uint64_t>(t)));
      calls_.push_back(rival.prepare(*operands_.back()));
    }
    check(rival);
  }

  /// Seconds of a product: the fastest call of each thread, for what other programs do only adds;
  /// the mean over threads. Every rival makes as many.
  double sample() {
    const auto threads = static_cast<int>(calls_.size());
    std::vector<double> fastest(calls_.size(), std::numeric_limits<double>::infinity());
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int t = 0; t < threads; ++t) {
      const auto thread = static_cast<std::size_t>(t);
      for (long i = 0; i < repeated(); ++i)
        fastest[thread] = std::min(fastest[thread], rc::seconds_of(at::kCPU, 1, calls_[thread]));
    }
    return rc::mean(fastest);
  }

 private:
  long repeated() const {
    return std::max(5L, std::lround(kSampleFlops / operands_.front()->product().flops()));
  }

  void check(const rc::ProductRival& rival) {
    auto& operands = *operands_.front();
    operands.clear();
    calls_.front()();
    const double error = operands.error();
    if (!(error <= rival.tolerance))
      throw rc::UserError(
          fmt::format("{} multiplies wrongly ({}): error {:.1e} of the largest element, "
                      "{:.0e} allowed; what is wrong cannot be timed",
                      rival.name, operands.product().what, error, rival.tolerance));
  }

  std::vector<std::unique_ptr<rc::Operands>> operands_;
  std::vector<rc::ProductCall> calls_;
};

/// Seconds of all rivals at one product, taken in turn.
std::vector<rc::Samples> time_product(const rc::Product& product,
                                      const std::vector<rc::ProductRival>& rivals, int threads,
                                      long rounds) {
  std::vector<Case> cases;
  for (const auto& rival : rivals) cases.emplace_back(product, rival, threads);
  for (auto& timed : cases) timed.sample();  // the first fetches memory
  return rc::interleaved(cases.size(), rounds, /*seed=*/0,
                         [&](std::size_t i) { return cases[i].sample(); });
}

std::string shape_of(const rc::Product& p) {
  return fmt::format("{}{} {} {}{}", p.rows, p.left_turned ? "'" : "", p.depth, p.columns,
                     p.right_turned ? "'" : "");
}

/// What a step's products take together, round by round.
rc::Samples whole_step(const std::vector<rc::Product>& products,
                       const std::vector<std::vector<rc::Samples>>& samples, std::size_t rival) {
  rc::Samples sums(samples.front().front().size());
  for (std::size_t p = 0; p < products.size(); ++p) {
    for (std::size_t r = 0; r < sums.size(); ++r)
      sums[r] += products[p].count * samples[p][rival][r];
  }
  return sums;
}

/// The rate of the first rival, and its speed over each of the others'.
void print_row(const std::string& what, const std::string& shape, double flops,
               const std::vector<rc::Samples>& samples) {
  fmt::print("{:<16}{:<20}{:>5.0f}", what, shape, flops / rc::median(samples.front()) / 1e9);
  for (std::size_t i = 1; i < samples.size(); ++i)
    fmt::print("{:>8.2f}", rc::speedup_number(samples[i], samples.front()).value);
  fmt::print("\n");
}

void print_table(const std::vector<rc::Product>& products,
                 const std::vector<rc::ProductRival>& rivals,
                 const std::vector<std::vector<rc::Samples>>& samples,
                 const std::vector<rc::Samples>& steps, int threads) {
  fmt::print("{:<16}{:<20}{:>5}", "product", "rows depth columns", rivals.front().column);
  for (std::size_t i = 1; i < rivals.size(); ++i) fmt::print("{:>8}", rivals[i].column);
  fmt::print("\n");
  double flops = 0;
  for (std::size_t p = 0; p < products.size(); ++p) {
    flops += products[p].count * products[p].flops();
    print_row(products[p].what, shape_of(products[p]), threads * products[p].flops(), samples[p]);
  }
  print_row("a whole step", "", threads * flops, steps);
}

/// With intervals, and whether 5 % lie between: a library within them takes the other's place.
void print_verdicts(const std::vector<rc::ProductRival>& rivals,
                    const std::vector<rc::Samples>& steps) {
  for (std::size_t i = 1; i < rivals.size(); ++i) {
    const auto ratio = rc::speedup_number(steps[i], steps.front());
    const double lo = ratio.interval->lo, hi = ratio.interval->hi;
    fmt::print("{:<26}{:.2f} ({:.2f} to {:.2f})  {}\n", rivals[i].name, ratio.value, lo, hi,
               lo > kClose   ? "slower by more than 5 %"
               : hi < kClose ? "within 5 % or faster"
                             : "not resolved");
  }
}

struct Options {
  rc::BenchOptions common;
  long rounds = 15, threads = 1;
  bool avx2 = false;
};

void bench(const Options& o) {
  if (o.rounds < 5) throw rc::UserError("--rounds must be at least 5 for an interval");
  if (o.threads < 1) throw rc::UserError("--threads must be 1 or more");
  const auto threads = static_cast<int>(o.threads);
  rc::prepare_cpu(threads);
  if (o.avx2) rc::hold_to_avx2();
  const auto settings =
      o.common.load({rc::kVocabularySettings, rc::kModelSettings, rc::kTrainSettings});
  const auto config = rc::ModelConfig::from(settings, settings.integer("tokens.vocabulary"));
  const auto tokens = config.context * std::max(1L, settings.integer("train.batch") /
                                                        settings.integer("train.microbatches"));
  const auto products = rc::training_products(config, tokens);
  const auto rivals = rc::product_rivals();
  for (const auto& line : rc::product_instructions()) fmt::print("{}\n", line);
  fmt::print("{} thread(s), each with a product of its own; {} tokens a piece\n", threads, tokens);
  fmt::print(
      "the first column in GFLOP/s, then its speed over the others', median of {} rounds\n\n",
      o.rounds);
  std::vector<std::vector<rc::Samples>> samples;
  rc::Progress progress("products", static_cast<long>(products.size()));
  for (const auto& product : products) {
    samples.push_back(time_product(product, rivals, threads, o.rounds));
    progress.update(static_cast<long>(samples.size()), product.what);
  }
  progress.finish();
  std::vector<rc::Samples> steps;
  for (std::size_t i = 0; i < rivals.size(); ++i) steps.push_back(whole_step(products, samples, i));
  print_table(products, rivals, samples, steps, threads);
  fmt::print("\n");
  print_verdicts(rivals, steps);
}

int run(int argc, char** argv) {
  Options o;
  po::options_description options(
      "bench-products: ways to multiply the matrices of a training step\nOptions");
  o.common.describe(options);
  auto add = options.add_options();
  add("rounds", po::value(&o.rounds)->default_value(o.rounds), "samples of each, taken in turn");
  add("threads", po::value(&o.threads)->default_value(o.threads),
      "that multiply side by side, each its own matrices");
  add("avx2", po::bool_switch(&o.avx2),
      "nothing newer than AVX2 (set OPENBLAS_CORETYPE=HASWELL too, which is read before)");
  rc::parse_options(argc, argv, options);
  if (o.common.help)
    std::cout << options;
  else
    bench(o);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-products", [&] { return run(argc, argv); });
}
