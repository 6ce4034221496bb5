# Everything a person runs here. Each target does its own set-up; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Compiled modules are kept, whatever the caller's environment says: without them each test process compiles all it imports.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
ROOMS := core texts service operator keyring router agent webapp_api notifier
UNIT := $(addsuffix /tests,$(ROOMS)) images/tests bridge_ea/tests tests/terminal/tests tests/house tests/hostile tests/chaos tests/doors tests/bench tests/scale tests/farm tests/alerts release/tests
CLUSTER_TESTS := $(addsuffix /tests,$(ROOMS)) tests/e2e
WIRE_HEADERS := bridge_ea/generated

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install what this machine lacks (root)
	@devcluster/setup.sh
	@$$(devcluster/uv.sh) sync --all-packages --frozen --quiet

.PHONY: cluster
cluster: setup
	@$(PYTHON) -m tests.stack continue
	@devcluster/context.sh --up >/dev/null
	@mkdir -p build/bin
	@ln -sfn "$$(devcluster/binaries.sh kube)" build/bin/kubectl
	@ln -sfn "$$(devcluster/binaries.sh helm)" build/bin/helm

.PHONY: images
images: setup ## build every container image that is not built yet
	@images/build.sh

.PHONY: install
install: cluster images ## put the whole product and the test broker on the cluster
	@images/load.sh
	@$(PYTHON) -m tests.stack install

.PHONY: up
up: install ## bring everything up and copy trades before your eyes
	@$(PYTHON) -m tests.stack demo

.PHONY: down
down: ## stop the cluster of this checkout; only its state on disk stays
	@[ ! -f build/site.pid ] || { kill "$$(cat build/site.pid)" 2>/dev/null || true; rm -f build/site.pid; }
	@devcluster/cluster.sh down

.PHONY: site
site: ## the website of the cluster at http://127.0.0.1:3000, until Ctrl-C
	@KUBECONFIG=build/kubeconfig build/bin/kubectl -n lockstep port-forward service/lockstep-website 3000:3000

.PHONY: monitoring
monitoring: setup ## watch the cluster with the real Prometheus (:9090) and Alertmanager (:9093), and print alerts, until Ctrl-C
	@$(PYTHON) -m tests.alerts

.PHONY: mails
mails: ## the newest mails of the cluster's own mail server: whom they are to, and their links
	@$(PYTHON) -m tests.stack mails

.PHONY: status
status: ## what runs, and how the accounts are
	@$(PYTHON) -m tests.stack status

.PHONY: test
test: setup lint test-unit test-properties test-website test-simulation ## all of them but the story in a browser
	@$(MAKE) install test-sql
	@# Most of what they do is to wait, each for terminals of its own.
	@$(MAKE) -j2 test-wine test-e2e
	@$(MAKE) test-clean

.PHONY: test-unit
test-unit: setup ## pure tests and tests on real sockets, in seconds
	@$(PYTHON) -m pytest -q -n 3 --dist worksteal -m "not cluster and not wine and not thorough" $(UNIT)

.PHONY: test-properties
test-properties: setup ## pure tests over very many examples, in a minute; the engine's as Python and compiled
	@native=$$(core/native/here.sh); export PYTHONPATH=$$native; \
	$(PYTHON) -m pytest -q -n 2 -m "not thorough and not cluster" core/tests; \
	$(PYTHON) -m pytest -q -n 2 -m "thorough and not cluster and not wine" $(UNIT)

.PHONY: test-simulation
test-simulation: setup ## random trades and faults of known seeds, EVENTS=60000 of them, and long histories of real accounts, in minutes
	@$(PYTHON) -m pytest -q -n 2 -m "not simulation and not seeded" tests/simulation
	@native=$$(core/native/here.sh); export PYTHONPATH=$$native LOCKSTEP_SIMULATION_EVENTS=$(or $(EVENTS),60000); \
	$(PYTHON) -m pytest -q -n 2 -rP -m "simulation or seeded" tests/simulation

.PHONY: simulation
simulation: setup ## random trades and faults of seeds that nobody knows: EVENTS=1000000 from SEED=… on, until FAILURES=1; prints seeds as it goes
	@native=$$(core/native/here.sh); PYTHONPATH=$$native $(PYTHON) -m tests.simulation \
	    --events $(or $(EVENTS),1000000) --failures $(or $(FAILURES),1) $(if $(SEED),--seed $(SEED))

.PHONY: hostile
hostile: install ## what attackers try, for long: FRAMES=1000000 against engine and bridge, then every test that docs/security.md names
	@LOCKSTEP_HOSTILE_FRAMES=$(or $(FRAMES),1000000) $(PYTHON) -m pytest -q -n 2 tests/hostile
	@$(MAKE) fuzz-dll
	@$(PYTHON) -m pytest -q $$($(PYTHON) -m tests.house.promises)
	@$(MAKE) test-sql

