// All stage files of a run in, runs/<profile>/numbers.json out: numbers over seeds, the original's
// values beside them, verdicts, and where everything came from.
#include "paper/collect/collect.h"

int main(int argc, char** argv) {
  return rc::stage_main(rc::collect_spec(), argc, argv,
                        [](rc::Context& c) { c.write("numbers.json", rc::collect(c)); });
}
