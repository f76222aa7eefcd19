#include "model/foreign/tokenizer_post_processor.h"

namespace rc::tokenizer {
namespace {

using Ids = std::vector<std::int32_t>;

Ids nothing(const Component&) { return {}; }

/// "single" is a list of {"SpecialToken": {"id": name}} and one {"Sequence": {"id": "A"}}, the
/// text; "special_tokens" says which ids a name stands for.
Ids template_processing(const Component& component) {
  Ids ids;
  for (const Component& part : component.list("single")) {
    if (part.has("Sequence")) break;
    const Component token = component.at("special_tokens").at(part.at("SpecialToken").text("id"));
    for (const auto& id : token.array("ids")) {
      if (!is_token_id(id)) token.refuse("the id " + shown(id) + " is one that no token has");
      ids.push_back(id.get<std::int32_t>());
    }
  }
  return ids;
}

Ids prefix_of(const Component& component);

/// Each puts its own before what the one before made.
Ids prefix_of_all(const Component& component) {
  Ids ids;
  for (const Component& step : component.list("processors")) {
    const Ids prefix = prefix_of(step);
    ids.insert(ids.begin(), prefix.begin(), prefix.end());
  }
  return ids;
}

Ids prefix_of(const Component& component) {
  using Reader = Ids (*)(const Component&);
  static const std::map<std::string, Reader> kReaders = {
      {"ByteLevel", nothing},
      {"Sequence", prefix_of_all},
      {"TemplateProcessing", template_processing}};
  return component.choose(kReaders)(component);
}

}  // namespace

Ids template_prefix(const Component& file) {
  return file.has("post_processor") ? prefix_of(file.at("post_processor")) : Ids{};
}

}  // namespace rc::tokenizer
