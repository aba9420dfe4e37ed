"""What single lines of a page say for and against running on."""

from __future__ import annotations

import pytest

from byline.retrieval.articles.layout.continuation_model import bundled
from byline.retrieval.articles.layout.line_scores import Evidence

# The marks stand out of reach of the model, which sees the 32 characters beside a cut.
TOLD = "魏长贵说，{}我爷爷那会儿用的是竹篙，一趟要走二十多分钟，遇上发大水就只能停，两岸的人都在岸上等着水退"
GOES_ON = "下去，有时一等就是三天，带的干粮吃完了，就到对岸的人家里讨一碗热粥，大家都说这样的日子什么时候是个头。{}"


def runs_on(opened: str, closed: str) -> float:
    return Evidence([TOLD.format(opened), GOES_ON.format(closed)], bundled()).runs_on(1)


@pytest.mark.parametrize(("opened", "closed"), [("“", "”"), ("「", "」")])
def test_a_line_that_closes_the_quotation_of_the_one_before_runs_on_from_it(opened: str, closed: str) -> None:
    plain = runs_on("", "")
    assert runs_on(opened, closed) > plain + 1
    assert runs_on(opened, "") == pytest.approx(plain)
    assert runs_on("", closed) == pytest.approx(plain)
    assert runs_on(opened + closed, "") == pytest.approx(plain)
