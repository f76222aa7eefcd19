#include "model/foreign/tokenizer_vocabulary.h"

#include <fmt/format.h>

#include <vector>

namespace rc::tokenizer {
namespace {

using nlohmann::json;

std::uint64_t pair_of(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

/// The two parts of a merge.
std::pair<std::string, std::string> parts_of(const json& merge, const Component& model) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  if (merge.is_string()) {
    const auto text = merge.get<std::string>();
    const auto space = text.find(' ');
    if (space != text.npos && text.find(' ', space + 1) == text.npos)
      return {text.substr(0, space), text.substr(space + 1)};
  }
  model.refuse(fmt::format("the merge {} is no pair of tokens", shown(merge)));
}

}  // namespace

Vocabulary::Vocabulary(const Component& model) {
  const json& vocab = model.at("vocab").value();
  ids_.reserve(vocab.size());
  std::vector<bool> taken;
  for (const auto& [token, value] : vocab.items()) {
    if (!is_token_id(value))
      model.refuse(fmt::format("the token {} has id {}, which no token can have", shown(token),
                               shown(value)));
    const auto id = value.get<std::int32_t>();
    if (id > largest_) taken.resize(static_cast<std::size_t>(largest_ = id) + 1);
    if (taken[id])
      model.refuse(fmt::format("the token {} has id {}, which another has", shown(token), id));
    taken[id] = true;
    ids_.emplace(token, id);
  }
}

std::optional<std::int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

Merges::Merges(const Component& model, const Vocabulary& vocabulary) {
  const json& list = model.array("merges");
  merges_.reserve(list.size());
  std::uint32_t rank = 0;
  for (const json& merge : list) {
    // Files made of a merges.txt begin with its first line.
    if (merge.is_string() && merge.get_ref<const std::string&>().starts_with("#version")) continue;
    const auto [left, right] = parts_of(merge, model);
    const auto id_of = [&](const std::string& token) {
      if (const auto id = vocabulary.find(token)) return *id;
      model.refuse(fmt::format("the merge {} needs {}, which is not in the vocabulary",
                               shown(merge), shown(token)));
    };
    const auto first = id_of(left),
               second = id_of(right);  // asked for in this order by any compiler
    merges_[pair_of(first, second)] = {rank++, id_of(left + right)};
  }
}

const Merge* Merges::find(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find(pair_of(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

/// The finalizer of SplitMix64 (Steele et al. 2014): ids that follow each other spread.
std::size_t Merges::PairHash::operator()(std::uint64_t pair) const {
  pair = (pair ^ (pair >> 30)) * 0xBF58476D1CE4E5B9;
  pair = (pair ^ (pair >> 27)) * 0x94D049BB133111EB;
  return pair ^ (pair >> 31);
}

}  // namespace rc::tokenizer
