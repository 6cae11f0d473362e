#!/bin/sh
# Renews the lock files from pyproject.toml: one resolution for every Python >= 3.11, with the hash of every
# file, so that any platform's wheel is accepted and nothing else is. Needs uv (`pip install uv`), which only
# whoever renews the locks has to have: installing takes pip alone.
#   requirements/lock.sh              take what the ranges in pyproject.toml allow, keeping what is locked
#   requirements/lock.sh --upgrade    take the newest
set -eu
cd "$(dirname "$0")/.."

compile() { # compile NAME EXTRA... [-- OPTION...]
  name=$1 && shift
  extras=
  while [ $# -gt 0 ] && [ "$1" != -- ]; do extras="$extras --extra $1" && shift; done
  [ $# -eq 0 ] || shift
  # shellcheck disable=SC2086 # a list of words
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    --no-annotate $extras "$@" pyproject.toml --output-file "requirements/$name.lock"
}

runtime='bus gateway nlu dialogue postgres generator embedded client'
# What packages without a wheel are built with: locked too, so that an install runs no unchecked code.
echo 'setuptools>=80' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate "$@" - --output-file requirements/build.lock
# shellcheck disable=SC2086 # a list of words
{
  compile default $runtime -- "$@"
  compile load $runtime load -- "$@" --constraint requirements/default.lock
  compile dev $runtime load dev -- "$@" --constraint requirements/load.lock
  compile finetune $runtime finetune -- "$@" --constraint requirements/dev.lock
}
# Which torch, and with it which drivers, depends on the machine: `deskbell` installs it by version, from
# requirements/torch.txt. sentence-transformers is what the English encoder's package asks for and nothing uses.
awk '/^[a-z0-9]/ { left_out = /^(torch|triton|nvidia-[a-z0-9-]*|cuda-[a-z0-9-]*|sentence-transformers)==/ } !left_out' \
  requirements/finetune.lock >requirements/finetune.lock.new
mv requirements/finetune.lock.new requirements/finetune.lock
