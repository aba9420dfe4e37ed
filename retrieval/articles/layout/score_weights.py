"""Amounts that turn what is seen on a page into natural logarithms of odds.

They were set by hand from what they mean, then moved one at a time wherever that lowered the errors on
pages of `tests/articles/layout/page_maker.py` made from articles the seam model never saw, and on 24 pages by
another maker (coordinate search; pages made from other articles still were held out for the figures).
Names say what they weigh: `title_…` any short line that stands alone, `head_…`, `sub_…` and `stray_…`
one kind of it, `body_…` running text, `column_…` a displaced first column.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """One amount for each thing that `evidence` looks at."""

    seam: float = 1.0
    begin: float = 1.0
    stop: float = 1.69
    stop_broken: float = 1.4
    column: float = 1.0
    column_base: float = 0.6
    column_short: float = 2.0
    column_named: float = 0.5
    column_near: float = 15.0
    column_later: float = 3.0
    balance: float = 2.0
    on_finished: float = 4.25
    on_source: float = 8.0
    leaves: float = 0.5
    leaves_source: float = 3.0
    body_marked: float = 12.0
    body_named: float = 4.0
    body_subtitle: float = 5.0
    body_source: float = 6.0
    body_piece: float = 0.4
    body_spaced: float = 2.5
    head_base: float = -0.3
    head_cohesion: float = 4.0
    head_before: float = 4.0
    same: float = 1.73
    same_middle: float = 4.1
    same_least: float = 2.88
    same_most: float = 2.8
    sub_same: float = 0.5
    head_alike: float = 2.5
    head_numbered: float = 5.0
    head_opens: float = 0.5
    sub_alike: float = 2.5
    sub_numbered: float = 4.0
    sub_cohesion: float = 1.5
    sub_long: float = 0.3
    stray_base: float = 1.0
    stray_cohesion: float = 3.0
    stray_long: float = 0.3
    stray_parts: float = 2.0
    title_long: float = 0.35
    title_short: float = 1.0
    title_finished: float = 5.0
    title_paused: float = 2.0
    title_broken: float = 5.0
    title_unbalanced: float = 3.0
    title_other: float = 4.0
    title_sentence: float = 5.75
    title_comma: float = 2.4
    title_connected: float = 2.0
    furniture: float = 8.0
    joined: float = 3.0
    sized: float = 3.0
    labelled: float = 8.0
    far: float = -12.5
    far_most: float = -2.0
    title_phrase: float = 1.05
    title_phrase_middle: float = 2.3
    kicker_long: float = 0.3
    sub_base: float = 0.6
    head_tiny: float = 4.8


W = Weights()
