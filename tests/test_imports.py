"""Imports point one way, bot → retrieval → embeddings, and nothing that answers imports what trains or evaluates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from byline.bot.hints import WORDS, in_words
from byline.embeddings.errors import BylineError, Hint

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"embeddings": set(), "retrieval": {"embeddings"}, "bot": {"retrieval", "embeddings"}}
FORBIDDEN = {layer: set(MAY_IMPORT) - allowed - {layer} for layer, allowed in MAY_IMPORT.items()}


def imported_packages(source: str) -> Iterator[tuple[int, str]]:
    """Line and top package of every import, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, layer_of(name.name)
        elif isinstance(node, ast.ImportFrom):
            yield (
                node.lineno,
                layer_of(node.module or "", [n.name for n in node.names]) if not node.level else "(relative)",
            )
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, layer_of(str(node.args[0].value))


def layer_of(module: str, names: Sequence[str] = ()) -> str:
    """The layer a module belongs to: of `byline.bot.x` and `from byline import bot`; of a module outside, its top."""
    top, _, rest = module.partition(".")
    inside = rest.partition(".")[0] or next((name for name in names if name in MAY_IMPORT), "")
    return inside if top == "byline" and inside else top


def against_the_direction(layer: str, source: str) -> list[str]:
    return [
        f"line {line} imports {package}"
        for line, package in imported_packages(source)
        if package in FORBIDDEN[layer] | {"tests", "(relative)"}
    ]


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_no_module_imports_against_the_direction(layer: str) -> None:
    modules = sorted((ROOT / layer).rglob("*.py"))
    assert modules
    found = {str(m.relative_to(ROOT)): against_the_direction(layer, m.read_text(encoding="utf-8")) for m in modules}
    assert {module: faults for module, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("embeddings", "from byline.retrieval.errors import NotFound"),
        ("embeddings", "def f():\n    import byline.bot.settings as s"),
        ("retrieval", "if TYPE_CHECKING:\n    from byline.bot import answer_log"),
        ("retrieval", "importlib.import_module('byline.bot.cli')"),
        ("retrieval", "from . import service"),
        ("bot", "from tests.doubles import HashEmbedder"),
        ("retrieval", "from byline import bot"),
    ],
)
def test_every_way_to_import_against_the_direction_is_seen(layer: str, source: str) -> None:
    assert against_the_direction(layer, source)


def test_imports_along_the_direction_pass() -> None:
    assert not against_the_direction(
        "bot", "import byline.retrieval.service\nfrom byline.embeddings import embedder\nimport botany"
    )
    assert not against_the_direction("retrieval", "from byline.embeddings.embedder import Embedder")


LEARNING = ("byline.retrieval.training", "byline.retrieval.evaluation")
# What the command line offers of it, and a percentile that the answer log shows.
MAY_LEARN = {
    "bot/cli/evaluating.py": LEARNING[1:],
    "bot/cli/plot.py": LEARNING[1:],
    "bot/cli/training.py": LEARNING[:1],
    "bot/answer_log.py": ("byline.retrieval.evaluation.percentiles",),
}


def imported_modules(source: str) -> set[str]:
    """Every module imported anywhere in a source, with the names taken from it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


def test_nothing_that_answers_imports_what_trains_calibrates_or_evaluates() -> None:
    modules = [m for layer in MAY_IMPORT for m in sorted((ROOT / layer).rglob("*.py"))]
    for module in modules:
        place = module.relative_to(ROOT).as_posix()
        if place.startswith(("retrieval/training/", "retrieval/evaluation/")):
            continue
        found = {one for one in imported_modules(module.read_text("utf-8")) if one.startswith(LEARNING)}
        assert not [one for one in found if not one.startswith(MAY_LEARN.get(place, ()))], place
    for place, allowed in MAY_LEARN.items():
        found = imported_modules((ROOT / place).read_text("utf-8"))
        assert any(one.startswith(allowed) for one in found), f"{place} needs no leave any more"


FRONT_END_WORDS = re.compile(r"\bbyline (?:[a-z]+|--)|--data\b|\bBYLINE_[A-Z]+|python -m")


def spoken(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of every string but docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, documented) and _is_text(n.body)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def _is_text(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


@pytest.mark.parametrize("layer", ["embeddings", "retrieval"])
def test_no_message_of_the_library_names_a_command_or_a_variable(layer: str) -> None:
    """An error carries a `Hint`, which `bot/hints.py` words; `byline train` and `calibrate` speak for themselves."""
    modules = [m for m in sorted((ROOT / layer).rglob("*.py")) if m.parts[len(ROOT.parts) + 1] != "training"]
    found = {
        f"{module.relative_to(ROOT)}:{line}": text
        for module in modules
        for line, text in spoken(module.read_text("utf-8"))
        if FRONT_END_WORDS.search(text)
    }
    assert found == {}


def test_every_hint_is_worded_for_the_command_line() -> None:
    assert set(WORDS) == set(Hint)
    assert in_words(BylineError("x", hint=Hint.CACHE_FOLDER)) == "x (BYLINE_CACHE)"
    assert in_words(BylineError("x")) == "x"
