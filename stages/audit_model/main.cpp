// Somebody's checkpoint and text in: its keys as a snapshot, the sequences to measure on, and how
// much of the time each stage behind may take.
#include "kernels/torch.h"
#include "model/machine.h"
#include "model/settings.h"
#include "model/tensors.h"
#include "stages/audit_model/audit.h"
#include "stages/audit_model/settings.h"

namespace {

void audit_model(rc::Context& c) {
  const int threads = rc::prepare_cpu(c.settings().integer("threads"));
  c.facts = {{"threads", threads}, {"libtorch", rc::torch_version()}};
  rc::Audit audit(c);
  audit.keep_tokens();
  audit.keep_keys();
  audit.keep_facts(threads);
}

}  // namespace

int main(int argc, char** argv) {
  const rc::StageSpec spec{
      .name = "audit-model",
      .summary = "keys and sequences of a checkpoint somebody else trained",
      .writes = "model.json, tokens/tokens.safetensors and snapshots/step-000000.safetensors",
      .scope = rc::Scope::kRun,
      .settings = {rc::kAuditModelSettings, rc::kThreadSettings},
      .files = "the checkpoint's config.json, safetensors and tokenizer, and a text or ids",
      .environment = rc::machine_facts};
  return rc::stage_main(spec, argc, argv, audit_model);
}
