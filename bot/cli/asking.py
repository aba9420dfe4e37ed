"""`byline ask`: one question, one answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, FAILED, components_of, shared_options

if TYPE_CHECKING:
    from byline.retrieval.answers.answer import Answer

CHANNEL = "terminal"


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/ask.")
@click.option("--top-k", type=click.IntRange(1, 100), default=5, show_default=True, help="At most so many citations.")
@click.option("--source", default="", help="Only articles whose source contains this.")
@click.option("--byline", "by", default="", help="Only articles whose byline contains this.")
@click.option("--after", default="", metavar="DATE", help="Only articles published on this day or later.")
@click.option("--before", default="", metavar="DATE", help="Only articles published on this day or earlier.")
@click.option(
    "--asked-at", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day from which 去年 is counted."
)
@click.option(
    "--at-most-wrong",
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    metavar="SHARE",
    help="Answer only where at most such a share of answers is wrong, as 0.05 (or BYLINE_AT_MOST_WRONG).",
)
@shared_options
@click.pass_context
def ask(
    ctx: click.Context,
    /,
    question: tuple[str, ...],
    as_json: bool,
    top_k: int,
    asked_at: datetime | None,
    at_most_wrong: float | None,
    **restrictions: str,
) -> int:
    """Answer QUESTION from the indexed articles; exit with 1 where they do not say."""
    from byline.retrieval.index.store import Filters
    from byline.retrieval.service import AskRequest

    restrictions["byline"] = restrictions.pop("by")
    components = components_of(ctx, at_most_wrong=at_most_wrong)
    try:
        components.service.warm()  # both models side by side, where the question alone would load one after the other
        day = asked_at.date() if asked_at else None
        request = AskRequest(" ".join(question), top_k, Filters(**restrictions), asked_at=day)
        answer = components.asker.ask(request, channel=CHANNEL)
    finally:
        components.close()
    if as_json:
        from byline.bot.http.bodies import AnswerBody

        click.echo(AnswerBody.of(answer).model_dump_json())
    else:
        show(answer)
    return DONE if answer.answered else FAILED


def show(answer: Answer) -> None:
    """Print an answer for people, and what to do where nothing is indexed yet."""
    from byline.bot.cli.output import answer_lines, console

    out = console()
    for line in answer_lines(answer):
        out.print(line)
    if answer.reason == "no_articles":
        click.echo("byline: nothing is indexed; add articles with `byline index PATH`", err=True)
