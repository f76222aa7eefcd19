#include "model/trainer.h"

#include <fmt/format.h>
#include <torch/serialize/archive.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "kernels/autograd.h"
#include "model/microbatches.h"
#include "pipeline/error.h"
#include "pipeline/stage/environment.h"

namespace rc {
namespace {

[[noreturn]] void stop(const std::string& why, long step) {
  throw UserError(
      fmt::format("{} at step {}; try a lower train.muon_lr or train.adam_lr, or "
                  "train.precision=f32",
                  why, step));
}

/// AdamW's moments and step counts as LibTorch serialises them: [bytes] uint8.
torch::Tensor bytes_of(const torch::optim::Optimizer& optimizer) {
  torch::serialize::OutputArchive archive;
  optimizer.save(archive);
  std::ostringstream stream;
  archive.save_to(stream);
  const auto text = stream.str();
  auto bytes = torch::empty({static_cast<std::int64_t>(text.size())}, torch::kUInt8);
  std::memcpy(bytes.data_ptr(), text.data(), text.size());
  return bytes;
}

void read_bytes(const torch::Tensor& bytes, torch::optim::Optimizer& optimizer) {
  std::istringstream stream(std::string(static_cast<const char*>(bytes.data_ptr()),
                                        static_cast<std::size_t>(bytes.numel())));
  torch::serialize::InputArchive archive;
  archive.load_from(stream);
  optimizer.load(archive);
}

std::vector<torch::Tensor> tensors_of(const std::vector<torch::Tensor*>& pointers) {
  std::vector<torch::Tensor> tensors;
  for (const auto* pointer : pointers) tensors.push_back(*pointer);
  return tensors;
}

}  // namespace

void require_finite(const char* what, double value, long step) {
  if (!std::isfinite(value)) stop(fmt::format("the {} is {}", what, value), step);
}

double gain_decay(const Settings& settings) {
  const bool decays =
      settings.text("train.gains") == "learned" && settings.text("train.gain_decay") == "on";
  return decays ? settings.real("train.weight_decay") : 0;
}

int pieces_side_by_side(const ModelConfig& config, long tokens, long available, int threads) {
  const auto parameters = static_cast<double>(sizeof(float) * config.parameters());
  // The embedding's gradient comes from both ends of the model, and allocators leave holes.
  constexpr double kHoles = 1.25;
  const double piece =
      kHoles *
      (parameters + static_cast<double>(sizeof(float) * (tokens * config.activations() +
                                                         config.vocabulary * config.d_model)));
  const double beside = 3 * parameters;
  const double room = (static_cast<double>(available) - beside) / piece;
  return static_cast<int>(std::clamp(room, 1.0, static_cast<double>(std::max(1, threads))));
}

Trainer::Trainer(Transformer& model, const Settings& settings, Precision precision,
                 std::uint64_t seed, std::optional<Weights> finished)
    : model_(model),
      clip_(settings.real("train.clip")),
      microbatches_(model.device().is_cpu() ? settings.integer("train.microbatches") : 1),
      side_by_side_(pieces_side_by_side(
          model.config(), settings.integer("train.batch") * model.config().context / microbatches_,
          available_bytes(), worker_threads())),
      trainable_(Trainable::from(settings, model.config().d_k)),
      seed_(seed),
      finished_(std::move(finished)),
      narrow_from_(1 + std::lround(kTrainedInFull * static_cast<double>(steps_of(settings)))) {
  if (model.config().uniform_attention && !trainable_.all())
    throw UserError(
        "model.attention = uniform has no key dimensions of which train.trainable could take some; "
        "set it to all");
  const auto matrices = tensors_of(model.weights.matrices());
  auto others = tensors_of(model.weights.norm_gains());
  others.push_back(model.weights.embedding);
  const auto qk_gains = settings.text("train.gains") == "fixed"
                            ? std::vector<torch::Tensor>{}
                            : tensors_of(model.weights.qk_gains());
  parameters_ = matrices;
  parameters_.insert(parameters_.end(), qk_gains.begin(), qk_gains.end());
  parameters_.insert(parameters_.end(), others.begin(), others.end());
  for (const auto& parameter : parameters_) parameter.requires_grad_();

  // On a CPU the orthogonalisation takes no longer in float32, by Gram matrices.
  const bool narrow = precision == Precision::kBFloat16 && !model.device().is_cpu();
  const auto type = narrow ? torch::kBFloat16 : torch::kFloat32;
  muon_ = std::make_unique<Muon>(matrices, Muon::Options{settings.real("train.muon_lr"),
                                                         settings.real("train.muon_momentum"), type,
                                                         /*together=*/model.device().is_cuda()});
  for (std::size_t l = 0; l < model.weights.layers.size(); ++l)
    update_projections(l, torch::arange(model.weights.layers[l].qkvo.size(0)).to(model.device()));
  const auto adam = [&](double decay) {
    return torch::optim::AdamWOptions(settings.real("train.adam_lr")).weight_decay(decay);
  };
  adam_ = std::make_unique<torch::optim::AdamW>(others, adam(settings.real("train.weight_decay")));
  if (!qk_gains.empty())
    adam_->add_param_group(
        {qk_gains, std::make_unique<torch::optim::AdamWOptions>(adam(gain_decay(settings)))});
}

std::vector<std::vector<long>> Trainer::chosen_dimensions() const {
  const bool by_final_gain = trainable_.which == Trainable::Which::kFinalGain;
  if (by_final_gain && !finished_)
    throw std::invalid_argument("train.trainable = final_gain goes by another run's last weights");
  return trainable_dimensions(by_final_gain ? *finished_ : model_.weights, trainable_, seed_);
}

void Trainer::freeze(std::vector<std::vector<long>> trained) {
  trained_ = std::move(trained);
  frozen_.emplace(model_, trained_);
  for (std::size_t l = 0; l < model_.weights.layers.size(); ++l)
    update_projections(l, frozen_->trained_rows(l));
}

void Trainer::update_projections(std::size_t layer, const torch::Tensor& rows) {
  const auto& c = model_.config();
  const auto& qkvo = model_.weights.layers[layer].qkvo;
  // Columns of W_o that stand for no head are no weights: orthogonalised with W_q, W_k and W_v,
  // which have all columns, they would not stay 0.
  const auto output = c.q_rows() + c.k_rows() + c.v_rows();
  if (c.mixed() < c.d_model)
    muon_->update_parts(qkvo, {{rows.masked_select(rows < output), c.d_model},
                               {rows.masked_select(rows >= output), c.mixed()}});
  else if (rows.size(0) < qkvo.size(0))
    muon_->update_parts(qkvo, {{rows, c.d_model}});
}

double Trainer::differentiate(const Batch& batch) {
  const auto device = model_.device();
  const auto rows = batch.ids.size(0), microbatches = std::min<std::int64_t>(rows, microbatches_);
  double sum = 0;
  fold_pieces(microbatches, device, side_by_side_, [&](std::int64_t piece) {
    const auto [first, count] = microbatch(rows, microbatches, piece);
    const auto ids = batch.ids.narrow(0, first, count).to(device);
    const auto labels = batch.labels.narrow(0, first, count).to(device);
    const double share = static_cast<double>(count) / static_cast<double>(rows);
    const auto loss = model_.token_losses(ids, labels).mean() * share;
    auto gradients = torch::autograd::grad({loss}, parameters_);
    return [&, piece, value = loss.item<double>(), gradients = std::move(gradients)]() mutable {
      const torch::NoGradGuard no_grad;
      sum += value;
      for (std::size_t p = 0; p < parameters_.size(); ++p) {
        auto& whole = parameters_[p].mutable_grad();
        if (piece == 0)
          whole = std::move(gradients[p]);
        else
          whole.add_(gradients[p]);
      }
    };
  });
  return sum;
}

double Trainer::gradient_norm() const {
  std::vector<torch::Tensor> squares(parameters_.size());
  for_parameters([&](std::size_t p) { squares[p] = parameters_[p].grad().square().sum(); });
  return torch::stack(squares).to(torch::kFloat64).sum().sqrt().item<double>();
}

void Trainer::require_finite_weights(long number) const {
  std::vector<torch::Tensor> finite(parameters_.size());
  for_parameters([&](std::size_t p) { finite[p] = parameters_[p].isfinite().all(); });
  if (!torch::stack(finite).all().item<bool>()) stop("a weight is not finite", number);
}

void Trainer::clip(double norm) {
  const double factor = clip_ / (norm + 1e-6);  // that of LibTorch's clip_grad_norm_
  if (clip_ <= 0 || factor >= 1) return;
  for_parameters([&](std::size_t p) { parameters_[p].grad().mul_(factor); });
}

void Trainer::for_parameters(const std::function<void(std::size_t)>& body) const {
  for_pieces(static_cast<std::int64_t>(parameters_.size()), model_.device(), [&](std::int64_t p) {
    const torch::NoGradGuard no_grad;
    body(static_cast<std::size_t>(p));
  });
}

double Trainer::step(long number, const Batch& batch) {
  if (number >= narrow_from_ && !trainable_.all() && !frozen_) freeze(chosen_dimensions());
  const double value = differentiate(batch);
  require_finite("loss", value, number);
  if (frozen_) frozen_->clear_gradients(model_);
  // A loss can be finite where a gradient is not, and after the last step none follows to show it.
  const double norm = gradient_norm();
  require_finite("norm of the gradient", norm, number);
  clip(norm);
  muon_->step();
  adam_->step();
  if (frozen_) frozen_->put_back_gains(model_);
  return value;
}

NamedTensors Trainer::state() const {
  NamedTensors all;
  for (std::size_t p = 0; p < parameters_.size(); ++p)
    all[fmt::format("parameter.{}", p)] = parameters_[p].detach();
  const auto momenta = muon_->momenta();
  for (std::size_t m = 0; m < momenta.size(); ++m) all[fmt::format("muon.{}", m)] = momenta[m];
  all["adam"] = bytes_of(*adam_);
  for (std::size_t l = 0; l < trained_.size(); ++l)
    all[fmt::format("trained.{}", l)] = torch::tensor(trained_[l], torch::kInt64);
  return all;
}

void Trainer::restore(const NamedTensors& state) {
  const torch::NoGradGuard no_grad;
  const auto own = this->state();
  for (const auto& [name, tensor] : own)
    if (name != "adam" && (!state.contains(name) || state.at(name).sizes() != tensor.sizes()))
      throw std::invalid_argument("the state of another training: " + name);
  for (auto [name, tensor] : own)
    if (name != "adam") tensor.copy_(state.at(name));  // a handle of what the trainer holds
  read_bytes(state.at("adam"), *adam_);
  std::vector<std::vector<long>> trained;
  for (std::size_t l = 0; state.contains(fmt::format("trained.{}", l)); ++l) {
    const auto& row = state.at(fmt::format("trained.{}", l));
    trained.emplace_back(row.data_ptr<std::int64_t>(), row.data_ptr<std::int64_t>() + row.numel());
  }
  if (!trained.empty()) freeze(std::move(trained));
}

}  // namespace rc
