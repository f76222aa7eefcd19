# The user's face. `make help` lists what there is; the stages decide themselves whether they need to run.

PROFILE ?= laptop
RUNS    ?= runs
BUILD   ?= build
SET     ?=
# Shorthands for settings one changes most; any other goes through SET="train.steps=500 seed=3".
CORPUS  ?=
DEVICE  ?=
SEEDS   ?=
ARMS    ?=

STAGES  := tokenize train snapshot measure-rank ablate correlate time-kernels collect figures render
BIN     := $(BUILD)/bin
# Someone else's text has no hash to be held against.
OVERRIDES := $(SET) $(if $(CORPUS),corpus.path=$(CORPUS) corpus.sha256=) $(if $(DEVICE),device=$(DEVICE))
COMMON  := --profile $(PROFILE) --runs $(RUNS) --set "$(strip $(OVERRIDES))"
RUN     := $(BIN)/rank-collapse
CHOICE  := $(if $(SEEDS),--seeds "$(SEEDS)") $(if $(ARMS),--arms "$(ARMS)")

# Every arm of the claims (model/config.cpp).
AUDIT_ARMS := learned copy frozen none thin32 thin16 grouped40 virtual12 virtual12_random rope_shuffled

.PHONY: help deps build report audit check accept results test bench bench-train plan dag clean $(STAGES)

help:  ## this list
	@echo "usage: make TARGET [PROFILE=smoke|laptop|paper] [SET=\"train.steps=500 seed=3\"]"
	@echo "                   [CORPUS=FILE] [DEVICE=auto|cpu|cuda] [SEEDS=\"0 1 2\"] [ARMS=\"learned copy\"]"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'
	@echo "  a stage: $(STAGES)"

deps:  ## install the Debian packages that are missing
	@.ci/deps

build: $(BUILD)/build.ninja  ## compile everything
	@cmake --build $(BUILD)

$(BUILD)/build.ninja:
	@cmake -S . -B $(BUILD) -G Ninja

report: build  ## from the corpus to the documents; ends with the claims and their verdicts
	@$(RUN) run report $(COMMON) $(CHOICE)
	@$(BIN)/verdicts --profile $(PROFILE) --runs $(RUNS)

audit:  ## the report with every arm and control: 40 to 60 minutes, resumable
	@$(MAKE) --no-print-directory report ARMS="$(or $(ARMS),$(AUDIT_ARMS))"

$(STAGES): build
	@$(RUN) run $@ $(COMMON) $(CHOICE)

check: build  ## hold the headline numbers of a report against paper/expected/
	@$(BIN)/check --profile $(PROFILE) --runs $(RUNS)

accept: build  ## make the present headline numbers the expected ones
	@$(BIN)/check --profile $(PROFILE) --runs $(RUNS) --accept

results:  ## keep this run's numbers, figures and Markdown under paper/results/
	@mkdir -p paper/results/$(PROFILE)/figures paper/results/$(PROFILE)/report
	@cp $(RUNS)/$(PROFILE)/numbers.json paper/results/$(PROFILE)/
	@cp $(RUNS)/$(PROFILE)/figures/*.svg paper/results/$(PROFILE)/figures/
	@cp $(RUNS)/$(PROFILE)/report/*.md paper/results/$(PROFILE)/report/

test: build  ## all tests
	@ctest --test-dir $(BUILD) --output-on-failure -j 2

bench: build  ## time attention kernels against their goals, and whole models
	@$(BIN)/bench-goals --profile $(PROFILE) --set "$(strip $(OVERRIDES))"
	@$(BIN)/bench-inference --profile $(PROFILE) --set "$(strip $(OVERRIDES))"

bench-train: build  ## time training steps, fused and composed
	@$(BIN)/bench-train --profile $(PROFILE) --set "$(strip $(OVERRIDES))"

plan: build  ## what a report would run, and why
	@$(RUN) plan report $(COMMON) $(CHOICE)

dag: build  ## the way of the data
	@$(RUN) dag

clean:  ## remove what was compiled; runs/ stays
	@rm -rf $(BUILD)
