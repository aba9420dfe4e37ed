"""How a question of several parts is to be answered: the operation, and the ways it may be cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operation = Literal[
    "order", "same", "interval", "since", "compare", "difference", "ratio", "clauses", "halves", "during"
]
Unit = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a question: what is asked, and the words that tell it from the other parts."""

    question: str
    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a question that is asked of several things.

    Attributes:
        operation: `order` names the first or last of events; `same` tells whether they fell into one `unit`; `interval`
            how long lay between two and `since` how long ago one was; `compare` names which amount is the largest or
            smallest, `difference` and `ratio` count with two; `clauses` and `halves` answer what is asked twice and
            what is asked of two, one part after the other; `during` asks what happened on the day of an event.
        cuts: the ways to cut the question into events, the likeliest first; 和 may part two of them or stand in one.
        parts: what is asked of each part, where the question itself says where one ends; else empty.
        unit: of `same` and `interval`; None where the question names none.
        largest: of `order` and `compare`: the last, or the largest, rather than the first or the smallest.
        asked: of `during`: what is asked of the day.
    """

    operation: Operation
    cuts: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Asked, ...] = ()
    unit: Unit | None = None
    largest: bool = False
    asked: str = ""
