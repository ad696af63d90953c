# The ways into the project; the work is done by script/. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help demo run build dev test fuzz bench bombs faults rooms fmt lint setup

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## From nothing to a running demo: prints the address and the sign-in
	@script/serve.sh --demo

run: build ## The same on a database that stays, parlance.db: prints the token that sets up the first account
	@script/serve.sh

build: setup ## The release build, one file, and what its pages weigh
	@script/build.sh

dev: setup ## Builds and restarts at every change
	@script/dev.sh

test: ## Everything that has to hold before a change lands
	@script/test.sh

fuzz: setup ## The property tests with fresh seeds: make fuzz MINUTES=60, or SECONDS=90 and ONLY=otlp
	@script/fuzz.sh $(or $(SECONDS),$$(($(or $(MINUTES),1) * 60))) $(ONLY)

bench: setup ## Reports, intake and import, timed beside DuckDB, PostgreSQL and SQLite
	@script/bench.sh

bombs: setup ## Throws hostile requests at the server, and prints what they do to everybody else
	@script/bombs.sh

faults: setup ## Kills the server, fills its disk, takes its database away, and counts what is stored
	@script/faults.sh sqlite postgres

rooms: ## The modules of every room, what each imports, and the circles of imports
	@script/rooms.sh

fmt: setup ## Formats the code
	@script/format.sh

lint: setup ## The lints alone, both sides, and the dependencies' licences, sources and known vulnerabilities
	@script/lint.sh

setup: ## Installs what is missing
	@script/setup.sh
