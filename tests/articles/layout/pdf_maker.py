"""PDFs printed by a real browser from pages and reports written in HTML, for tests.

`python -m tests.articles.layout.pdf_maker PAGES FOLDER --columns 3 --layout section` prints every `NNN.gold.json` of
PAGES (as `page_maker` writes them) as `NNN.pdf` in FOLDER, the gold and an empty `NNN.txt` beside it for the
page scorer.
"""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

Layout = Literal["section", "flow", "span"]
"""Each article in columns of its own; all in one flow of columns; that with headlines across all columns."""

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
]
_PRINT_TIMEOUT_S = 120


@functools.cache
def browser() -> str | None:
    """The Chromium found on this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def print_pdf(markup: str) -> bytes:
    """Print a page of HTML."""
    found = browser()
    assert found is not None, "no Chromium on this machine"
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(markup, encoding="utf-8")
        profile = f"--user-data-dir={folder}/profile"
        command = [found, *_FLAGS, profile, f"--print-to-pdf={target}", source.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=_PRINT_TIMEOUT_S)
        return target.read_bytes()


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How a newspaper page is set."""

    columns: int = 4
    layout: Layout = "section"
    gap_mm: float = 6
    type_points: float = 9


def newspaper(pages: Sequence[Sequence[Mapping[str, Any]]], style: PageStyle) -> str:
    """HTML of newspaper pages, each a list of articles with `title`, `byline`, `paragraphs` and `subheads`."""
    spanning = "column-span:all;" if style.layout == "span" else ""
    headline = "15pt" if style.layout == "flow" else "22pt"
    rules = f"""@page{{size:380mm 540mm;margin:12mm}}
        body{{font:{style.type_points}pt/1.5 "Noto Serif CJK SC","Noto Serif CJK TC",serif;margin:0}}
        .page{{break-after:page}} h1{{font-size:{headline};margin:2mm 0;line-height:1.2;{spanning}}}
        .by,h2{{margin:1mm 0;font-weight:normal;{spanning}}} h2{{font-size:12pt}}
        p{{margin:0;text-indent:2em;text-align:justify}} h3{{font-size:1em;margin:0;text-align:center}}
        .columns{{column-count:{style.columns};column-gap:{style.gap_mm}mm}}"""
    body = "".join(f"<div class=page>{_page(articles, style.layout)}</div>" for articles in pages)
    return f"<html lang=zh><head><meta charset=utf-8><title></title><style>{rules}</style><body>{body}"


def _page(articles: Sequence[Mapping[str, Any]], layout: Layout) -> str:
    parts: list[str] = []
    for article in articles:
        subheads = set(article.get("subheads", ()))
        head = f"<h1>{escape(article['title'])}</h1>" if article.get("title") else ""
        if article.get("subtitle"):
            head += f"<h2>——{escape(article['subtitle'])}</h2>"
        if article.get("byline"):
            head += f"<div class=by>□{escape(article['byline'])}</div>"
        body = "".join(
            f"<h3>{escape(said)}</h3>" if said in subheads else f"<p>{escape(said)}</p>"
            for said in article["paragraphs"]
        )
        parts.append(f"{head}<div class=columns>{body}</div>" if layout == "section" else head + body)
    return "".join(parts) if layout == "section" else f"<div class=columns>{''.join(parts)}</div>"


def report(title: str, sections: Sequence[tuple[str, Sequence[str]]], *, columns: int = 1, lang: str = "en") -> str:
    """HTML of an A4 report or paper: numbered sections of paragraphs, justified and hyphenated."""
    rules = f"""@page{{size:A4;margin:20mm}} body{{font:10.5pt/1.4 "DejaVu Serif","Noto Serif CJK SC",serif}}
        h1{{font-size:20pt}} p{{text-align:justify;hyphens:auto;margin:0 0 6pt}}
        .columns{{column-count:{columns};column-gap:8mm}}"""
    body = "".join(
        f"<h2>{escape(heading)}</h2>" + "".join(f"<p>{escape(said)}</p>" for said in paragraphs)
        for heading, paragraphs in sections
    )
    head = f"<html lang={lang}><head><meta charset=utf-8><title></title><style>{rules}</style>"
    return f"{head}<body><h1>{escape(title)}</h1><div class=columns>{body}</div>"


def main() -> None:
    """Print made pages as PDFs for the page scorer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--layout", choices=("section", "flow", "span"), default="section")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for gold in sorted(asked.pages.glob("*.gold.json")):
        name = gold.name.removesuffix(".gold.json")
        style = PageStyle(asked.columns, asked.layout)
        content = print_pdf(newspaper([json.loads(gold.read_text(encoding="utf-8"))], style))
        (asked.folder / f"{name}.pdf").write_bytes(content)
        (asked.folder / f"{name}.txt").write_text("")
        shutil.copy(gold, asked.folder)


if __name__ == "__main__":
    main()
