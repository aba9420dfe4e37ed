"""What is installed: locked with checksums, run time apart from tools; PyTorch only for models by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
import yaml

from tests.worlds.process import ROOT, clean_environment

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAVY = ("torch", "transformers", "sentence_transformers")
ASK = "沙湾渡口改造总投资是多少?"
# The command line in a process that has no package for models by name.
WITHOUT = f"import sys; sys.modules.update(dict.fromkeys({HEAVY}))\nfrom byline.bot.cli import main; main()"


def pins(name: str) -> dict[str, list[str]]:
    """Each package's checksums, by its name, in one lock file alone."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)==\S+([^\n]*(?:\n [^\n]*)*)", text, re.MULTILINE)
    return {package: re.findall(r"--hash=sha256:([0-9a-f]{64})", rest) for package, rest in found}


def commands(document: Path) -> list[str]:
    """The lines of a document's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def names(requirements: list[str]) -> set[str]:
    """Normalised names (PEP 503), without extras of our own."""
    found = {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0] for requirement in requirements}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found} - {"byline"}


SLIM, FULL, DEV = pins("requirements-slim.lock"), pins("requirements.lock"), pins("requirements-dev.lock")


def test_every_pin_has_checksums_and_stands_in_one_file() -> None:
    for locked in (SLIM, FULL, DEV):
        assert locked
        assert [package for package, checksums in locked.items() if not checksums] == []
    assert not SLIM.keys() & FULL.keys()
    assert not SLIM.keys() & DEV.keys()
    assert not FULL.keys() & DEV.keys()


def test_every_dependency_is_locked_where_it_belongs() -> None:
    """One that is added to pyproject.toml and not locked fails here: `python .ci/lock.py` writes the files anew."""
    named_models = {"sentence-transformers", "torch"}
    assert names(PROJECT["dependencies"]) - SLIM.keys() == named_models
    assert named_models - FULL.keys() == {"torch"}
    tools = [one for extra in ("test", "lint", "train", "plot") for one in PROJECT["optional-dependencies"][extra]]
    assert names(tools) <= DEV.keys() | SLIM.keys()


def test_the_slim_set_has_nothing_for_models_by_name() -> None:
    assert not SLIM.keys() & {"torch", "transformers", "sentence-transformers", "scikit-learn", "scipy", "triton"}
    assert not [package for locked in (SLIM, FULL, DEV) for package in locked if package.startswith("nvidia")]


def test_the_readme_installs_from_the_locks() -> None:
    used = set(re.findall(r"-r (requirements[\w-]*\.lock)", README))
    assert used == {"requirements.lock", "requirements-slim.lock", "requirements-dev.lock"}
    assert set(commands(ROOT / "README.zh.md")) <= set(commands(ROOT / "README.md"))


def test_the_workflow_runs_every_python_that_is_promised() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    for job in ("tests", "wheel"):
        assert workflow["jobs"][job]["strategy"]["matrix"]["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"
    for script in (".ci/run", ".ci/wheel", ".ci/lock.py"):
        assert os.access(ROOT / script, os.X_OK)


def byline(*arguments: str, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_bundled_model_answers_without_the_packages_for_others(tmp_path: Path) -> None:
    status, said, _ = byline("--data", str(tmp_path), "--sample", "ask", ASK)
    assert status == 0
    assert said.startswith("1860万元")


@pytest.mark.parametrize("setting", ["BYLINE_EMBEDDING_MODEL", "BYLINE_READER"])
def test_a_model_by_name_says_in_one_line_what_to_install(tmp_path: Path, setting: str) -> None:
    status, said, complaint = byline("--data", str(tmp_path), "ask", ASK, **{setting: "some/model"})
    assert (status, said) == (1, "")
    *_, line = complaint.splitlines()
    assert re.fullmatch(
        rf'byline: the (embedding model|reader) "some/model" needs packages that are not installed \(.+\); '
        rf"run `pip install sentence-transformers torch`, or name `bundled` \({setting}, BYLINE_ALLOW_DOWNLOADS\)",
        line,
    )


def test_training_without_its_packages_says_in_one_line_what_to_install() -> None:
    status, _, complaint = byline("train", "reader", "--help")
    assert status == 1
    assert re.fullmatch(r"byline: .*torch.*pip install 'byline\[train\]'.*\n", complaint)


@pytest.mark.slow
def test_a_slim_install_answers_and_stays_under_700_mb(tmp_path: Path) -> None:
    """From nothing: what the README's line for it installs, asked from another folder."""
    found = re.search(r"^(.*-r requirements-slim\.lock.*)$", README, re.MULTILINE)
    assert found is not None
    venv.create(tmp_path / ".venv", with_pip=True)
    install = found[1].replace(".venv/", f"{tmp_path}/.venv/").removeprefix("python3 -m venv .venv && ")
    environment = clean_environment(BYLINE_CACHE=str(tmp_path / "cache"), PYTHONPATH="")
    subprocess.run(["bash", "-euo", "pipefail", "-c", install], cwd=ROOT, env=environment, check=True, timeout=600)
    (site,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    assert size < 700e6
    assert not [name for name in HEAVY if (site / name).exists()]
    command = [str(tmp_path / ".venv" / "bin" / "byline"), "--data", str(tmp_path / "data"), "--sample", "ask", ASK]
    said = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True, timeout=120)
    assert said.startswith("1860万元")
    assert not os.path.exists(tmp_path / "byline")
