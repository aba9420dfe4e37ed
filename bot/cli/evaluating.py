"""`byline evaluate`: labelled questions to figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, settings_of, shared_options

if TYPE_CHECKING:
    from byline.retrieval.evaluation.figures import Evaluation, Outcome
    from byline.retrieval.evaluation.reliability import Bin, Risk

MEANINGS = {
    "questions": "questions put",
    "R@1": "the right article is found first",
    "R@5": "… among the first five",
    "R@10": "… among the first ten",
    "MRR": "mean of 1 / rank of the right article",
    "search_p50": "milliseconds a search takes, median",
    "search_p95": "… 95th percentile",
    "answered": "answerable questions that got an answer",
    "hit": "… whose answer, short answer or first quote holds the right one",
    "EM": "… whose short answer is the right one",
    "F1": "short answer against the right one, by characters",
    "cited": "… whose first citation is of the right article",
    "abstained": "unanswerable questions that got no answer",
    "exact": "citations that are, character for character, what stands in the article",
    "citations": "citations counted",
    "ask_p50": "milliseconds an answer takes, median",
    "ask_p95": "… 95th percentile",
    "ECE": "expected calibration error: how far confidence is from being right",
}


@click.command()
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Figures, risk-coverage and reliability as JSON.")
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option("--only", type=click.Choice(("search", "ask")), help="Only find articles, or only answer.")
@click.option("--unanswerable", is_flag=True, help="Take every question for one the articles do not answer.")
@click.option("--misses", type=click.Path(dir_okay=False, path_type=Path), help="Write wrong answers here, as JSONL.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the reliability diagram (PNG).")
@shared_options
@click.pass_context
def evaluate(
    ctx: click.Context,
    /,
    questions: Path,
    as_json: bool,
    limit: int | None,
    only: str | None,
    unanswerable: bool,
    **files: Path | None,
) -> int:
    """Put labelled QUESTIONS (JSONL: question, answers, article or articles) to what is indexed, and count."""
    from byline.bot.cli.output import progress
    from byline.bot.wiring import wire
    from byline.retrieval.evaluation.figures import evaluate as put_and_count
    from byline.retrieval.evaluation.figures import judged, read_questions
    from byline.retrieval.evaluation.reliability import reliability, risk_coverage

    if files["plot"]:
        from byline.bot.cli.plot import require_matplotlib

        require_matplotlib()
    labelled = read_questions(questions, unanswerable=unanswerable)[:limit]
    components = wire(settings_of(ctx))
    try:
        components.service.warm()
        with progress("questions") as tell:
            found = put_and_count(
                components.service,
                labelled,
                search=only != "ask",
                ask=only != "search",
                progress=lambda done: tell(done, len(labelled)),
            )
    finally:
        components.close()
    given = judged(found.outcomes)
    risks, bins = risk_coverage(given, len(found.outcomes)), reliability(given)
    if files["misses"]:
        _write_misses(found, files["misses"])
    if files["plot"]:
        from byline.bot.cli.plot import draw_reliability

        draw_reliability(bins, files["plot"])
    _print(found, risks, bins, as_json)
    return DONE


def _print(found: Evaluation, risks: list[Risk], bins: list[Bin], as_json: bool) -> None:
    from dataclasses import asdict

    from byline.bot.cli.output import print_rows

    figures = {
        name: round(value, 4) if isinstance(value, float) else value for name, value in found.figures.named().items()
    }
    if as_json:
        tables = {"risk_coverage": [asdict(row) for row in risks], "reliability": [asdict(row) for row in bins]}
        click.echo(json.dumps({**figures, **tables}, ensure_ascii=False))
        return
    print_rows(("figure", "#value", "what it says"), [(n, _shown(n, v), MEANINGS[n]) for n, v in figures.items()])
    if risks:
        click.echo("\nAnswering only from a confidence up: how many questions are answered, how many answers wrong")
        print_rows(
            ("#confidence", "#coverage", "#risk"),
            [(f"{row.confidence:.3f}", f"{row.coverage:.3f}", f"{row.risk:.3f}") for row in risks],
        )


def _shown(name: str, value: float | None) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1f}" if name.endswith(("_p50", "_p95")) else f"{value:.3f}"


def _write_misses(found: Evaluation, path: Path) -> None:
    lines = [json.dumps(_miss(one), ensure_ascii=False) + "\n" for one in found.outcomes if not one.right]
    path.write_text("".join(lines), encoding="utf-8")


def _miss(outcome: Outcome) -> dict[str, object]:
    answer = outcome.answer
    return {
        "question": outcome.asked.question,
        "answers": outcome.asked.answers,
        "got": answer.answer,
        "short": answer.short_answer,
        "quote": answer.citations[0].quote if answer.citations else None,
        "confidence": answer.confidence,
    }