.PHONY: chaos
chaos: install ## every part of the product killed KILLS=20 times under trades, judged by the broker's book; ONLY=part of a fault's name
	@$(PYTHON) -m tests.chaos $(if $(KILLS),--kills $(KILLS)) $(if $(ONLY),--only "$(ONLY)")

.PHONY: fuzz-dll
fuzz-dll: setup ## the DLL's sources with FRAMES=1000000 frames by chance, as 64 and as 32 bits, under sanitizers
	@devcluster/setup.sh fuzz
	@LOCKSTEP_DLL_FRAMES=$(or $(FRAMES),1000000) $(PYTHON) -m pytest -q -n 2 -o faulthandler_timeout=0 bridge_ea/tests/test_hostile_dll.py

.PHONY: test-sql
test-sql: ## who may read and write what, on the cluster's Postgres
	@supabase/test.sh

.PHONY: test-wine
test-wine: images ## the MQL programs and the bridge in the test terminal, under Wine
	@devcluster/setup.sh proxies
	@tests/terminal/run_in_wine.sh tests/terminal/tests -q

.PHONY: restart-router
restart-router: images ## the bridge survives RESTARTS=100 restarts of its router and leaks nothing, on both platforms, under Wine
	@LOCKSTEP_ROUTER_RESTARTS=$(or $(RESTARTS),100) tests/terminal/run_in_wine.sh tests/terminal/tests -q -rP -o faulthandler_timeout=0 -k router_that_restarts

.PHONY: conformance
conformance: setup ## a real MetaTrader 5 of yours, as MetaQuotes' own package sees it: MT5_TREE=… MT5_SHA256=… ACCOUNT=file, JSON of a demo account
	@images/build.sh mt5_checker
	@tests/terminal/check_real.sh $(ACCOUNT)

.PHONY: test-clean
test-clean: setup ## a cluster that went down has left nothing
	@bash devcluster/tests/test_clean.sh

.PHONY: test-website
test-website: setup ## the website's lint, types and pure tests
	@website/test.sh

.PHONY: test-e2e
test-e2e: ## the product on the cluster, with real pods
	@$(PYTHON) -m pytest -q -m cluster --durations=15 $(CLUSTER_TESTS)

.PHONY: test-story
test-story: setup ## a person's whole story in a browser, on the cluster; pictures in build/screens/
	@devcluster/setup.sh browser
	@website/e2e/run.sh

.PHONY: lint
lint: setup ## ruff, mypy, import contracts, lock files, chart
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy $(addsuffix /src,$(ROOMS)) $(addsuffix /tests,$(ROOMS)) bridge_ea/tests tests
	@$(PYTHON) -m mypy images monitoring release conftest.py
	@.venv/bin/lint-imports
	@$(PYTHON) -m pytest -q tests/house/test_locks.py
	@helm=$$(devcluster/binaries.sh helm); $$helm lint --quiet charts/lockstep >/dev/null; $$helm lint --quiet --set image=any charts/devstack

.PHONY: audit
audit: setup ## a report: known vulnerabilities of everything locked, as the registries know them, and licences
	@$(PYTHON) -m tests.house.audit

.PHONY: rules
rules: ## write docs/copying-rules.md, the settings' reference, their JSON Schema and the API's document again from their definitions
	@$(PYTHON) core/tests/cases/rules_page.py > docs/copying-rules.md
	@$(PYTHON) -m lockstep_core.settings.reference > docs/copier-settings.md
	@$(PYTHON) -m lockstep_core.settings.schema > docs/copier-settings.schema.json
	@cp docs/copier-settings.schema.json website/src/generated/settings-schema.json
	@$(PYTHON) -m lockstep_api.document > website/openapi.json
	@$(PYTHON) -m lockstep_core.settings.prop_firms > website/src/generated/prop-firms.json

.PHONY: alerts
alerts: setup ## write the chart's Prometheus rules and Grafana dashboard again from monitoring/
	@$(PYTHON) -m monitoring.rules
	@$(PYTHON) -m monitoring.dashboard

KEYS := PATH="$$PWD/build/bin:$$PATH" KUBECONFIG="$${KUBECONFIG:-build/kubeconfig}" keyring/rotate.sh

.PHONY: rotate-key published-keys reseal
rotate-key: ## change the keyring's keys: STEP=add|announce|promote|retire FILE=sealing.keys|tickets-demo.keys|tickets-live.keys
	@$(KEYS) rotate $(STEP) $(FILE)
published-keys: ## the public keys that browsers and routers have
	@$(KEYS) published
reseal: ## seal every stored password to the newest key
	@$(KEYS) reseal

.PHONY: release
release: setup ## images, their contents, chart and checksums in dist/; SIGN_WITH=key signs the checksums with an SSH key
	@images/build.sh $$(PYTHONPATH=images $(PYTHON) -m release --names)
	@PYTHONPATH=images $(PYTHON) -m release $(if $(SIGN_WITH),--sign-with $(SIGN_WITH))

.PHONY: version
version: setup ## the version of everything; NEW=1.2.3 writes another one everywhere
	@$(PYTHON) -m release.version $(NEW)

