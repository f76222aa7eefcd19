// Runs sequences through models that differ from the trained one in their weights alone.
#pragma once

#include <functional>
#include <vector>

#include "model/batches.h"
#include "model/key_model.h"

namespace rc {

/// Loss of every token, nats: [rows, T] float64.
using TokenLosses = torch::Tensor;

/// Which sequences of the batch, ascending.
using Rows = std::vector<long>;

/// Gives what a function does that computes losses: by calling it, or from memory.
using Memory = std::function<torch::Tensor(const std::function<torch::Tensor()>&)>;

class Evaluator {
 public:
  /// `tick` is called with the number of sequences evaluated so far.
  Evaluator(
      KeyModelPtr model, const Batch& batch, std::function<void(long)> tick,
      Memory memory = [](const auto& compute) { return compute(); });

  long sequences() const { return ids_.size(0); }
  Rows all_rows() const;

  /// Computes once what the layers below `depth` make of the sequences. From now on weights are the
  /// trained model's below it.
  void share_below(std::size_t depth);

  /// Under one model.
  TokenLosses losses(const Weights& weights, const Rows& rows);
  /// Each row under a model of its own.
  TokenLosses losses(const std::function<Weights(long row)>& weights_of, const Rows& rows);

 private:
  TokenLosses in_pieces(const Rows& rows, long rows_a_piece,
                        const std::function<Weights(long first_row)>& weights_of);
  torch::Tensor compute(const Rows& rows, long rows_a_piece,
                        const std::function<Weights(long first_row)>& weights_of) const;

  KeyModelPtr model_;
  torch::Tensor ids_, labels_;  // on the model's device
  std::size_t depth_ = 0;
  torch::Tensor stream_;  // below depth_, [sequences, T, d_model]
  std::function<void(long)> tick_;
  Memory memory_;
  long done_ = 0;
};

/// Mean over the tokens of each row.
std::vector<double> sequences_of(const TokenLosses& tokens);

}  // namespace rc
