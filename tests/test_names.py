"""One name on the door: what the wheel installs, and what `import byline` shows."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import byline
from tests.worlds.process import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = ("bot", "retrieval", "embeddings")


def test_every_folder_of_the_house_is_packaged_under_the_one_name() -> None:
    folders = {
        "byline." + ".".join(folder.relative_to(ROOT).parts)
        for layer in LAYERS
        for folder in [ROOT / layer, *(ROOT / layer).rglob("*")]
        if folder.is_dir() and folder.name != "__pycache__" and any(one.is_file() for one in folder.iterdir())
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == folders | {"byline"}


@pytest.mark.parametrize("layer", LAYERS)
def test_tools_find_each_layer_beside_the_import_name(layer: str) -> None:
    link = ROOT / "byline" / layer
    # On a checkout without symbolic links it is a small file with the same words in it, and nothing imports that.
    assert link.is_symlink() or link.read_text(encoding="utf-8").strip() == f"../{layer}"
    assert not link.is_symlink() or link.resolve() == (ROOT / layer).resolve()


def test_all_names_exist_and_nothing_else_is_shown() -> None:
    assert sorted(byline.__all__) == byline.__all__ == dir(byline)
    for name in byline.__all__:
        assert getattr(byline, name) is not None, name
    with pytest.raises(AttributeError, match="'byline' has no attribute 'Answr'"):
        byline.Answr  # noqa: B018
    typed = ast.parse((ROOT / "byline" / "__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in typed.body if isinstance(node, ast.If))
    imported = {
        name.asname or name.name for node in guarded.body if isinstance(node, ast.ImportFrom) for name in node.names
    }
    assert imported | {"__version__"} == set(byline.__all__)


def test_importing_the_name_loads_nothing() -> None:
    heavy = "numpy onnxruntime torch faiss fastapi pydantic telegram rich sqlite3 byline.retrieval"
    look = f"import sys, byline; print(set('{heavy}'.split()) & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", look], text=True) == "set()\n"


def test_the_documents_tell_of_every_public_name() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    named = {name for token in re.findall(r"`([^`\n]+)`", text) for name in re.findall(r"\w+", token)}
    assert set(byline.__all__) - named == set()
    table = text.partition("| of an `Archive`")[2].partition("\n\n")[0]
    methods = re.findall(r"^\| `(\w+)", table, re.MULTILINE)
    public = {name for name in vars(byline.Archive) if not name.startswith("_")} | {"service"}
    assert set(methods) == public
    for method, arguments in re.findall(r"^\| `(\w+)\(([^)]*)\)", table, re.MULTILINE):
        asked_for = set(inspect.signature(getattr(byline.Archive, method)).parameters) - {"self"}
        assert {one.partition("=")[0].strip(" *") for one in arguments.split(",") if one} <= asked_for, method


@pytest.mark.parametrize("document", ["README.md", "docs/python.md"])
def test_the_documents_show_the_public_interface_and_it_works(document: str, tmp_path: Path) -> None:
    shown = (ROOT / document).read_text(encoding="utf-8")
    example = re.search(r"```python\n(import byline\n.*?)```", shown, re.DOTALL)
    assert example is not None
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "2023-05-04.txt").write_text(
        "沙湾渡口复航\n\n停航两年的沙湾渡口昨天复航。县交通局启动改造,总投资1860万元,新建栈桥136米。\n",
        encoding="utf-8",
    )
    (tmp_path / "page.txt").write_text("石桥食堂开张\n\n石桥社区食堂昨天开张,一餐十二元。\n", encoding="utf-8")
    said = subprocess.check_output([sys.executable, "-c", example[1]], cwd=tmp_path, text=True)
    assert "1860万元" in said
    assert "县交通局启动改造,总投资1860万元,新建栈桥136米。" in said
    for name in re.findall(r"\bbyline\.(\w+)", example[1]):
        assert name in byline.__all__


@pytest.mark.slow
def test_the_wheel_installs_one_name_and_leaves_strangers_alone(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*run, "wheel", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True)
    home = tmp_path / "site"
    (home / "bot").mkdir(parents=True)
    (home / "bot" / "settings.py").write_text("STRANGER = True\n")
    wheel = next(tmp_path.glob("byline-*.whl"))
    subprocess.run([*run, "install", "--no-deps", "--target", str(home), str(wheel)], check=True)
    names = {path.name for path in home.iterdir() if not path.name.endswith(".dist-info")}
    assert names - {"bin"} == {"byline", "bot"}
    assert (home / "bot" / "settings.py").read_text() == "STRANGER = True\n"
    assert not any(path.is_symlink() for path in home.rglob("*"))
    for kept in ("py.typed", "bot/pages/words.toml", "bot/pages/assets/page.css", "bot/sample/wetland-birds.jsonl"):
        assert (home / "byline" / kept).is_file(), kept
    assert not list(home.rglob("made_questions.jsonl"))
