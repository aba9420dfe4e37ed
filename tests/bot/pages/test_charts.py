"""Bars as long as what they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.bot.answer_log import Day, Latency
from byline.bot.pages.charts import chart_days, chart_delays, every_day

DAYS = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=30)


@given(DAYS)
def test_every_bar_is_as_high_as_its_count_against_the_grid(counts: list[tuple[int, int]]) -> None:
    days = [Day(f"2024-01-{n + 1:02d}", answered, abstained) for n, (answered, abstained) in enumerate(counts)]
    chart = chart_days(days, ("yes", "no"))
    floor, top = chart.grid[0], chart.grid[-1]
    unit = (floor.y - top.y) / int(top.label.replace(",", ""))
    for day, bar in zip(days, chart.bars, strict=True):
        assert bar.answered_height == pytest.approx(day.answered * unit, abs=0.02)
        assert bar.abstained_height == pytest.approx(day.abstained * unit, abs=0.02)
        assert bar.answered_y + bar.answered_height == pytest.approx(floor.y, abs=0.02)
        assert bar.abstained_y + bar.abstained_height == pytest.approx(bar.answered_y, abs=0.03)
        assert bar.abstained_y >= top.y - 0.02
    assert len(chart.grid) <= 6
    assert chart.bars[-1].x + chart.bar_width <= chart.width
    assert chart.bars[-1].label


def test_days_without_questions_keep_their_place() -> None:
    days = every_day([Day("2024-02-21", 1, 0), Day("2024-03-01", 0, 2)])
    assert [day.day[5:] for day in days] == [f"02-{n}" for n in range(21, 30)] + ["03-01"]
    assert [day.answered + day.abstained for day in days] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]


def test_a_single_day_stands_at_the_end_of_its_week() -> None:
    days = every_day([Day("2024-03-01", 3, 1)])
    assert [day.answered for day in days] == [0, 0, 0, 0, 0, 0, 3]


def test_a_day_long_ago_does_not_stretch_the_chart() -> None:
    days = every_day([Day("2020-01-01", 1, 0), Day("2024-03-01", 0, 2)], last=30)
    assert len(days) == 30
    assert days[0].day == "2024-02-01"


def test_delays_are_drawn_in_proportion() -> None:
    bars = chart_delays(Latency(10, 100.0, 400.0, 800.0), "{count} ms").bars
    assert [bar.width / bars[2].width for bar in bars] == pytest.approx([0.125, 0.5, 1.0], abs=1e-4)
    assert [bar.value for bar in bars] == ["100 ms", "400 ms", "800 ms"]


def test_nothing_asked_draws_nothing() -> None:
    assert chart_days([], ("yes", "no")).bars == ()
    assert chart_delays(Latency(0, None, None, None), "{count} ms").bars == ()
