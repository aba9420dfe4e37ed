"""`byline articles`, `byline status` and `byline feedback`: what is there, and what was said of it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, FAILED, settings_of, shared_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byline.retrieval.index.store import Header, Store

PAGE = 500  # headers fetched at once


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per article.")
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="At most so many; 0 for all.")
@click.option("--match", default="", metavar="TEXT", help="Only those with TEXT in title, byline or body.")
@shared_options
@click.pass_context
def articles(ctx: click.Context, as_json: bool, limit: int, match: str) -> int:
    """List the indexed articles, newest first."""
    if ctx.invoked_subcommand is not None:
        return DONE
    from byline.bot.wiring import open_index

    store = open_index(settings_of(ctx), create=False)
    try:
        total = store.articles(limit=1, query=match).total
        listed = list(_headers(store, match, limit or total))
    finally:
        store.close()
    _print_headers(listed, as_json)
    if not as_json and total > len(listed):
        click.echo(f"byline: {len(listed)} of {total} shown; --limit 0 shows all", err=True)
    return DONE if listed else FAILED


@articles.command("show")
@click.argument("article_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The body of GET /v1/articles/ID.")
@shared_options
@click.pass_context
def show_article(ctx: click.Context, article_id: str, as_json: bool) -> None:
    """Show an article whole."""
    from byline.bot.cli.output import harmless
    from byline.bot.wiring import open_index

    store = open_index(settings_of(ctx), create=False)
    try:
        article = store.article(article_id)
    finally:
        store.close()
    if as_json:
        from byline.bot.http.bodies import ArticleBody

        click.echo(ArticleBody.of(article).model_dump_json())
        return
    about = (article.byline, article.source, article.published or "", article.url or article.path)
    click.secho(harmless(article.title or article.id), bold=True)
    if article.subtitle:
        click.echo("——" + harmless(article.subtitle))
    click.secho(harmless(" · ".join(part for part in about if part)), dim=True)
    click.echo("\n" + harmless(article.text))


@articles.command("remove")
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--for-good", is_flag=True, help="Keep nothing to restore, of articles removed before neither.")
@shared_options
@click.pass_context
def remove_articles(ctx: click.Context, article_ids: tuple[str, ...], for_good: bool) -> int:
    """Remove articles; they answer nothing any more, at once, in a running server too.

    They can be restored for 30 days, and indexing their files again does not bring them back.
    """
    from byline.bot.wiring import open_index

    store = open_index(settings_of(ctx), create=False)
    try:
        removed = store.forget(article_ids) if for_good else store.remove(article_ids)
    finally:
        store.close()
    click.echo(f"removed {len(removed)}")
    return _missing(article_ids, removed, "no article has the id", "`byline articles` lists those there are")


@articles.command("restore")
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True)
@shared_options
@click.pass_context
def restore_articles(ctx: click.Context, article_ids: tuple[str, ...]) -> int:
    """Bring removed articles back as they were, with their ids, so that old citations resolve."""
    from byline.bot.wiring import open_index

    store = open_index(settings_of(ctx), create=False)
    try:
        restored = store.restore(article_ids)
    finally:
        store.close()
    click.echo(f"restored {len(restored)}")
    return _missing(article_ids, restored, "no removed article has the id", "`byline articles removed` lists them")


@articles.command("removed")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per article.")
@shared_options
@click.pass_context
def list_removed(ctx: click.Context, as_json: bool) -> int:
    """List what was removed in the last 30 days and can be restored, latest first."""
    from byline.bot.cli.output import print_rows
    from byline.bot.wiring import open_index

    store = open_index(settings_of(ctx), create=False)
    try:
        removed = store.removed()
    finally:
        store.close()
    if as_json:
        for one in removed:
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
    else:
        print_rows(("id", "removed", "title"), [(one.id, one.removed_at, one.title) for one in removed])
    return DONE if removed else FAILED


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--check", is_flag=True, help="Look through everything kept, and verify every checksum.")
@shared_options
@click.pass_context
def status(ctx: click.Context, as_json: bool, check: bool) -> int:
    """Say what is indexed, with what model, where, how big, healthy or not."""
    from byline.bot.wiring import open_index

    store = open_index(settings_of(ctx), create=False)
    try:
        problem = store.check() if check else None
        found = store.status()
        if problem is not None:
            found = replace(found, healthy=False, problem=problem)
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        rows = {
            "articles": f"{found.articles:,} (passages {found.passages:,}, files {found.files:,})",
            "model": f"{found.model} ({found.dimension} dimensions)" if found.model else "none yet",
            "location": found.location,
            "size": f"{found.size_bytes / 1024 / 1024:.1f} MiB",
            "health": "healthy" if found.healthy else f"not healthy: {found.problem}",
        }
        for name, value in rows.items():
            click.echo(f"{name:<9}{value}")
    return DONE if found.healthy else FAILED


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line per vote.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@shared_options
@click.pass_context
def feedback(ctx: click.Context, as_json: bool, limit: int) -> int:
    """List what people said of the answers, latest first."""
    from byline.bot.answer_log import AnswerLog
    from byline.bot.cli.output import print_rows

    settings = settings_of(ctx)
    answer_log = AnswerLog(settings.data, keep_days=settings.keep_questions_days)
    try:
        votes = answer_log.feedbacks(limit=limit)
    finally:
        answer_log.close()
    if as_json:
        for vote in votes:
            click.echo(json.dumps(asdict(vote), ensure_ascii=False))
    elif votes:
        print_rows(
            ("when", "useful", "channel", "question", "answer"),
            [(v.given_at[:16], "yes" if v.useful else "no", v.channel, v.question, v.answer) for v in votes],
        )
    else:
        click.echo("byline: nobody has said anything of an answer yet", err=True)
    return DONE if votes else FAILED


def _missing(asked_for: Sequence[str], done: Sequence[str], what: str, hint: str) -> int:
    """Name the ids with which nothing was done; the exit status."""
    missing = [article_id for article_id in dict.fromkeys(asked_for) if article_id not in set(done)]
    for article_id in missing:
        click.echo(f'byline: {what} "{article_id}"; {hint}', err=True)
    return FAILED if missing else DONE


def _headers(store: Store, match: str, limit: int) -> Iterator[Header]:
    cursor: str | None = None
    while limit > 0:
        page = store.articles(limit=min(limit, PAGE), cursor=cursor, query=match)
        yield from page.articles
        limit -= len(page.articles)
        cursor = page.cursor
        if cursor is None:
            return


def _print_headers(headers: list[Header], as_json: bool) -> None:
    from byline.bot.cli.output import print_rows

    if as_json:
        for header in headers:
            click.echo(json.dumps(asdict(header), ensure_ascii=False))
        return
    rows = [(h.id, h.published or "", h.title or "(untitled)", h.byline, h.source) for h in headers]
    print_rows(("id", "published", "title", "byline", "source"), rows)
