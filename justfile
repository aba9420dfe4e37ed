# What is done again and again; `just` lists it. CONTRIBUTING.md says more. `just` itself: `pip install rust-just`.

bin := ".venv/bin"

[private]
default:
    @just --list --unsorted

# set up .venv from the lock files, Byline from this tree
install:
    python3 -m venv .venv
    {{bin}}/pip install -q --no-deps -r requirements.lock -r requirements-dev.lock
    {{bin}}/pip install -q -e .

# everything but what takes minutes by itself
test *arguments:
    {{bin}}/pytest -q {{arguments}}

# most of it, in under a minute
test-fast *arguments:
    {{bin}}/pytest -q -m fast {{arguments}}

# what takes minutes by itself
test-slow *arguments:
    {{bin}}/pytest -q -m slow {{arguments}}

# the built wheel in a fresh environment, tested from another folder
test-wheel python="python3":
    PYTHON={{python}} .ci/wheel

# style, and lines as the formatter has them
lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .

# put lines as the formatter has them
format:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .

# types
types:
    {{bin}}/mypy
    {{bin}}/mypy examples .ci/lock.py

# what the check of a change does, from nothing installed
ci:
    .ci/run

# lock files from pyproject.toml; `just lock --upgrade` takes newer releases
lock *arguments:
    {{bin}}/python .ci/lock.py {{arguments}}

# one of tests/benchmarks, as in `just bench fusion FOLDER QUESTIONS`
bench name *arguments:
    {{bin}}/python -m tests.benchmarks.{{name}} {{arguments}}

# teach, export or measure the bundled reader, as in `just train teach DATA --run FOLDER`
train *arguments:
    {{bin}}/byline train reader {{arguments}}

# fit confidence to a reader, as in `just calibrate --set FOLDER QUESTIONS`
calibrate *arguments:
    {{bin}}/byline calibrate {{arguments}}

# sdist and wheel in dist/, of a tree without changes that passes everything
release: lint types test test-slow test-wheel
    git diff --quiet HEAD
    rm -rf build dist
    {{bin}}/python -m build
