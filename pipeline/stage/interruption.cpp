#include "pipeline/stage/interruption.h"

#include <signal.h>

namespace rc {
namespace {

volatile sig_atomic_t came = 0;

void note(int signal) { came = signal; }

}  // namespace

int Interrupted::exit_status() const { return 128 + (signal_ == SIGINT ? SIGINT : SIGTERM); }

void note_interruptions() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART | SA_RESETHAND;  // whoever cannot wait sends another
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

int interruption() { return came; }

}  // namespace rc
