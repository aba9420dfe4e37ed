"""`byline forget`: an article, a person, a day, for good."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, FAILED, settings_of, shared_options

if TYPE_CHECKING:
    from byline.bot.forgetting import Forgotten


@click.group()
@shared_options
def forget() -> None:
    """Delete for good, from every database, log and free page: an article, a person, or a day.

    A running server may go on meanwhile. Copies made by `byline backup` are not reached.
    """


@forget.command("article")
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True)
@shared_options
@click.pass_context
def forget_article(ctx: click.Context, article_ids: tuple[str, ...]) -> int:
    """Forget articles, what is kept of the files they were handed in by, and the answers that quote them."""
    from byline.bot.forgetting import forget_articles
    from byline.bot.wiring import open_index

    settings = settings_of(ctx)
    store = open_index(settings, create=False)
    try:
        done = forget_articles(store, settings.data, article_ids)
    finally:
        store.close()
    return _said(done)


@forget.command("person")
@click.argument("telegram_id", metavar="TELEGRAM_ID", type=int)
@shared_options
@click.pass_context
def forget_one(ctx: click.Context, telegram_id: int) -> int:
    """Forget what a Telegram user asked, was answered and sent. Their id is in `byline feedback --json`, `asker`."""
    from byline.bot.forgetting import forget_person

    return _said(forget_person(settings_of(ctx).data, telegram_id))


@forget.command("day")
@click.argument("day", metavar="YYYY-MM-DD", type=click.DateTime(["%Y-%m-%d"]))
@shared_options
@click.pass_context
def forget_one_day(ctx: click.Context, day: datetime) -> int:
    """Forget every question of a day (UTC), with its answer and votes."""
    from byline.bot.forgetting import forget_day

    return _said(forget_day(settings_of(ctx).data, day.date()))


def _said(done: Forgotten) -> int:
    click.echo(f"forgotten: {done.articles:,} articles, {done.answers:,} answers, {done.messages:,} messages")
    for left in done.left:
        click.echo(f"byline: {left}", err=True)
    return DONE if done.articles or done.answers or done.messages else FAILED
