#include "pipeline/launch.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "pipeline/error.h"

namespace rc {
namespace {

volatile sig_atomic_t running_child = 0;

void pass_on(int signal) {
  if (running_child > 0) ::kill(running_child, signal);
}

/// What this process does on a signal while the guard lives; then what it did before.
class SignalGuard {
 public:
  SignalGuard(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, &before_);
  }
  ~SignalGuard() { restore(); }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  void restore() const { ::sigaction(signal_, &before_, nullptr); }

 private:
  int signal_;
  struct sigaction before_ {};
};

constexpr int kNotStarted = 127;

std::vector<char*> pointers(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<char*> list = {const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  return list;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw UserError(std::string("lost a program: ") + std::strerror(errno));
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

int launch(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
  if (::access(program.c_str(), X_OK) != 0)
    throw UserError("cannot run " + program.string() + ": " + std::strerror(errno) +
                    "; build it with: make");
  const std::string name = program.string();
  auto list = pointers(name, arguments);
  // Ctrl-C reaches the whole foreground group: the child ends by it, we stay to say so.
  const SignalGuard interrupt(SIGINT, SIG_IGN);
  const SignalGuard terminate(SIGTERM, pass_on);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw UserError(std::string("cannot start a program: ") + std::strerror(errno));
  if (child == 0) {
    interrupt.restore();
    terminate.restore();
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() == parent) ::execv(name.c_str(), list.data());
    ::_exit(kNotStarted);
  }
  running_child = child;
  const int status = wait_for(child);
  running_child = 0;
  return status;
}

}  // namespace rc
