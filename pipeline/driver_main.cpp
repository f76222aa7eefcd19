// rank-collapse run|plan|dag: the driver of the pipeline.
#include "pipeline/driver.h"

int main(int argc, char** argv) { return rc::driver_main(argc, argv); }
