// Which dimensions go first: the original's order and those it is held against.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stages/ablate/treatments.h"

namespace rc {

/// The model on the table, whole.
struct TrainedModel {
  const SavedModel& model;
  const Calibration& calibration;
  std::uint64_t seed = 0;
};

/// What an order answers; a figure has a row of panels for each question.
enum class Question { kWhich, kPortions, kTreatment };

struct QuestionText {
  std::string text;      // "Which dimensions go first?"
  std::string original;  // what the original's order answers, as short as an order's `legend`
};
inline constexpr Question kQuestions[] = {Question::kWhich, Question::kPortions,
                                          Question::kTreatment};
QuestionText text_of(Question question);

enum OrderTrait : unsigned {
  kByGain = 1,    // asks how large gains are: no order at all where they tie
  kRandom = 2,    // leaves something to chance
  kOfThirds = 4,  // also run on a third of the layers alone
  kJudged = 8,    // rules of claims read its losses, and so they are taken over every sequence
};

/// One curve of the experiment, under the name it has in numbers.json: what is cut at a percentage
/// and how it goes. `draw` tells the draws of a random one apart.
struct OrderRule {
  std::string name;
  std::string title;   // for a row of a table
  std::string legend;  // for the key of a figure, 24 characters; _ lowers, ^ raises what follows
  Question question;
  std::function<Cut(const TrainedModel&, long percent, int draw)> cut;
  std::function<Weights(const TrainedModel&, const Cut&)> apply;
  unsigned traits = 0;
  bool is(OrderTrait trait) const { return (traits & trait) != 0; }
};

/// The original's surgery: smallest |gamma_k| of each layer first, zeroed. Every arm undergoes it,
/// and every other order is held against it.
inline constexpr const char* kOriginalOrder = "low_gain";

/// All there are, as tables list them: orders.cpp is the one place that names them.
/// Equal scores go by index. The draws of one number are nested: what 40 % cut, 60 % cut too.
const std::vector<OrderRule>& order_rules();

/// UserError names the rules there are.
const OrderRule& order_named(std::string_view name);

/// The orders that a setting asks for: those it names, or with the one word "all" every rule there
/// is. UserError as order_named.
std::vector<std::string> orders_asked_for(const std::vector<std::string>& words);

/// Whether the key gains of some layer are all of one size, as where an arm fixes them.
bool gains_tie(const Weights& weights);

/// Those of `names` that order something: where gains tie, an order by gain would be one by index.
std::vector<std::string> orders_that_apply(std::vector<std::string> names, const Weights& weights);

}  // namespace rc
