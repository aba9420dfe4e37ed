"""How a question of several parts is to be answered: the operation, and the ways it may be cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operation = Literal["order", "same", "interval", "since", "compare", "parts", "during"]
Unit = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a question that is asked of several things.

    Attributes:
        operation: `order` names the first or last of events; `same` tells whether they fell into one `unit`;
            `interval` how long lay between two and `since` how long ago one was; `compare` holds amounts against each
            other; `parts` answers one part after the other; `during` asks what happened on the day of an event.
        cuts: the ways to cut the question into its parts, the likeliest first; 和 may part two events or stand in one.
        unit: of `same` and `interval`; None where the question names none.
        largest: of `order` and `compare`: the last, or the largest, rather than the first or the smallest.
        asked: of `compare` and `during`: what is asked of each part.
    """

    operation: Operation
    cuts: tuple[tuple[str, ...], ...]
    unit: Unit | None = None
    largest: bool = False
    asked: str = ""
