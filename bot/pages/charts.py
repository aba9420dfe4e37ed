"""Figures from the answer log as the lengths and places of bars; the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from byline.bot.answer_log import Day, Latency

# Units of the drawings' own coordinates; the page scales them to its width.
DAYS_WIDTH, DAYS_HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 44, 24, 8
DELAYS_LEFT, DELAYS_WIDTH, DELAY_ROW = 60, 720, 30
LABEL_ROOM = 90  # the width of "12,345 ms" beside a bar
MAX_DAYS = 30
MAX_LABELS = 8


@dataclass(frozen=True, slots=True)
class GridLine:
    """A horizontal line at a round number of questions."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day's bar: abstentions stand on top of answers."""

    x: float
    answered_y: float
    answered_height: float
    abstained_y: float
    abstained_height: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class DayChart:
    """Questions a day, oldest on the left."""

    width: int
    height: int
    left: int
    bar_width: float
    grid: tuple[GridLine, ...]
    bars: tuple[DayBar, ...]


@dataclass(frozen=True, slots=True)
class DelayBar:
    """A percentile and its bar."""

    y: int
    width: float
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DelayChart:
    """Percentiles of the time an answer took."""

    width: int
    height: int
    left: int
    bars: tuple[DelayBar, ...]


def every_day(days: Sequence[Day], *, last: int = MAX_DAYS) -> list[Day]:
    """Put back the days nobody asked anything on: at least a week, at most the `last` days up to the latest."""
    if not days:
        return []
    asked = {day.day: day for day in days}
    latest = date.fromisoformat(days[-1].day)
    week = latest - timedelta(days=6)
    earliest = max(min(date.fromisoformat(days[0].day), week), latest - timedelta(days=last - 1))
    span = [earliest + timedelta(days=n) for n in range((latest - earliest).days + 1)]
    return [asked.get(day.isoformat(), Day(day.isoformat(), 0, 0)) for day in span]


def chart_days(days: Sequence[Day], words: tuple[str, str]) -> DayChart:
    """Lay out the bars of consecutive days.

    Args:
        days: oldest first, none left out.
        words: what answered and abstained are called.
    """
    highest = max((day.answered + day.abstained for day in days), default=0)
    step = _round_step(highest)
    top = max(step, -(-highest // step) * step)
    room = DAYS_HEIGHT - BOTTOM - TOP
    floor = DAYS_HEIGHT - BOTTOM
    slot = (DAYS_WIDTH - LEFT) / max(len(days), 1)
    every = -(-len(days) // MAX_LABELS)
    bars = []
    for place, day in enumerate(days):
        answered = room * day.answered / top
        abstained = room * day.abstained / top
        bars.append(
            DayBar(
                x=round(LEFT + slot * (place + 0.15), 2),
                answered_y=round(floor - answered, 2),
                answered_height=round(answered, 2),
                abstained_y=round(floor - answered - abstained, 2),
                abstained_height=round(abstained, 2),
                label=day.day[5:] if (len(days) - 1 - place) % every == 0 else "",
                title=f"{day.day}: {words[0]} {day.answered}, {words[1]} {day.abstained}",
            )
        )
    grid = [GridLine(round(floor - room * n / top, 2), f"{n:,}") for n in range(0, top + 1, step)]
    return DayChart(DAYS_WIDTH, DAYS_HEIGHT, LEFT, round(slot * 0.7, 2), tuple(grid), tuple(bars))


def chart_delays(latency: Latency, unit: str) -> DelayChart:
    """Lay out the percentiles as bars.

    Args:
        latency: from the answer log.
        unit: how milliseconds are written, with `{count}` for the number.
    """
    shares = (("50%", latency.p50), ("95%", latency.p95), ("99%", latency.p99))
    known = [(label, value) for label, value in shares if value is not None]
    longest = max((value for _, value in known), default=0.0) or 1.0
    room = DELAYS_WIDTH - DELAYS_LEFT - LABEL_ROOM
    bars = [
        DelayBar(row * DELAY_ROW + 4, round(room * value / longest, 2), label, unit.format(count=f"{value:,.0f}"))
        for row, (label, value) in enumerate(known)
    ]
    return DelayChart(DELAYS_WIDTH, DELAY_ROW * len(bars) + 4, DELAYS_LEFT, tuple(bars))


def _round_step(highest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, … that needs at most five lines."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= step * factor * 5:
                return step * factor
        step *= 10
