#!/usr/bin/env bash
# Install one trust zone into a virtual environment, every package by hash:
#   install.sh ZONE TARGET [A=B ...]
# Runs where the lock, docker/ and the code lie. `A=B` takes package B wherever A is asked for.
set -euo pipefail
zone=$1
target=$2
shift 2

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 docker/pick.py requirements.lock docker/build.txt >"$scratch/build.lock"
python3 docker/pick.py requirements.lock "docker/$zone.txt" "$@" >"$scratch/zone.lock"

python3 -m venv "$target"
install=("$target/bin/python" -m pip install --quiet --no-deps --no-build-isolation)
"${install[@]}" --require-hashes -r "$scratch/build.lock"
"${install[@]}" --require-hashes -r "$scratch/zone.lock"
"${install[@]}" .

# What installs is not needed afterwards, and would serve whoever breaks in.
grep -q '^setuptools==' "$scratch/zone.lock" || "$target/bin/python" -m pip uninstall --quiet --yes setuptools
"$target/bin/python" -m pip uninstall --quiet --yes pip
"$target/bin/accession" --version
