// plan: reads what `make -n -B` prints and tells which of its stages have work to do, and why.
#include <fmt/format.h>

#include <iostream>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/board.h"
#include "pipeline/stage/dag.h"
#include "pipeline/stage/plan.h"

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kHelp =
    "plan: of the recipes on standard input, as make -n -B prints them, says which have\n"
    "work to do and why; changes nothing. Call it by: make plan\n\n"
    "  --programs DIR    where stage programs lie (default: build/bin)\n"
    "  --stages DIR      descriptions of the stages (default: build/descriptions)\n"
    "  --facts FILE      of this machine, as build/bin/environment writes them\n"
    "  --announce        say in a line how much there is to do, and tell the stages of the\n"
    "                    run in RC_RUN, which then count down\n"
    "  --dag             say what each stage reads instead\n"
    "  --dot             the same in Graphviz' language\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

int plan(int argc, char** argv) {
  std::string programs = "build/bin", stages = "build/descriptions", facts;
  bool help = false, announce = false, dag = false, dot = false;
  po::options_description description;
  description.add_options()("programs", po::value(&programs))("stages", po::value(&stages))(
      "facts", po::value(&facts))("announce", po::bool_switch(&announce))(
      "dag", po::bool_switch(&dag))("dot", po::bool_switch(&dot))("help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto descriptions = rc::read_descriptions(stages);
  if (dag || dot) {
    fmt::print("{}", dot ? rc::dag_dot(descriptions) : rc::dag_text(descriptions));
    return 0;
  }
  std::vector<std::vector<std::string>> recipes;
  for (std::string line; std::getline(std::cin, line);)
    if (auto words = rc::stage_words(line, programs, descriptions))
      recipes.push_back(std::move(*words));
  rc::Environment machine;
  if (!facts.empty()) rc::read_json(facts).get_to(machine);
  const auto jobs = rc::plan_jobs(recipes, descriptions, machine);
  if (!announce) {
    fmt::print("{}", rc::plan_text(jobs));
    return 0;
  }
  if (auto board = rc::Board::of_run())
    board->expect(rc::jobs_to_run(jobs), rc::mean_seconds(jobs));
  if (const auto text = rc::announcement(jobs); !text.empty()) fmt::print("{}\n", text);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("plan", [&] { return plan(argc, argv); });
}
