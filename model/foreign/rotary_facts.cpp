#include "model/foreign/rotary_facts.h"

#include <fmt/format.h>

namespace rc {
namespace {

using Scaling = RotaryFacts::Scaling;

/// "rope_type", which older versions call "type".
std::string type_of(ConfigFields& fields) {
  const bool old_name = fields.has("type"), new_name = fields.has("rope_type");
  if (!old_name && !new_name) return "default";
  const auto type = fields.text(new_name ? "rope_type" : "type");
  if (old_name && fields.text("type") != type)
    fields.refuse("rope_type and type contradict each other; keep the right one");
  return type;
}

void read_llama3(ConfigFields& fields, RotaryFacts& facts) {
  facts.low_turns = fields.positive("low_freq_factor");
  facts.high_turns = fields.positive("high_freq_factor");
  facts.original_context = fields.positive("original_max_position_embeddings");
  if (facts.low_turns >= facts.high_turns)
    fields.refuse("low_freq_factor is not below high_freq_factor; download the file again");
}

/// Reads all that `fields` says of stretching.
RotaryFacts read_scaling(ConfigFields fields, double base) {
  RotaryFacts facts{.base = base};
  const auto type = type_of(fields);
  if (type == "linear")
    facts.scaling = Scaling::kLinear;
  else if (type == "llama3")
    facts.scaling = Scaling::kLlama3;
  else if (type != "default")
    fields.refuse(fmt::format("rope_type {} is not implemented; default, linear and llama3 are",
                              quoted(type)));
  if (facts.scaling != Scaling::kNone) facts.factor = fields.positive("factor");
  if (facts.scaling == Scaling::kLlama3) read_llama3(fields, facts);
  fields.demand("partial_rotary_factor", 1.0, "turning a part of the dimensions");
  fields.refuse_unread();
  return facts;
}

/// rope_parameters, or one of its two parts: the base stands beside the stretching. `old_name` is
/// the field that versions before 5 have for the base.
RotaryFacts read_parameters(ConfigFields parameters, ConfigFields& fields,
                            const std::string& old_name) {
  const auto base =
      parameters.has("rope_theta") ? parameters.positive("rope_theta") : fields.positive(old_name);
  if (fields.stated(old_name) && fields.positive(old_name) != base)
    parameters.refuse("rope_theta contradicts " + old_name + "; keep the right one");
  return read_scaling(std::move(parameters), base);
}

RotaryByWindow read_new_notation(ConfigFields& fields, bool two_bases) {
  if (fields.has("rope_scaling"))
    fields.refuse("rope_scaling and rope_parameters stand side by side; keep the right one");
  auto parameters = fields.object("rope_parameters");
  if (!two_bases) {
    const auto facts = read_parameters(std::move(parameters), fields, "rope_theta");
    return {facts, facts};
  }
  const RotaryByWindow both = {
      read_parameters(parameters.object("full_attention"), fields, "rope_theta"),
      read_parameters(parameters.object("sliding_attention"), fields, "rope_local_base_freq")};
  parameters.refuse_unread();
  return both;
}

}  // namespace

RotaryByWindow read_rotary(ConfigFields& fields, bool two_bases) {
  fields.demand("partial_rotary_factor", 1.0, "turning a part of the dimensions");
  if (fields.has("rope_parameters")) return read_new_notation(fields, two_bases);
  RotaryFacts global{.base = fields.positive("rope_theta")};
  if (fields.has("rope_scaling")) global = read_scaling(fields.object("rope_scaling"), global.base);
  if (!two_bases) return {global, global};
  return {global, {.base = fields.positive("rope_local_base_freq")}};
}

}  // namespace rc
