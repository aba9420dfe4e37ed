#!/usr/bin/env python3
"""Write the lock files from pyproject.toml: `python .ci/lock.py`, with `uv` on the path or beside Python.

What is locked already stays as it is where it still fits; `--upgrade` takes newer releases. Every package is in one
file, with the checksums of all its files, for every platform and Python from 3.11 on:

    requirements-slim.lock   all that answering with the bundled models needs
    requirements.lock        that, and what a model by name needs on top, but for PyTorch
    requirements-dev.lock    what tests, lint, training and plots need on top of either

PyTorch is in none: the CPU build, found beside the registry or on a machine's disk, is the same release with other
checksums and other dependencies than the registry's, so that no one list holds on both. `pip install .` after the lock
adds it by pyproject's own pin, and what its build asks for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLIM, FULL, DEV = (ROOT / f"requirements{kind}.lock" for kind in ("-slim", "", "-dev"))
NAMED_MODELS = ("sentence-transformers", "torch")  # what the bundled models never load
PYTORCH = re.compile(
    r"(torch|triton|nvidia-[\w-]+|cuda-[\w-]+)=="
)  # with what only the registry's build for CUDA asks for
NOWHERE = (
    "sys_platform == 'never'"  # how uv is told to leave a package out; the packages only it needs get the same mark
)
TOOLS = ("test", "lint", "train", "plot")  # extras of pyproject.toml
LEAST_PYTHON = "3.11"

HEADER = "# Written by `python .ci/lock.py` from pyproject.toml, whose comments say why each package is there.\n"
WHAT = {
    SLIM: "# Run time with the bundled models:\n"
    "#   pip install --require-hashes -r requirements-slim.lock && pip install --no-deps .\n",
    FULL: "# Run time with the bundled models or any other by name; `pip install .` adds PyTorch, see .ci/lock.py:\n"
    "#   pip install --require-hashes --no-deps -r requirements.lock && pip install .\n"
    "-r requirements-slim.lock\n",
    DEV: "# Tests, lint, training and plots, on top of one of the others:\n"
    "#   pip install --require-hashes --no-deps -r requirements.lock -r requirements-dev.lock && pip install .\n",
}


def blocks(text: str) -> dict[str, str]:
    """Give each pinned package's lines, its checksums among them, by what stands before the first space."""
    found = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n [^\n]*)*", text, re.MULTILINE)
    return {block.partition(" \\\n")[0]: block for block in found if NOWHERE not in block}


def resolve(preferred: str, *, extras: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> dict[str, str]:
    """Pin what pyproject.toml asks for.

    Args:
        preferred: pins to keep where they fit.
        extras: optional dependencies to add.
        without: packages to leave out, with all that only they need.
    """
    with tempfile.TemporaryDirectory() as folder:
        pins, left_out = Path(folder, "pins.txt"), Path(folder, "left_out.txt")
        pins.write_text(preferred, encoding="utf-8")
        left_out.write_text("".join(f"{name}; {NOWHERE}\n" for name in without), encoding="utf-8")
        asked = [word for extra in extras for word in ("--extra", extra)]
        how = ["--universal", "--python-version", LEAST_PYTHON, "--generate-hashes", "--no-annotate", "--no-header"]
        where = ["--override", str(left_out), "--output-file", str(pins), "--quiet", str(ROOT / "pyproject.toml")]
        subprocess.run([_uv(), "pip", "compile", "--system-certs", *how, *asked, *where], check=True)
        return blocks(pins.read_text(encoding="utf-8"))


def _uv() -> str:
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("uv", path=beside) or sys.exit("uv is not installed; run `pip install -e '.[release]'`")


def main() -> None:
    """Resolve everything together, so that the files agree, and write each its part."""
    kept = [blocks(path.read_text(encoding="utf-8")) for path in (SLIM, FULL, DEV) if path.exists()]
    before = "" if "--upgrade" in sys.argv[1:] else "\n".join(block for pins in kept for block in pins.values())
    pins = "\n".join(resolve(before, extras=TOOLS).values())
    slim = resolve(pins, without=NAMED_MODELS)
    full = {name: block for name, block in resolve(pins).items() if not PYTORCH.match(name)}
    dev = resolve(pins, extras=TOOLS, without=NAMED_MODELS)
    for path, packages, elsewhere in ((SLIM, slim, {}), (FULL, full, slim), (DEV, dev, slim)):
        lines = [block for name, block in sorted(packages.items()) if name not in elsewhere]
        path.write_text(HEADER + WHAT[path] + "\n".join(lines) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(lines)} packages")


if __name__ == "__main__":
    main()
