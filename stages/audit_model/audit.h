// What stage audit-model leaves for those behind it, file by file.
#pragma once

#include <memory>
#include <optional>

#include "model/batches.h"
#include "model/foreign/foreign_key_model.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// Called in the order in which they stand.
class Audit {
 public:
  /// UserError as ForeignModel::open.
  explicit Audit(Context& context);

  void keep_tokens();                  // tokens/tokens.safetensors
  void keep_keys() const;              // snapshots/step-000000.safetensors
  void keep_facts(int threads) const;  // model.json

 private:
  std::string checkpoint() const;
  std::string ranked_by() const;
  long measured(long wanted) const;
  long recorded() const;  // sequences whose keys are kept
  Batch windows(long count) const;

  Context& context_;
  std::shared_ptr<const ForeignModel> model_;
  long tokens_a_sequence_;
  std::optional<Tokens> tokens_;
  KeyModelPtr surgery_;  // model_ as surgery sees it
};

}  // namespace rc