.PHONY: terminals
terminals: setup ## record the revisions of terminal pods, with which the next upgrade is compared: at each release
	@$(PYTHON) -m tests.house.terminal_revisions > release/terminals.json.new
	@mv release/terminals.json.new release/terminals.json

.PHONY: wire
wire: ## write the C++ and MQL headers and the CRD again from their definitions
	@$(PYTHON) -m lockstep_core.wire.headers cpp > $(WIRE_HEADERS)/wire.hpp
	@$(PYTHON) -m lockstep_core.wire.headers mql > $(WIRE_HEADERS)/Wire.mqh
	@$(PYTHON) -m lockstep_core.wire.mt4_errors > $(WIRE_HEADERS)/Mt4Errors.mqh
	@$(PYTHON) -m lockstep_core.resources.crd > crds/copieraccounts.yaml

.PHONY: reasons
reasons: ## write the reasons of an account's state again for SQL, the website and people
	@$(PYTHON) -m lockstep_core.resources.reason_lists sql > $(lastword $(sort $(wildcard supabase/migrations/*_reasons_user_must_act.sql)))
	@$(PYTHON) -m lockstep_core.resources.reason_lists typescript > website/src/generated/reasons.ts
	@$(PYTHON) -m lockstep_core.resources.reason_lists docs > docs/reasons.md

.PHONY: bench
bench: bench-engine bench-relay bench-router bench-terminal ## every benchmark; figures in build/bench/

bench-engine: setup ## one decision, one opening for a thousand slaves, and the memory of a link
	@$(PYTHON) -m core.bench.engine --out build/bench/engine-as-python.json >/dev/null
	@native=$$(core/native/here.sh); PYTHONPATH=$$native $(PYTHON) -m core.bench.engine --beside build/bench/engine-as-python.json

bench-relay: setup ## terminal to router and back through the relay, against raw libzmq
	@$(PYTHON) agent/bench/relay.py

bench-router: setup ## the router as it ships, from outside and at scale, beside libzmq in C and zmq.asyncio: nine minutes; ONLY=scene, QUICK=1 for two
	@native=$$(core/native/here.sh); PYTHONPATH=$$native $(PYTHON) -m tests.scale.routers $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

bench-hostile: setup ## what an ordinary pair of accounts notices of one hostile account, attack by attack
	@$(PYTHON) router/bench/hostile.py

bench-pair: setup ## engine and router of the working tree against REF=commit, by turns; ROUNDS=10 WITHIN=5 (%) ONLY=engine|router
	@$(PYTHON) -m tests.bench $(if $(REF),$(REF),$(error REF names the commit to compare with: make bench-pair REF=main)) \
	    $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(WITHIN),--within $(WITHIN)) $(if $(ONLY),--only $(ONLY))

bench-instructions: setup ## instructions of one opening and of single decisions, the same on a busy machine; REF=commit beside it, SLAVES=10
	@devcluster/setup.sh valgrind
	@$(PYTHON) -m tests.bench.instructions $(if $(REF),--ref $(REF)) $(if $(SLAVES),--slaves $(SLAVES))

bench-web: setup ## the running website, its API and the stream of changes with 50,000 copies in the database
	@devcluster/setup.sh browser
	@$(PYTHON) -m webapp_api.bench.web

bench-lighthouse: setup ## Lighthouse on nine pages of the running website
	@devcluster/setup.sh browser
	@$(PYTHON) -m webapp_api.bench.web --lighthouse

bench-terminal: images ## MT5 and MT4: trade to frame, command to the order's call, an idle terminal, under Wine
	@tests/terminal/run_in_wine.sh --bench

bench-operator: install ## the operator with OPERATOR_ACCOUNTS=100,1000,3000 on nodes that kwok plays, and CHURN=10 minutes in which accounts come and go
	@$(PYTHON) -m tests.scale.operators $(if $(OPERATOR_ACCOUNTS),--accounts $(OPERATOR_ACCOUNTS)) $(if $(CHURN),--churn $(CHURN))

bench-growth: install ## how long new terminals wait for a node while the cluster grows, with room kept for them and without, on nodes that kwok plays
	@$(PYTHON) -m tests.scale.operators.growth

bench-pods: install ## from a master's event to its slave's order, pod to pod, for each pair of platforms: TRADES=60 of each
	@$(PYTHON) -m tests.farm.pairs $(if $(TRADES),--trades $(TRADES))

bench-farm: install ## how many terminal pods this node carries, and what each costs: FARM_N=60 (at most 200), FARM_GROW=3600 (s), FARM_TRADES=30, FARM_IDLE=60 (s)
	@$(PYTHON) -m tests.farm $(if $(FARM_N),--most $(FARM_N)) $(if $(FARM_GROW),--grow $(FARM_GROW)) $(if $(FARM_TRADES),--trades $(FARM_TRADES)) $(if $(FARM_IDLE),--idle $(FARM_IDLE))
