# The chain: from a corpus to numbers, figures and documents. `make help` lists what there is.
#
# What Make sees of a stage is its manifest, which the stage writes last. A rule names what the stage
# reads: manifests of other stages, its program, and a file with just its own settings. Make decides by
# time what may be out of date; the stage decides by content what is, and says "cached" where nothing
# changed. All of Make works: -j, -k, -n, single stages by name, results by file.

SHELL := /bin/bash
.SUFFIXES:
.DELETE_ON_ERROR:
dry := $(findstring n,$(firstword -$(MAKEFLAGS)))
MAKEFLAGS += -rR

# HOST=offline: the folder that `make offline-bundle` packed, on a machine without network and packages. Some
# shells have a HOST of their own.
ifneq ($(origin HOST),command line)
  HOST :=
endif
ifneq ($(filter-out offline,$(HOST)),)
  $(error HOST=$(HOST): offline is the one there is)
else ifneq ($(HOST),)
  BROUGHT := $(firstword $(wildcard runs/*/manifest/tokenize.json))
  $(if $(BROUGHT),,$(error HOST=offline: no tokens lie in runs/; is this the folder that make offline-bundle packed?))
  PROFILE ?= $(patsubst runs/%/manifest/tokenize.json,%,$(BROUGHT))
  FROM    ?= train
  .DEFAULT_GOAL := offline
endif
PROFILE ?= laptop
RUNS    ?= runs
# An installed copy has its programs and no sources.
INSTALLED := $(wildcard version)
ifeq ($(origin BUILD),undefined)
  BUILD := $(if $(INSTALLED),.,build)
endif
SET     ?=
# Shorthands for settings one changes most; any other goes through SET="train.steps=500 rank.null_draws=9".
CORPUS  ?=
DEVICE  ?=
# A prefix of every stage, as in LAUNCH="srun -n1 -c4".
LAUNCH  ?=
# What the stages before it left is taken as it lies. collect: for every seed and arm there is, the results of
# a cluster, say, without their checkpoints. train: the tokens, made elsewhere from a text that is not here.
FROM    ?=
# What `make plan` looks at.
GOAL    ?= report
# Somebody else's checkpoint, a folder; what to measure it on, a text or ids in JSON; minutes to take.
ifneq ($(origin MODEL),command line)
  MODEL :=
endif
TEXT    ?=
IDS     ?=
BUDGET  ?= 20
# What `make torture` does.
PARTS   ?= kill train disk bits pair paths
# Of each target of `make fuzz`; a million if not said.
EXECUTIONS ?=
# `make export`: a run's folder, and where its last checkpoint goes; OUT is also that of an offline bundle.
RUN     ?=
OUT     ?=
# `make import`: what HOST=offline packed.
RESULTS ?=
# `make bench-check`: the revision that this one is held against; the last release if not said.
BASE    ?=

# --- what was asked for -------------------------------------------------------------------------------

# Packages come before the rest of this file is read: it looks for what they bring.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
  ifeq ($(dry)$(INSTALLED),)
    $(shell .ci/deps $(filter test,$(MAKECMDGOALS)) >&2)
    $(if $(filter-out 0,$(.SHELLSTATUS)),$(error packages are missing))
  endif
endif

# Stages that run for every seed and arm, and those that run once a profile.
RUN_STAGES := train snapshot measure-rank ablate low-rank heal correlate
ONE_STAGES := tokenize time-kernels collect render
STAGES     := $(RUN_STAGES) $(ONE_STAGES) figures
PROFILES := $(basename $(notdir $(wildcard profiles/*.conf)))
ALL_ARMS := $(basename $(notdir $(wildcard profiles/arms/*.conf)))
FIGURES  := $(basename $(notdir $(wildcard figures/*.cpp)))
ifneq ($(INSTALLED),)
  FIGURES := $(patsubst figure-%,%,$(basename $(notdir $(wildcard $(BUILD)/descriptions/figure-*.json))))
  of_sources := deps accept offline offline-bundle import results rejudge test golden torture fuzz clean test-% bench%
  $(foreach t,$(filter $(of_sources),$(MAKECMDGOALS)),$(error $(t) needs the sources; this is an installed copy))
endif

# A variable as the command line gave it, one word for the shell: no $ and no quote in it means anything.
quote = '$(subst ','\'',$(value $(1)))'
in_profile = $(shell sed -n 's/^$(1) *= *//p' profiles/$(PROFILE).conf)

# Lines of arms' files that are for the chain alone; each becomes a variable, as in stages_no_attention.
#   stages = train    of the stages of a run this one only
#   reads = learned   it is trained from what that arm of the same seed came to
#   audit = no        `make audit` leaves it to profiles that name it
#   audit = first     `make audit` runs it for the first seed alone
comma := ,
$(foreach l,$(shell grep -HE '^(stages|reads|audit) *=' profiles/arms/*.conf | \
  sed -E 's,^.*/([^/]*)\.conf:([a-z]+) *= *,\2_\1:=,; s/[^a-z0-9_:= -].*//; s/ +$$//; s/ +/\,/g'), \
  $(eval $(subst $(comma), ,$(l))))

ifneq ($(value MODEL),)
  override PROFILE := model
  ifeq ($(if $(value TEXT),text)$(if $(value IDS),ids),)
    $(error MODEL=$(value MODEL): what shall it be measured on? TEXT=FILE, or IDS=FILE.json)
  endif
  ifneq ($(and $(value TEXT),$(value IDS)),)
    $(error TEXT and IDS: one of them is expected)
  endif
  ifneq ($(filter command,$(foreach v,SEEDS ARMS,$(origin $(v)))),)
    $(error MODEL=$(value MODEL): a checkpoint has no SEEDS and no ARMS; those are for what is trained here)
  endif
else ifneq ($(filter audit-model,$(MAKECMDGOALS))$(filter model,$(PROFILE)),)
  $(error which model? make audit-model MODEL=FOLDER TEXT=FILE)
endif
ifeq ($(filter $(PROFILE),$(PROFILES)),)
  $(error no profile "$(PROFILE)" in profiles/; there are: $(PROFILES))
endif
ifeq ($(origin SEEDS),undefined)
  SEEDS := $(call in_profile,seeds)
endif
ifeq ($(origin ARMS),undefined)
  ARMS := $(call in_profile,arms)
  ifneq ($(filter audit,$(MAKECMDGOALS) $(GOAL)),)
    FIRST_SEED_ONLY := $(foreach a,$(filter-out $(ARMS),$(ALL_ARMS)),$(if $(filter first,$(audit_$(a))),$(a)))
    ARMS := $(sort $(ARMS) $(foreach a,$(ALL_ARMS),$(if $(filter no,$(audit_$(a))),,$(a))))
  endif
endif
ifneq ($(shell [[ $(call quote,SEEDS) =~ ^[\ ]*[0-9]+[0-9\ ]*$$ ]] && echo numbers),numbers)
  $(error SEEDS="$(value SEEDS)": whole numbers are expected, as in SEEDS="0 1 2")
endif
ifneq ($(filter-out $(ALL_ARMS),$(ARMS)),)
  $(error no arm "$(filter-out $(ALL_ARMS),$(ARMS))" in profiles/arms/; there are: $(ALL_ARMS))
endif
ifeq ($(strip $(ARMS)),)
  $(error ARMS is empty; there are: $(ALL_ARMS))
endif
ifneq ($(LAUNCH),)
  $(if $(shell command -v $(firstword $(LAUNCH))),,$(error LAUNCH: there is no program "$(firstword $(LAUNCH))"))
endif
ifneq ($(shell printf %s $(call quote,BUILD) | tr -d 'A-Za-z0-9_./-'),)
  $(error BUILD="$(value BUILD)": letters, digits, _, ., / and - are allowed)
endif
override ARMS := $(filter learned,$(ARMS)) $(filter-out learned,$(ARMS))
$(foreach a,$(ALL_ARMS),$(if $(filter-out $(RUN_STAGES),$(stages_$(a))),$(error \
  profiles/arms/$(a).conf: stages = $(stages_$(a)): the stages of a run are: $(RUN_STAGES))))
$(foreach a,$(ALL_ARMS),$(if $(filter-out $(ALL_ARMS),$(reads_$(a))),$(error \
  profiles/arms/$(a).conf: reads = $(reads_$(a)): there are: $(ALL_ARMS))))
# Arms that others read and nobody asked for: they are trained, and that is all.
READ_ARMS := $(filter-out $(ARMS),$(sort $(foreach a,$(ARMS),$(reads_$(a)))))

BIN := $(BUILD)/bin
# Make parts words at spaces: a folder of another name is reached through a link, of which each folder has one
# of its own, whichever checkouts share a BUILD.
LINKS ?= $(BUILD)
ROOT := $(if $(shell printf %s $(call quote,RUNS) | tr -d 'A-Za-z0-9_./-'),$(LINKS)/runs-$(shell \
  realpath -m $(call quote,RUNS) | cksum | cut -d' ' -f1),$(RUNS))
ifneq ($(ROOT),$(RUNS))
  $(shell mkdir -p $(LINKS) $(call quote,RUNS) && ln -sfn "$$(realpath $(call quote,RUNS))" $(ROOT))
endif
R    := $(ROOT)/$(PROFILE)
ifneq ($(value MODEL),)
  R  := $(R)-$(shell basename $(call quote,MODEL) | tr -c 'A-Za-z0-9_.\n-' _)
  RUN_STAGES := audit-model measure-rank ablate low-rank correlate
  ONE_STAGES := collect render
  STAGES     := $(RUN_STAGES) $(ONE_STAGES) figures
  ifneq ($(filter audit train snapshot heal tokenize time-kernels,$(MAKECMDGOALS)),)
    $(error MODEL=$(value MODEL): its stages are $(STAGES); make audit-model runs them all)
  endif
  # What a checkpoint without its training has to show.
  FIGURES    := spectra surgery_orders low_rank layer_correlation correlation_by_distance gain_wavelength
endif

ifneq ($(filter-out collect train,$(FROM)),)
  $(error FROM=$(FROM): the stages to begin from are collect and train)
endif
RESULTS_LIE := $(filter collect,$(FROM))
ifneq ($(RESULTS_LIE),)
  TAKEN := $(patsubst $(R)/%/manifest/train.json,%,$(wildcard $(R)/seed-*/*/manifest/train.json))
  $(if $(TAKEN),,$(error FROM=$(FROM): no training lies in $(R)/seed-*/*/))
  override SEEDS := $(sort $(patsubst seed-%/,%,$(dir $(TAKEN))))
  override ARMS  := $(filter learned,$(notdir $(TAKEN))) $(sort $(filter-out learned,$(notdir $(TAKEN))))
  override ARMS  := $(firstword $(ARMS)) $(filter-out $(firstword $(ARMS)),$(ARMS))
  READ_ARMS :=
endif
# $(call folders,ARMS): of every seed they run for.
folders = $(foreach s,$(SEEDS),$(foreach a,$(1),$(if $(and $(filter $(a),$(FIRST_SEED_ONLY)),$(filter-out \
  $(firstword $(SEEDS)),$(s))),,$(R)/seed-$(s)/$(a))))
# A profile's line `audit = heal`: `make audit` runs that stage, `make report` only where it is named as well.
left_to_audits := $(if $(RESULTS_LIE)$(filter audit,$(MAKECMDGOALS) $(GOAL)),,$(filter-out $(MAKECMDGOALS),$(call in_profile,audit)))
$(if $(filter-out $(RUN_STAGES),$(left_to_audits)),$(error \
  profiles/$(PROFILE).conf: audit = $(left_to_audits): the stages of a run are: $(RUN_STAGES)))
COLLECTED := $(filter-out $(left_to_audits),$(RUN_STAGES))
arms_of = $(foreach a,$(ARMS),$(if $(filter $(1),$(or $(stages_$(a)),$(1))),$(a)))

ONCE := $(ONE_STAGES) $(FIGURES:%=figure-%)
# The manifests of a stage.
of = $(if $(filter $(1),$(ONCE)),$(R)/manifest/$(1).json,$(if $(RESULTS_LIE),$(call taken,$(1)),$(patsubst \
  %,%/manifest/$(1).json,$(call folders,$(call arms_of,$(1))))))
taken = $(wildcard $(foreach a,$(ARMS),$(SEEDS:%=$(R)/seed-%/$(a)/manifest/$(1).json)))

# What a report ends with is asked for before it begins. latexmk is one of the files that render reads.
LATEX := $(shell command -v latexmk)
ifneq ($(filter report audit audit-model figures render,$(MAKECMDGOALS)),)
  ifeq ($(LAUNCH)$(dry),)
    absent = $(if $(shell command -v $(1)),,$(2))
    lacking := $(strip $(call absent,gnuplot,gnuplot-nox) $(call absent,pandoc,pandoc))
    $(if $(lacking),$(error a report needs $(lacking): make deps installs what is missing, or apt-get install $(lacking)))
    $(if $(LATEX),,$(info LaTeX is not installed: documents will come as Markdown and HTML; make deps installs it))
  endif
endif

# --- the chain ----------------------------------------------------------------------------------------
# A stage finds its settings in <out>/settings/<stage>.conf. Stages that run side by side share the
# cores; those behind a LAUNCH take what it gave them.

# Runs side by side with a thread each beat one after the other with all of them (11 of 12 parts of the time,
# on two cores), if there are enough to keep every core busy to the end; a GPU is not shared unasked.
CORES := $(shell nproc)
ifeq ($(LAUNCH)$(filter cuda%,$(DEVICE))$(wildcard /dev/nvidia0)$(filter-out 0,$(MAKELEVEL)),)
  ifeq ($(shell [ $(words $(call folders,$(ARMS))) -ge $$((2 * $(CORES))) ] && echo many),many)
    MAKEFLAGS += -j$(CORES)
  endif
endif

jobs = $(if $(LAUNCH),1,$(or $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))),1))
export RC_JOBS = $(jobs)
export RC_RUN := $(R)

