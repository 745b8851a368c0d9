# What people type. Each target is a script in dev/, which can be called by itself.
.PHONY: help run stop test test-deep lint format docs bench setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Odoo with the suite and a played case, ready to click (FRESH=1 anew, PORT=8069, LISTEN=127.0.0.1, DETACH=1)
	@FRESH="$(FRESH)" PORT="$(PORT)" LISTEN="$(LISTEN)" DETACH="$(DETACH)" dev/run

stop: ## end what make run DETACH=1 left running
	@dev/run --stop

test: ## every test a change must pass
	@dev/test

test-deep: ## long random walks, races at scale, clean uninstall, Odoo's own suites with our addons
	@dev/test --deep

lint: ## every check of the sources
	@dev/lint

format: ## mend layout
	@dev/format

docs: ## write the generated pages of docs/ anew
	@dev/setup
	@for page in docs/make_*.py; do .venv/bin/python $$page; done

bench: ## how fast, as ratios within one run
	@dev/bench

setup: ## what all of these need; they see to it themselves
	@dev/setup --linters

clean: ## delete the private cluster, its databases and the packages (the downloads stay in the cache)
	@dev/run --stop
	@dev/pg destroy
	@rm -rf .dev .venv
	@echo "Gone: .dev, .venv. Downloads and dumps stay in $${AFTERSALES_CACHE:-$${XDG_CACHE_HOME:-~/.cache}/aftersales-dev}."
