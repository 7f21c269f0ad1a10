#!/usr/bin/env bash
# Install into .venv exactly what the lock files name: `install.sh base` (run and demonstrate), `install.sh dev` (also test).
# uv is used when it is there and works; otherwise plain pip.
set -euo pipefail
cd "$(dirname "$0")/.."
part="${1:?base or dev}"
python="${PYTHON:-python3}"

make_venv() {
  command -v "$python" >/dev/null || { echo "需要 Python 3.11 以上：找不到 $python · Python >= 3.11 is needed" >&2; exit 1; }
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "需要 Python 3.11 以上，可用 make PYTHON=… 指定 · Python >= 3.11 is needed, name one with make PYTHON=…" >&2; exit 1; }
  "$python" -m venv .venv || { rm -rf .venv; uv venv --quiet --python "$python" .venv; } ||
    { echo "不能建立 .venv，请先安装 python3-venv · cannot make .venv, please install python3-venv" >&2; exit 1; }
}

with_uv() { command -v uv >/dev/null && uv pip install --quiet --python .venv/bin/python "$@"; }

with_pip() {
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

install() { with_uv "$@" || with_pip "$@"; }

[ -x .venv/bin/python ] || make_venv
case "$part" in
  base)
    install --require-hashes -r requirements/site.txt
    install --require-hashes -r requirements/build.txt
    install --no-deps --no-build-isolation -e .
    ;;
  dev) install --require-hashes -r requirements/dev.txt ;;
  *) echo "base or dev" >&2; exit 2 ;;
esac
