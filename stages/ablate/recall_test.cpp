#include "stages/ablate/recall.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "pipeline/stage/interruption.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using std::chrono::seconds;

class RecallTest : public ::testing::Test {
 protected:
  /// A run of the stage under a content key.
  Context run(const std::string& key = "key") {
    Context context(spec_, Settings(all_tables(spec_), {"profile=mini"}), folder_ / "run", {});
    context.begin(key);
    return context;
  }
  /// The losses of `evaluations` evaluations, each with its number; counts those that it computed.
  std::vector<float> losses(Recall& recall, int evaluations) {
    std::vector<float> found;
    for (int i = 0; i < evaluations; ++i)
      found.push_back(recall
                          .losses([&, i] {
                            ++computed_;
                            return torch::full({2, 3}, 0.1F * static_cast<float>(i));
                          })
                          .max()
                          .item<float>());
    return found;
  }

  TestFolder folder_;
  StageSpec spec_{.name = "surgery", .summary = "", .writes = ""};
  int computed_ = 0;
};

TEST_F(RecallTest, GoesOnWhereAKilledRunHadSaved) {
  auto first = run();
  Recall before(first, seconds(0));  // saves after each
  losses(before, 3);
  auto second = run();
  Recall after(second, seconds(0));
  EXPECT_EQ(losses(after, 5), (std::vector<float>{0, 0.1F, 0.1F * 2, 0.1F * 3, 0.1F * 4}));
  EXPECT_EQ(computed_, 3 + 2);
  auto third = run();
  Recall at_last(third, seconds(0));
  losses(at_last, 5);
  EXPECT_EQ(computed_, 3 + 2) << "what the second run added is saved beside what it took up";
}

TEST_F(RecallTest, SavesNothingBeforeItsTime) {
  auto first = run();
  Recall before(first, seconds(3600));
  losses(before, 3);
  auto second = run();
  Recall after(second, seconds(3600));
  losses(after, 3);
  EXPECT_EQ(computed_, 6);
}

TEST_F(RecallTest, BelongsToOneKey) {
  auto first = run();
  Recall before(first, seconds(0));
  losses(before, 3);
  auto second = run("another");
  Recall after(second, seconds(0));
  losses(after, 3);
  EXPECT_EQ(computed_, 6);
}

/// In a process of its own, as a signal is noted for good.
TEST_F(RecallTest, ASignalSavesWhatThereIs) {
  const auto stopped = [&] {
    note_interruptions();
    auto first = run();
    Recall recall(first, seconds(3600));
    losses(recall, 2);
    ::kill(::getpid(), SIGTERM);
    while (interruption() == 0) std::this_thread::yield();
    try {
      losses(recall, 1);
    } catch (const Interrupted& stop) {
      EXPECT_THAT(stop.what(), ::testing::HasSubstr("stopped after 3 evaluations"));
      std::_Exit(stop.exit_status());
    }
  };
  EXPECT_EXIT(stopped(), ::testing::ExitedWithCode(143), "");
  auto second = run();
  Recall after(second, seconds(3600));
  losses(after, 4);
  EXPECT_EQ(computed_, 1);
}

}  // namespace
}  // namespace rc
