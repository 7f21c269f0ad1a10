#!/usr/bin/env bash
# Write requirements/*.txt from pyproject.toml: every version pinned, every file hashed, no host named.
# Pins stay as they are unless pyproject.toml asks for more; UPGRADE=1 takes the newest allowed.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "make lock 需要 uv · make lock needs uv" >&2; exit 1; }

lock() { # name, then what to lock
  local name="$1" out="requirements/$1.txt"
  shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} --output-file "$out" "$@" >/dev/null
  printf '%s\n' "# Written by \`make lock\` from pyproject.toml. Do not edit." "$(cat "$out")" >"$out.new"
  mv "$out.new" "$out"
}

mkdir -p requirements
lock base pyproject.toml
lock site pyproject.toml --extra site -c requirements/base.txt
lock dev pyproject.toml --extra dev --extra site -c requirements/site.txt
lock spark pyproject.toml --extra spark -c requirements/base.txt
lock build --group build -c requirements/dev.txt
if grep -n '://' requirements/*.txt; then
  echo "锁文件里不应有网址 · a lock file names a host" >&2
  exit 1
fi