stage = $(basename $(notdir $@))
manifests = $(foreach p,$^,$(if $(findstring /manifest/,$(p)),$(p)))
command = $(BIN)/$(stage) --out $(patsubst %/manifest/,%,$(dir $@)) $(manifests)
# srun says 0 of a task that had to be killed: what it leaves must be younger than what it was made of.
lost = $(if $(LAUNCH), && { [ -e $@ ] && [ -z "$$(find $^ -newer $@ -print -quit)" ] || \
  { echo "$(stage) was lost on its way through LAUNCH; give the command again" >&2; false; }; })
# $(call run,FILES): the stage of this target, with files from outside.
run = @$(LAUNCH) $(command) $(1)$(lost)

# A program and its settings, once a profile; and for a seed and arm, whose folder is the stem.
once = $(BIN)/$(1) $(R)/settings/$(1).conf
each = $(BIN)/$(1) %/settings/$(1).conf
# What of this machine changes numbers: for all that computes with LibTorch.
MACHINE   := $(R)/settings/machine.json
# Which seeds and arms there are: for who reads them all.
RUNS_LIST := $(R)/settings/runs.list
TOKENS    := $(R)/manifest/tokenize.json
# The page for the screen runs these, where they are installed, and then the one of its own.
SCRIPTS := $(wildcard $(addprefix /usr/share/javascript/,jquery/jquery.min.js jquery-datatables/jquery.dataTables.min.js \
             $(addprefix jquery-ui/ui/,version.min.js widget.min.js keycode.min.js position.min.js unique-id.min.js widgets/tooltip.min.js)))
