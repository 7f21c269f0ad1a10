# 杏林 Xinglin. Everything installs into .venv by itself; python3 (>= 3.11) with venv, and make, are enough.
PYTHON ?= python3
BIN := .venv/bin
PARALLEL := -n 3 --dist worksteal
LOCKED := pyproject.toml requirements/build.txt requirements/base.txt requirements/site.txt

# Compiled modules are kept, whatever the environment says: the tests start some hundred processes.
export PYTHONDONTWRITEBYTECODE =
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/compiled

.DEFAULT_GOAL := help

.PHONY: help demo test coverage check bench soak lock docs clean

help:  ## 列出可用的命令 · list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

.venv/.base: $(LOCKED) scripts/install.sh
	PYTHON="$(PYTHON)" bash scripts/install.sh base
	@touch $@

.venv/.ready: .venv/.base requirements/dev.txt
	PYTHON="$(PYTHON)" bash scripts/install.sh dev
	@touch $@

demo: .venv/.base  ## 模拟连州 2020 年，评估，给出报告，运行演示站点 · simulate, evaluate, report, serve a demonstration
	$(BIN)/xinglin demo -o demo --site

test: .venv/.ready  ## 运行全部测试（不含长时间测试） · run all tests but the long ones
	$(BIN)/python -m pytest --ignore tests/site $(PARALLEL) -m "not soak" $(PYTEST_ARGS)
	$(BIN)/python -m pytest tests/site $(PARALLEL) -m "not soak" $(PYTEST_ARGS)
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest tests/site $(PARALLEL) -m "not soak and not any_database and not once" $(PYTEST_ARGS)

coverage: .venv/.ready  ## 库和站点的测试覆盖 · what the tests of library and site together cover
	$(BIN)/python -m pytest $(PARALLEL) -m "not soak" --cov --cov-report=term $(PYTEST_ARGS)

check: .venv/.ready  ## 格式、类型、分层、文档、锁文件 · format, types, layers, generated pages, lock files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python scripts/generate_docs.py --check
	$(BIN)/python scripts/check_locks.py

bench: .venv/.ready  ## 测量速度和内存 · measure time and memory
	$(BIN)/python -m bench $(BENCH_ARGS)

soak: .venv/.ready  ## 长时间、全量的测试 · long and full-size tests
	$(BIN)/python -m pytest -m soak $(PYTEST_ARGS)
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest tests/site -m "soak or once" $(PYTEST_ARGS)

docs: .venv/.ready  ## 重新生成参考页 · write the generated reference pages
	$(BIN)/python scripts/generate_docs.py

lock:  ## 重新生成锁文件（需要 uv；UPGRADE=1 则升级） · write the lock files (needs uv; UPGRADE=1 upgrades)
	UPGRADE="$(UPGRADE)" bash scripts/lock.sh

clean:  ## 删除 .venv、演示和缓存 · remove .venv, the demo and caches
	rm -rf .venv demo build dist .coverage .hypothesis .mypy_cache .ruff_cache .import_linter_cache bench/out
	find src tests scripts bench -name __pycache__ -type d -prune -exec rm -rf {} +
