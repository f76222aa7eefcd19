#include "bench/growth/samples.h"

#include "pipeline/error.h"

namespace rc {

std::vector<Growth> nothing_taken() {
  std::vector<Growth> all;
  for (const auto& quantity : quantities())
    for (const std::string stage : kGrowthStages)
      if (!quantity.train_alone || stage == "train") all.push_back({quantity, stage});
  return all;
}

nlohmann::json to_json(const std::vector<Growth>& all) {
  auto json = nlohmann::json::array();
  for (const auto& growth : all) {
    nlohmann::json seconds, bytes;
    for (const auto& round : growth.rounds) {
      nlohmann::json s, b;
      for (const auto& taken : round) {
        s.push_back(taken.seconds);
        b.push_back(taken.bytes);
      }
      seconds.push_back(s);
      bytes.push_back(b);
    }
    json.push_back({{"quantity", growth.quantity.name},
                    {"stage", growth.stage},
                    {"seconds", seconds},
                    {"bytes", bytes}});
  }
  return json;
}

std::vector<Growth> growths_from_json(const nlohmann::json& json) {
  auto all = nothing_taken();
  const auto other = [] {
    return UserError("growth.json is of another revision's bench-growth; run make bench-growth");
  };
  if (json.size() != all.size()) throw other();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& entry = json[i];
    if (entry.at("quantity") != all[i].quantity.name || entry.at("stage") != all[i].stage)
      throw other();
    for (std::size_t r = 0; r < entry.at("seconds").size(); ++r) {
      auto& round = all[i].rounds.emplace_back();
      for (std::size_t p = 0; p < kGrowthPoints; ++p)
        round.push_back({entry["seconds"][r].at(p), entry.at("bytes").at(r).at(p)});
    }
  }
  return all;
}

}  // namespace rc
