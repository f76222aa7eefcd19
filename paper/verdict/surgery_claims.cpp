// B1, B2, B3, C1 and C7: what can be cut out of a trained model, in units of what its attention is
// worth.
#include "paper/verdict/claims.h"

namespace rc {
namespace {

/// `sentence` with the percentage in place of every @.
std::string at(const std::string& percent, std::string sentence) {
  for (auto mark = sentence.find('@'); mark != sentence.npos; mark = sentence.find('@'))
    sentence.replace(mark, 1, percent);
  return sentence;
}

/// What B1, B2 and B3 share: one cut by lowest gain beside a random one.
Claim cut_at(const std::string& percent) {
  const auto share_of = [&](const char* order) {
    const auto name = "ablate." + std::string(order) + "." + percent;
    return std::vector{name + ".share_learned.pct1", name + ".share.pct1"};
  };
  return {
      .original = at(percent, "{original.surgery.rise.@.s5} nats at @ %"),
      .ours = share_of("low_gain"),
      .ours_is = at(percent, "of the benefit at @ %"),
      .control = share_of("random"),
      .control_is = "random dimensions",
      .facts = {at(percent,
                   "Cutting the @ % of lowest gain raises the loss by {ablate.low_gain.@.s4} "
                   "nats/token, {ablate.low_gain.@.share.pct1} of the uniform benefit."),
                at(percent, "That is {ablate.low_gain.@.share_learned.pct1} of the learned one."),
                at(percent, "A random @ % costs {ablate.random.@.s4} nats/token.")},
      .brought_by = "it comes from stage ablate",
      .sequences = "sequences.ablate",
      .shares = true,
      .surgery = true,
  };
}

Claim b1() {
  Claim claim = cut_at("60");
  claim.id = "B1";
  claim.title = "loss is flat to 60 %";
  claim.claim = "The loss stays flat while up to 60 % of the key dimensions are cut.";
  claim.rule =
      "rise at 60 % under 1 % of the attention benefit; explained by control if random dimensions "
      "cost as little";
  claim.rule_of = [](const Numbers& n) {
    return judge({below(share(n, "low_gain", "60"), 0.01, "a rise under 1 % at 60 %")},
                 {below(share(n, "random", "60"), 0.01, "a random 60 %, as cheap")});
  };
  return claim;
}

/// Where a random half is not noticed either, it explains the first condition and leaves no room
/// for the second.
Claim b2() {
  Claim claim = cut_at("50");
  claim.id = "B2";
  claim.title = "half can go unnoticed";
  claim.claim = "Half of the key dimensions can be deleted and the model does not notice.";
  claim.rule =
      "rise at 50 % under 1 % of the attention benefit, and at least ten times as large with "
      "random "
      "dimensions; explained by control if these go unnoticed too";
  claim.rule_of = [](const Numbers& n) {
    const Quantity low = quantity(n, "ablate.low_gain.50"),
                   random = quantity(n, "ablate.random.50");
    const auto unnoticed = below(share(n, "low_gain", "50"), 0.01, "a rise under 1 % at 50 %");
    const auto dearer = both(at_least(random - 10 * low, 0, ""), above(random, 0, ""),
                             "ten times the rise with random dimensions");
    const auto ruling = judge({unnoticed, dearer});
    if (!unnoticed.holds() || !dearer.fails()) return ruling;
    return unless_explained(below(share(n, "random", "50"), 0.01, "a random half, as cheap"),
                            ruling);
  };
  return claim;
}

Claim b3() {
  Claim claim = cut_at("80");
  claim.id = "B3";
  claim.title = "functional at 80 %";
  claim.claim = "At 80 % the model is still highly functional.";
  claim.rule =
      "rise at 80 % under 10 % of the attention benefit; explained by control if random dimensions "
      "cost as little";
  claim.rule_of = [](const Numbers& n) {
    return judge({below(share(n, "low_gain", "80"), 0.1, "a rise under 10 % at 80 %")},
                 {below(share(n, "random", "80"), 0.1, "a random 80 %, as cheap")});
  };
  return claim;
}

Claim c1() {
  return {
      .id = "C1",
      .title = "a copying model is flat",
      .claim =
          "(Ours) The flat surgery curve of the original is what a model that learned to copy "
          "its input gives.",
      .rule =
          "copying model: loss under 0.2 nats, and a uniform benefit under 2 % of the next-token "
          "model's",
      .original = "loss {original.surgery.loss.0.f4} nats, labels not shifted",
      .ours = {"ablate.copy.attention_benefit.s4"},
      .ours_is = "nats, all keys zeroed",
      .control = {"ablate.attention_benefit.s4"},
      .control_is = "nats, next-token model",
      .facts = {"The copying model reaches {loss.copy.f3} nats/token.",
                "With all keys zeroed it loses {ablate.copy.attention_benefit.s4} nats/token, the "
                "next-token model {ablate.attention_benefit.s4}.",
                "Cutting 60 % by lowest gain costs it {ablate.copy.low_gain.60.s5} nats/token, the "
                "next-token model {ablate.low_gain.60.s4}."},
      .arms = {"copy"},
      .brought_by = "it comes from stage ablate",
      .sequences = "sequences.ablate",
      .positive = {"ablate.attention_benefit"},
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            return judge({below(quantity(n, "loss.copy"), 0.2, "a loss under 0.2 nats"),
                          below(quantity(n, "ablate.copy.attention_benefit") -
                                    0.02 * quantity(n, "ablate.attention_benefit"),
                                0, "a benefit under 2 % of the next-token model's")});
          },
  };
}

Claim c7() {
  return {
      .id = "C7",
      .title = "a cut model can be healed",
      .claim = "(Ours) A little training heals a model of which half of the rotary pairs were cut.",
      .rule =
          "after 50 % of the pairs were cut and 60 steps of training, less than 0.02 nats above "
          "the whole model trained as long",
      .original = "not tried",
      .ours = {"heal.healed.s3"},
      .ours_is = "nats, healed",
      .control = {"heal.cut.s3"},
      .control_is = "nats, right after the cut",
      .facts =
          {"Right after the cut the loss lies {heal.cut.withs3} nats/token higher.",
           "After {heal.steps.f0} steps of training it lies {heal.healed.withs3} above that of "
           "the whole model trained as long."},
      .brought_by = "it comes from stage heal; run: make report heal",
      .sequences = "sequences.heal",
      .surgery = true,
      .rule_of =
          [](const Numbers& n) {
            return judge({below(quantity(n, "heal.healed"), 0.02, "a difference under 0.02 nats")});
          },
  };
}

}  // namespace

std::vector<Claim> surgery_claims() { return {b1(), b2(), b3(), c1(), c7()}; }

}  // namespace rc
