"""Answers kept by one Byline and read by another."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

from bot.stored import revive
from tests.bot.test_ledger import said


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Mark:
    number: int


@dataclass(frozen=True)
class Said:
    id: str
    parts: tuple[Words | Mark, ...]
    first: Words
    pair: tuple[int, str]
    reason: Literal["far", "near"]
    why: str | None
    share: float
    kept: bool = True
    names: tuple[str, ...] = field(default=("a",))


def test_what_was_kept_comes_back_equal() -> None:
    one = Said("x", (Words("桥"), Mark(1)), Words("一"), (1, "b"), "near", "so", 0.5, False, ("c",))
    assert revive(Said, asdict(one)) == Said(
        "x", (Words("桥"), Mark(1)), Words("一"), (1, "b"), "near", "so", 0.5, False, ("c",)
    )


def test_json_turns_tuples_to_lists_and_they_come_back_as_tuples() -> None:
    import json

    one = Said("x", (Words("桥"), Mark(1)), Words("一"), (1, "b"), "near", None, 0.5)
    assert revive(Said, json.loads(json.dumps(asdict(one)))) == one
    assert revive(type(said("x")), json.loads(json.dumps(asdict(said("x"))))) == said("x")


def test_an_unknown_field_is_passed_over_and_a_missing_one_has_its_default() -> None:
    assert revive(Said, {"id": "x", "colour": "red", "first": {"text": "一", "size": 3}}) == Said(
        "x",
        (),
        Words("一"),
        (),
        "far",
        None,
        0.0,  # type: ignore[arg-type]
    )
    assert revive(Said, {}).names == ("a",)


def test_every_field_of_an_answer_may_be_missing() -> None:
    whole = asdict(said("x"))
    for name in whole:
        assert revive(type(said("x")), {key: value for key, value in whole.items() if key != name})