TEMPLATES := $(filter-out %.js,$(wildcard paper/templates/*)) $(SCRIPTS) $(wildcard paper/templates/*.js) $(LATEX)
ABOUT_ARMS := $(ARMS:%=profiles/arms/%.conf)

ifneq ($(RESULTS_LIE),)
$(TOKENS) $(foreach s,$(RUN_STAGES) time-kernels,$(call of,$(s))): ;
else ifneq ($(value MODEL),)
override TOKENS :=
AUDITED := $(call of,audit-model)
AUDITED_FILES := $(R)/settings/audit.model.list $(R)/settings/audit.$(if $(value IDS),ids,text).list
# A program that this stage runs: SentencePiece and LibTorch do not live in one process.
ENCODER := $(if $(value TEXT),$(BIN)/encode-text)
$(AUDITED): %/manifest/audit-model.json: $(call each,audit-model) $(AUDITED_FILES) $(ENCODER) $(MACHINE)
	$(call run,$(AUDITED_FILES:%=@%) $(ENCODER))

$(foreach s,measure-rank ablate low-rank correlate,$(eval \
  $(call of,$(s)): %/manifest/$(s).json: $(AUDITED) $(call each,$(s)) $(MACHINE) ; $$(run)))
else
ifeq ($(FROM),train)
$(if $(wildcard $(TOKENS)),,$(error FROM=train: no tokens lie in $(R): $(TOKENS) is missing))
$(TOKENS): ;
else
$(TOKENS): $(call once,tokenize) $(R)/settings/corpus.path.list
	$(call run,@$(R)/settings/corpus.path.list)
endif

TRAINED := $(call of,train) $(patsubst %,%/manifest/train.json,$(call folders,$(READ_ARMS)))
$(TRAINED): %/manifest/train.json: $(TOKENS) $(call each,train) $(MACHINE)
	$(call run)
$(foreach s,$(SEEDS),$(foreach a,$(ARMS),$(foreach b,$(reads_$(a)),$(eval \
  $(R)/seed-$(s)/$(a)/manifest/train.json: $(R)/seed-$(s)/$(b)/manifest/train.json))))

$(call of,snapshot): %/manifest/snapshot.json: $(TOKENS) %/manifest/train.json $(call each,snapshot) $(MACHINE)
	$(call run)

$(call of,measure-rank): %/manifest/measure-rank.json: %/manifest/snapshot.json $(call each,measure-rank) $(MACHINE)
	$(call run)

$(call of,ablate): %/manifest/ablate.json: $(TOKENS) %/manifest/train.json $(call each,ablate) $(MACHINE)
	$(call run)

$(call of,low-rank): %/manifest/low-rank.json: $(TOKENS) %/manifest/train.json $(call each,low-rank) $(MACHINE)
	$(call run)

$(call of,heal): %/manifest/heal.json: $(TOKENS) %/manifest/train.json $(call each,heal) $(MACHINE)
	$(call run)

$(call of,correlate): %/manifest/correlate.json: %/manifest/snapshot.json $(call each,correlate)
	$(call run)

# It times, and waits for a machine of its own: after the stages that take long, where all are made.
$(call of,time-kernels): $(call once,time-kernels) $(MACHINE) \
		| $(if $(filter report audit collect render,$(MAKECMDGOALS)),$(foreach s,$(COLLECTED),$(call of,$(s))))
	$(call run)

endif

$(call of,collect): $(TOKENS) $(foreach s,$(COLLECTED) $(filter time-kernels,$(ONE_STAGES)),$(call of,$(s))) $(call once,collect) \
		$(RUNS_LIST) paper/originals.json $(ABOUT_ARMS)
	$(call run,paper/originals.json $(ABOUT_ARMS))

# A figure is a program figures/<name>.cpp; here stands what it draws, and what it looks numbers up in.
effective_rank_draws          := measure-rank
gamma_heatmap_draws           := correlate
surgery_impact_draws          := ablate
layer_correlation_draws       := correlate
kernel_speedup_draws          := time-kernels
ladder_draws                  := collect
loss_draws                    := train
surgery_orders_draws          := ablate
difficulty_deciles_draws      := collect
spectra_draws                 := measure-rank
correlation_by_distance_draws := correlate
arm_losses_draws              := train
arm_measures_draws            := collect
low_rank_draws                := low-rank
gain_decay_draws              := correlate train
gain_wavelength_draws         := correlate

define figure_rule
$(if $($(1)_draws),,$(error Makefile: say what figure $(1) draws: $(1)_draws := a stage))
$(call of,figure-$(1)): $(foreach s,$($(1)_draws),$(call of,$(s))) $(call once,figure-$(1)) $(if $(filter $($(1)_draws),$(RUN_STAGES)),$(RUNS_LIST))
	$$(call run)
endef
$(foreach f,$(FIGURES),$(eval $(call figure_rule,$(f))))

# Old as it may be, what a package brought is new to a report that was made without.
USED   := $(shell grep -os '"/[^"]*"' $(call of,render) | tr -d '"')
UNUSED := $(if $(filter-out $(USED),$(SCRIPTS) $(LATEX)),FORCE)
$(call of,render): $(call of,collect) $(foreach f,$(FIGURES),$(call of,figure-$(f))) $(call once,render) $(TEMPLATES) $(UNUSED)
	$(call run,$(TEMPLATES))

# --- what the chain stands on -------------------------------------------------------------------------

PROGRAMS := $(addprefix $(BIN)/,$(RUN_STAGES) $(ONCE))
SETTINGS := $(ONCE:%=$(R)/settings/%.conf) $(RUNS_LIST) $(R)/settings/machine.stamps $(R)/settings/corpus.path.list $(AUDITED_FILES) \
            $(if $(RESULTS_LIE),,$(foreach r,$(call folders,$(ARMS) $(READ_ARMS)),$(RUN_STAGES:%=$(r)/settings/%.conf)))

.PHONY: help deps build report audit audit-model check verify accept export offline offline-bundle import results rejudge test golden torture fuzz sanitize test-cluster test-tokenizer bench bench-train bench-products bench-check bench-shared bench-idle bench-build bench-growth bench-audit-model plan dag clean FORCE $(STAGES)
FORCE:

ifneq ($(INSTALLED),)
build: ;
else
# Where there is no Ninja Make does its work, one that knows nothing of this one.
compile := env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL cmake --build $(BUILD)
ifneq ($(shell command -v ninja),)
  CONFIGURED := $(BUILD)/build.ninja
  GENERATOR  := -G Ninja
  nothing_to_do = $(compile) --target programs -- -n | grep -q 'no work to do'
else
  CONFIGURED := $(BUILD)/Makefile
  GENERATOR  := -G 'Unix Makefiles' -DCMAKE_TARGET_MESSAGES=OFF
  compile    += -j $(CORES)
  nothing_to_do = false
endif
# Figures are taken as they lie in their folder, so that one more is seen here.
$(CONFIGURED): figures/.
	@env -u MAKEFLAGS cmake -S . -B $(BUILD) $(GENERATOR)
	@touch $@

# It is known there what a program is made of, so it is always asked; a dry run has no programs to wait for.
build: $(CONFIGURED)  ## compile what a report needs
	@$(nothing_to_do) || $(compile) --target programs
endif

ifeq ($(dry),)
$(PROGRAMS) $(BIN)/environment $(BIN)/encode-text: build ;
endif

# Written where they change, each whole or not at all; manifests whose outputs are gone are removed. Also in a dry run, unless it is
# one that this Makefile asked for.
.PRECIOUS: $(SETTINGS)
ifeq ($(PREPARED),)
$(SETTINGS) &: FORCE | build
	+@[ ! -x $(BIN)/prepare ] || $(BIN)/prepare --folder $(R) --stages $(BUILD)/descriptions --profile $(PROFILE) \
	  $(if $(RESULTS_LIE),--taken "$(TAKEN)",--seeds "$(SEEDS)" --arms "$(ARMS)" --also "$(READ_ARMS)") --set $(call quote,SET) --corpus $(call quote,CORPUS) --device $(call quote,DEVICE) \
	  $(if $(value MODEL),--model $(call quote,MODEL) --text $(call quote,TEXT) --ids $(call quote,IDS) --minutes $(call quote,BUDGET))

# LibTorch takes a second to say what it is: it is asked again only where it may have become another.
$(R)/settings/machine.asked: $(R)/settings/machine.stamps $(if $(dry),,$(BIN)/environment)
	+@[ ! -x $(BIN)/environment ] || { $(BIN)/environment --facts $(MACHINE) --device $(call quote,DEVICE) && touch $@; }
$(MACHINE): $(R)/settings/machine.asked
	+@:
endif

# A stage named on the command line looks at the bytes of what it wrote, and makes good what is damaged.
$(foreach s,$(filter $(STAGES) $(ONCE),$(MAKECMDGOALS)),$(foreach m,$(call of,$(s)),$(eval $(m): FORCE)))

# Results by file.
$(R)/kernels.json: $(call of,time-kernels) ;
$(R)/numbers.json: $(call of,collect) ;
result = $(patsubst %/manifest/$(1).json,%/$(2).json,$(call of,$(1)))
$(call result,train,train): %/train.json: %/manifest/train.json ;
$(call result,measure-rank,rank): %/rank.json: %/manifest/measure-rank.json ;
$(call result,ablate,ablation): %/ablation.json: %/manifest/ablate.json ;
$(call result,correlate,correlation): %/correlation.json: %/manifest/correlate.json ;
$(call result,low-rank,low_rank): %/low_rank.json: %/manifest/low-rank.json ;
$(call result,heal,heal): %/heal.json: %/manifest/heal.json ;

# --- for people ---------------------------------------------------------------------------------------

help:  ## this list
	@echo 'usage: make TARGET [PROFILE=$(subst $(eval) ,|,$(PROFILES))]'
	@echo '                   [SET="train.steps=500"] [SEEDS="0 1 2"] [ARMS="learned copy"]'
	@echo '                   [CORPUS=FILE] [DEVICE=auto|cpu|cuda] [RUNS=FOLDER]'
	@echo '                   [LAUNCH="srun -n1 -c4"] [FROM=collect|train] [-j N] [-k] [-n]'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{  \
	  line = sprintf("  %-18s", $$1); words = split($$2, word, " ");  \
	  for (i = 1; i <= words; ++i) {  \
	    if (length(line " " word[i]) > 80) { print line; line = sprintf("  %-18s", "") }  \
	    line = line " " word[i] }  \
	  print line }'
	@echo '  a stage: $(STAGES)' | fold -s -w 78
	@echo '  an arm: $(ALL_ARMS)' | fold -s -w 78

deps: ; @:  ## install the Debian packages that are missing

# Counts what there is to do before the first stage starts, so that stages can say how much is left.
ANNOUNCE ?= $(filter report audit,$(MAKECMDGOALS:audit-model=report))
.PHONY: announce
ifneq ($(ANNOUNCE),)
announce: build $(SETTINGS) $(MACHINE)
	@$(MAKE) --no-print-directory -nB $(ANNOUNCE) PREPARED=1 ANNOUNCE= LAUNCH= | \
	  $(BIN)/plan --programs $(BIN) --stages $(BUILD)/descriptions --facts $(MACHINE) --announce
$(foreach s,$(ONCE) $(RUN_STAGES),$(call of,$(s))) $(TRAINED): | announce
endif

report: $(call of,render)  ## from the corpus to the documents; ends with the claims and their verdicts
	@$(BIN)/verdicts --folder $(R) --profile $(PROFILE)

audit: report  ## the report with every arm and control, resumable

audit-model: report  ## such a report on MODEL=FOLDER, a checkpoint of yours; TEXT=FILE or IDS=FILE.json, BUDGET=20

$(filter-out figures audit-model,$(STAGES)): %: build
$(foreach s,$(filter-out figures audit-model,$(STAGES)),$(eval $(s): $(call of,$(s))))
figures: $(foreach f,$(FIGURES),$(call of,figure-$(f)))
.PHONY: $(FIGURES:%=figure-%)
$(foreach f,$(FIGURES:%=figure-%),$(eval $(f): build $(call of,$(f))))

plan: build $(SETTINGS) $(MACHINE)  ## what a report would run, and why; GOAL=audit for another target
	@$(MAKE) --no-print-directory -nB $(GOAL) PREPARED=1 ANNOUNCE= LAUNCH= | \
	  $(BIN)/plan --programs $(BIN) --stages $(BUILD)/descriptions --facts $(MACHINE)

dag: build  ## what each stage reads
	@$(BIN)/plan --dag --stages $(BUILD)/descriptions
	@mkdir -p $(ROOT); if command -v dot >/dev/null; then \
	  $(BIN)/plan --dot --stages $(BUILD)/descriptions | dot -Tsvg -o $(ROOT)/dag.svg && echo "as a picture: $(ROOT)/dag.svg"; \
	else echo "Graphviz would draw it: apt-get install graphviz"; fi

after_report := $(filter report audit audit-model,$(MAKECMDGOALS))
check: build | $(after_report)  ## hold the headline numbers of a report against paper/expected/
	@$(BIN)/check --folder $(R) --profile $(PROFILE)

verify: build  ## read all bytes of a run, and name what is damaged and what remakes it
	@$(BIN)/verify --folder $(R) --profile $(PROFILE)

accept: build | $(after_report)  ## make the present headline numbers the expected ones
	@$(BIN)/check --folder $(R) --profile $(PROFILE) --accept

export: build  ## write RUN=runs/<profile>/seed-<n>/<arm> to OUT=FOLDER, a checkpoint that others load
	@$(BIN)/export-model --run $(call quote,RUN) $(if $(value OUT),--out $(call quote,OUT))

offline-bundle: build $(TOKENS)  ## pack sources, libraries and PROFILE's tokens for a machine without network; OUT=FILE
	@cmake/offline/pack $(R) $(if $(value OUT),$(call quote,OUT),$(BUILD)/rank-collapse-$(PROFILE).tar.gz)

offline: $(foreach s,$(COLLECTED) time-kernels,$(call of,$(s)))  ## there, with HOST=offline: all stages from train to time-kernels
	@cmake/offline/bring_home $(R) $(ROOT)/$(PROFILE)-results.tar.gz

import:  ## take RESULTS=FILE.tar.gz, what such a machine came to, among the runs; then make report FROM=collect
	@cmake/offline/import $(call quote,RESULTS) $(ROOT)

results: build | $(after_report)  ## keep this run's numbers, figures and Markdown under paper/results/
	@$(BIN)/verdicts --folder $(R) --profile $(PROFILE) >/dev/null  # refuses what is damaged
	@paper/keep_results $(R) paper/results/$(notdir $(R))

rejudge: build  ## verdicts and pages of all kept results anew, by the present rules and templates
	@for kept in paper/results/*; do $(BIN)/rejudge --folder $$kept || exit 1; done
	@paper/answer_in_readme paper/results/laptop

test: $(CONFIGURED)  ## compile everything, run all tests
	@$(compile)
	@env -u RC_RUN -u RC_JOBS -u MAKEFLAGS -u MFLAGS -u MAKELEVEL ctest --test-dir $(BUILD) --output-on-failure -j 2

golden: build  ## remake tests/golden: two seeds of two arms, and one of each other
	@$(MAKE) --no-print-directory PROFILE=golden $(RUN_STAGES) tokenize time-kernels
	@$(MAKE) --no-print-directory PROFILE=golden SEEDS=0 ARMS="$(ALL_ARMS)" $(RUN_STAGES)
	@tests/keep_golden $(ROOT)/golden tests/golden

torture: build  ## a report killed, starved of disk, damaged, doubled and oddly named: hours; PARTS="kill train disk bits pair paths"
	@for part in $(PARTS); do LONG=1 BUILD=$(BUILD) nice tests/torture/$$part || exit 1; done

fuzz:  ## feed every reader of files from outside with a million mutations, under sanitizers; EXECUTIONS=1000000
	@tests/fuzz/run $(BUILD) $(EXECUTIONS)

sanitize:  ## unit tests under ASan, UBSan and TSan, compiled for it: 20 minutes; WITH=address or WITH=thread
	@tests/sanitize $(BUILD) $(WITH)

test-cluster: build  ## the smoke report through a Slurm of its own on this machine, one task cancelled; as root
	@tests/cluster/run $(BUILD)

test-tokenizer: $(CONFIGURED)  ## ids of foreign tokenizers against Hugging Face's libraries, which npm fetches
	@$(compile) --target encode-text
	@tests/tokenizer/run $(BUILD)

bench: build $(SETTINGS)  ## time attention kernels against their goals, and whole models
	@$(compile) --target bench-goals bench-inference
	@$(BIN)/bench-goals --settings $(R)/settings/time-kernels.conf
	@$(BIN)/bench-inference --settings $(R)/settings/time-kernels.conf

bench-train: build $(SETTINGS)  ## time training steps, fused and composed
	@$(compile) --target bench-train
	@$(BIN)/bench-train --settings $(firstword $(call folders,$(ARMS)))/settings/train.conf

bench-products: build $(SETTINGS)  ## time matrix products against those of libraries, with AVX2 alone too
	@$(compile) --target bench-products
	@for threads in 1 2; do for set in "" --avx2; do \
	  $${set:+env OPENBLAS_CORETYPE=HASWELL} $(BIN)/bench-products $$set --threads $$threads \
	    --settings $(firstword $(call folders,$(ARMS)))/settings/train.conf && echo || exit; done; done

bench-check: $(CONFIGURED)  ## fail where a kernel or a training step takes over 5 % longer than at the last release; BASE=REVISION
	@bench/check $(BUILD) $(call quote,BASE)

bench-shared: build  ## the smoke report alone and beside one busy process a core
	@bench/shared BUILD=$(BUILD)

bench-idle: build  ## a report with nothing left to do, of 15 arms and 3 seeds
	@$(compile) --target stand_in
	@bench/idle $(BUILD)

bench-build:  ## time the build from nothing: steps, seconds, the ten slowest
	@bench/build

bench-growth: build  ## how time and memory grow with tokens, width, layers and context: a table and a picture, 15 minutes
	@$(compile) --target bench-growth
	@$(BIN)/bench-growth --build $(BUILD)

bench-audit-model: build  ## time the audit of a random checkpoint of Qwen3-0.6B's shape, 25 minutes
	@$(compile) --target random-checkpoint
	@bench/model_audit $(BUILD)

clean:  ## remove what was compiled; runs/ stays
	@rm -rf $(BUILD)
