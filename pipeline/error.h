// Errors a person can mend.
#pragma once

#include <functional>
#include <stdexcept>
#include <string_view>

namespace rc {

/// What was wrong, where, and what to do, in one line. Anything else that escapes a main is a bug.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs `body` and returns its exit status; an exception becomes one line on stderr,
/// `program: error: ...`, and status 1.
int guarded_main(std::string_view program, const std::function<int()>& body);

}  // namespace rc
