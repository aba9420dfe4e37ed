"""The lines of a page with all that is known of each: hand-set evidence and what was learned, added up."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from byline.retrieval.articles.layout import line_model
from byline.retrieval.articles.layout.continuation_model import bundled
from byline.retrieval.articles.layout.line_features import Form
from byline.retrieval.articles.layout.line_labels import (
    JOINED_ALONE,
    OUTSIDE,
    Grammar,
    Role,
    Roles,
    article_grammar,
    assign_roles,
    page_grammar,
)
from byline.retrieval.articles.layout.line_model import LineModel, features_of, settings_of
from byline.retrieval.articles.layout.line_scores import Evidence
from byline.retrieval.articles.layout.page import Block, Line

_SHORT_CUTS = ((12, 30.0), (24, 4.0))
"""Lines of fewer characters, and how much less likely a column was cut there (logarithms): made pages cut no piece
shorter than 12; lists, programmes and verses have shorter lines."""

_BYLINE_LINES = 3
_COLUMN_LINES = 3
_PAGE_ODDS = (18.0, 10.0, 3.0)
"""How much likelier, as a natural logarithm, a text must be a page of several articles than one article: without any
sign of print, with one (`PageLines.signs_of_print`), with more.

Of pages put together from two articles and more, those without a sign begin at 8 (whole paragraphs, no bylines), half
of them pass 20; of 594 single articles with lists, notices and verses at their end none passed 18
(`tests/articles/layout/styled_pages.py`).
"""

_SHORTEST_SECOND = 70
"""Characters of a second article, which may be a photo's caption."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a text is read.

    Attributes:
        roles: those of its lines.
        alone: it is one article, not a page.
        odds: by how much the odds that it is a page pass those that are asked for; a logarithm.
    """

    roles: Roles
    alone: bool
    odds: float


class PageLines:
    """A page's lines, ready to be given roles."""

    def __init__(self, blocks: Sequence[Block], model: LineModel | None = None) -> None:
        """Look at the lines of all blocks; the learned part is the shipped one unless another is given."""
        self.lines: list[Line] = [line for block in blocks for line in block.lines if line.text.strip()]
        self.size = len(self.lines)
        joined = [number > 0 for block in blocks for number, line in enumerate(block.lines) if line.text.strip()]
        telling = 2 * sum(joined) < len(joined)
        self.evidence = Evidence(
            [line.text for line in self.lines],
            bundled(),
            joined=joined if telling else (),
            type_sizes=[line.size for line in self.lines],
        )
        self.settings = settings_of(self.lines, joined)
        self.features = features_of(self.lines, self.settings, self.evidence)
        self.model = model or line_model.bundled()
        self._by_hand = [self._set_by_hand(line) for line in range(self.size)]
        self.learn_again()

    def _set_by_hand(self, line: int) -> list[float]:
        own, joint = self.evidence.as_roles(line), self.evidence.between(line)
        return [mine + shared for mine, shared in zip(own, joint, strict=True)]

    def learn_again(self, *, margin: float = 0.0, gold: Sequence[Role] = ()) -> None:
        """Add up anew, after the model's weights have changed.

        Args:
            margin: by how much the roles in `gold` are put at a disadvantage, so that only a clear win counts.
        """
        learned = self.model.scores(self.features)
        self._amounts = [
            [mine + taught for mine, taught in zip(hand, more, strict=True)]
            for hand, more in zip(self._by_hand, learned, strict=True)
        ]
        for amounts, role in zip(self._amounts, gold, strict=False):
            amounts[role] -= margin

    def amounts(self, line: int) -> list[float]:
        """What the line and the one before it say about each role, in the order of `Role`."""
        return self._amounts[line]

    def setting(self, line: int) -> int:
        """In which setting the line stands."""
        return self.settings[line]

    def stops(self, line: int) -> float:
        """A paragraph ends with the line."""
        return self.evidence.stops(line)

    def leaves(self, line: int) -> float:
        """An article's body ends with the line."""
        return self.evidence.leaves(line)

    def column(self, end: int, start: int) -> float:
        """A displaced first column ends in line `end` and runs on into line `start` above it."""
        return self.evidence.column(end, start)

    @property
    def grammars(self) -> tuple[Grammar, Grammar]:
        """What roles may follow each other on a page, and in one article."""
        return _grammars(self.model)

    def choose(self) -> Choice:
        """Decide whether it is a page, which takes much better odds than one article, and read it so."""
        as_page, as_article = self.as_page(), self.as_article()
        signs = self.signs_of_print()
        odds = as_page.value - as_article.value - _PAGE_ODDS[min(signs, len(_PAGE_ODDS) - 1)]
        alone = odds <= 0 or not self._claims(as_page)
        return Choice(as_article if alone else as_page, alone, odds)

    def signs_of_print(self) -> int:
        """Count what one article seldom has: second bylines, large lines, `——…` lines, columns, a page's head."""
        forms = self.evidence.forms
        bylines = [line for line, form in enumerate(forms) if form.marked or form.opening or _is_reporter(form)]
        second = sum(later - bylines[0] >= _BYLINE_LINES for later in bylines[1:])
        dashes = any(form.subtitle is not None for form in forms)
        columns = any(len(line.spans) >= _COLUMN_LINES for line in self.lines)
        large = sum(map(self.evidence.is_large, range(self.size)))
        last = len(forms) - 1
        inside = any(_BYLINE_LINES <= line <= last - _BYLINE_LINES for line in bylines if forms[line].opening is None)
        return max(second, inside) + dashes + columns + forms[0].furniture + (large if large > 1 else 0)

    def _claims(self, roles: Roles) -> bool:
        """Whether a reading as a page says what cannot be said of one article: a page's head, or a second article.

        A few short lines below something like a headline are no second article: notices and programmes end so.
        """
        if self.signs_of_print():
            return any(role in OUTSIDE or role in (Role.HEAD, Role.DISPLACED) for role in roles.of_line[1:]) or (
                roles.of_line[0] in OUTSIDE
            )
        below = 0
        for line in range(self.size - 1, 0, -1):
            role = roles.of_line[line]
            if role is Role.HEAD and below >= _SHORTEST_SECOND:
                return True
            below = 0 if role is Role.HEAD else below + (0 if role in OUTSIDE else len(self.lines[line].text))
        return False

    def as_page(self) -> Roles:
        """The best reading as a page of articles."""
        return assign_roles(self, self.grammars[0])

    def as_article(self) -> Roles:
        """The best reading as one article, of which every line is a part in the order in which it stands."""
        kept = self._amounts
        self._amounts = [list(amounts) for amounts in kept]
        pairs = zip(self.lines, self.evidence.forms[1:], self._amounts[1:], strict=False)
        for above, form, amounts in pairs:
            if above.reaches:
                amounts[Role.CONTINUED] += JOINED_ALONE
            if form.cannot_begin or above.reaches:
                continue
            amounts[Role.CONTINUED] -= _cut_so_short(above.text)
        try:
            return assign_roles(self, self.grammars[1])
        finally:
            self._amounts = kept


def _cut_so_short(text: str) -> float:
    return next((amount for length, amount in _SHORT_CUTS if len(text) < length), 0.0)


def _is_reporter(form: Form) -> bool:
    return form.names is not None and ("记者" in form.names or "通讯员" in form.names)


@functools.lru_cache(maxsize=2)
def _grammars(model: LineModel) -> tuple[Grammar, Grammar]:
    pairs = model.pairs.tolist()
    return page_grammar(pairs), article_grammar(pairs)
