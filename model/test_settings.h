// Settings of a model and its training, for tests.
#pragma once

#include "model/settings.h"
#include "pipeline/settings/settings.h"

namespace rc {

inline Settings model_settings(const std::vector<std::string>& overrides = {}) {
  return {{kDeviceSettings, kThreadSettings, kVocabularySettings, kModelSettings,
           kAttentionSettings, kLabelSettings, kTrainSettings},
          overrides};
}

}  // namespace rc
