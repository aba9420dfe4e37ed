from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from byline.retrieval.articles.layout.line_labels import Role, assign_roles, page_grammar
from byline.retrieval.articles.layout.line_model import LineModel, empty
from byline.retrieval.training.line_labels import LabelledPage, fit, fit_confidence, labelled_pages, save
from tests.articles.layout.styled_pages import make_styled
from tests.articles.layout.test_newspaper import OWN


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few pages of our own articles in three styles, with the roles of their lines."""
    made = tmp_path_factory.mktemp("pages")
    for name in ("benbaoxun", "unwrapped", "end_names"):
        for seed in range(6):
            for number, (lines, _) in enumerate(make_styled(OWN, name, seed)):
                place = made / f"{name}{seed}{number}.txt"
                place.write_text("".join(line + "\n" for line, _ in lines), encoding="utf-8")
                place.with_suffix(".lines.json").write_text(json.dumps([role for _, role in lines]), encoding="utf-8")
    return made


def wrong_lines(pages: list[LabelledPage], model: LineModel) -> int:
    wrong = 0
    for page in pages:
        page.lines.model = model
        page.lines.learn_again()
        read = assign_roles(page.lines, page_grammar(model.pairs.tolist())).of_line
        wrong += sum(given is not gold for given, gold in zip(read, page.gold, strict=True))
    return wrong


def test_labels_are_read_with_the_lines_they_belong_to(folder: Path) -> None:
    pages, spoilt = labelled_pages([folder])
    assert len(pages) > 10
    assert spoilt <= 6
    for page in pages:
        heads = [line.text for line, role in zip(page.lines.lines, page.gold, strict=True) if role is Role.HEAD]
        assert 1 <= len(heads) <= 5
        assert all(len(head) <= 36 for head in heads)


def test_teaching_mends_most_of_what_is_wrong_without_it(folder: Path, tmp_path: Path) -> None:
    pages, _ = labelled_pages([folder])
    before = wrong_lines(pages, empty())
    model = fit(pages, rounds=3)
    after = wrong_lines(pages, model)
    assert before > 10
    assert after < before / 2
    model.confidence = fit_confidence(pages, model)
    save(model, tmp_path / "model.npz")
    with (tmp_path / "model.npz").open("rb") as file:
        loaded = LineModel.load(file)
    assert wrong_lines(pages, loaded) <= after + 2
    assert np.allclose(loaded.confidence, model.confidence)
