"""The command line, run in this process over a real store with hashed vectors, or as a process of its own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from byline.bot.answer_log import AnswerLog
from byline.bot.cli.app import COMMANDS, run
from byline.bot.cli.chatting import AROUND_CHARS
from byline.bot.cli.output import harmless, progress
from byline.bot.cli.reading import marked
from byline.bot.sample_archive import SAMPLE
from byline.bot.settings import known_names
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.named_reader import NamedReader
from byline.retrieval.articles.article import Article, SourceSpan
from byline.retrieval.training.calibration import main as calibrate
from tests.doubles import HashEmbedder
from tests.worlds.articles import ASK_MILL, MILL, beyond_the_first_passage
from tests.worlds.process import BYLINE, clean_environment

FERRY = "停航两年的沙湾渡口昨天复航。县交通局投入1860万元,新建栈桥136米。"
ASK_FERRY = "沙湾渡口新建栈桥多少米?"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with its data in a folder of its own; gives status, output and errors."""
    for name in known_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BYLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BYLINE_CONFIDENCE", "0")  # hashed vectors are never sure; every answer is given
    monkeypatch.setattr("byline.bot.wiring.embedder_named", lambda *_, **__: HashEmbedder())

    def run_command(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run_command


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    articles = [
        {"id": "ferry", "title": "沙湾渡口复航", "byline": "林舟", "published": "2024-11-20", "text": FERRY},
        {"id": "food", "title": "社区食堂\t开张", "text": "石桥社区食堂平均每天供餐430份。"},
    ]
    lines = "\n".join(json.dumps(article, ensure_ascii=False) for article in articles)
    (folder / "a.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_index_then_ask_gives_the_body_of_the_api(cli: Run, papers: Path) -> None:
    status, out, _ = cli("index", str(papers))
    assert status == 0
    assert "2 added" in out
    status, out, _ = cli("ask", ASK_FERRY, "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["citations"][0]["article_id"] == "ferry"
    assert FERRY[answer["citations"][0]["start"] : answer["citations"][0]["end"]] == answer["citations"][0]["quote"]


def test_a_citation_from_deep_in_an_article_is_its_span_and_is_shown_in_place(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = tmp_path / "mill.jsonl"
    paper.write_text(json.dumps({"id": MILL.id, "title": MILL.title, "text": MILL.text}), encoding="utf-8")
    cli("index", str(paper))
    first = json.loads(cli("ask", "--json", ASK_MILL)[1])["citations"][0]
    assert beyond_the_first_passage(first["start"], first["end"], first["quote"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ASK_MILL}\n1\n"))
    around = MILL.text[first["start"] - AROUND_CHARS : first["end"]]
    assert around in cli("chat")[1]


def test_an_answer_for_people_has_the_sentence_and_its_source(cli: Run, papers: Path) -> None:
    cli("index", str(papers))
    status, out, err = cli("ask", "沙湾渡口", "新建栈桥多少米?")
    assert status == 0
    assert "新建栈桥136米。[1]" in out
    assert "[1] 沙湾渡口复航 · 林舟 · 2024-11-20" in out
    assert "\x1b" not in out
    assert err == ""


def test_asked_answers_are_in_the_ledger(cli: Run, papers: Path, tmp_path: Path) -> None:
    cli("index", str(papers))
    answer_id = json.loads(cli("ask", ASK_FERRY, "--json")[1])["answer_id"]
    answer_log = AnswerLog(tmp_path / "data")
    assert answer_log.answer(answer_id).question == ASK_FERRY
    assert [channel.channel for channel in answer_log.channels()] == ["terminal"]
    answer_log.close()


def test_silence_exits_with_one_and_an_empty_index_says_what_to_do(cli: Run) -> None:
    status, out, err = cli("ask", ASK_FERRY)
    assert status == 1
    assert out
    assert "byline index PATH" in err
    assert json.loads(cli("ask", "--json", ASK_FERRY)[1])["reason"] == "no_articles"


def test_indexing_again_costs_nothing_and_what_is_gone_goes(cli: Run, papers: Path) -> None:
    cli("index", str(papers))
    assert json.loads(cli("index", "--json", str(papers))[1])["passages_embedded"] == 0
    (papers / "a.jsonl").unlink()
    status, out, err = cli("index", "--json", str(papers))
    report = json.loads(out)
    assert (status, report["files_removed"], report["articles_removed"]) == (0, 1, 2)
    assert report["emptied"] == [str(papers)]
    assert "warning" in err
    assert "warning" not in cli("index", str(papers))[2]


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_indexed(cli: Run, papers: Path) -> None:
    (papers / "b.jsonl").write_text('{"title": "no text"}', encoding="utf-8")
    status, out, err = cli("index", str(papers))
    assert status == 1
    assert "2 added" in out
    assert err.count("\n") == 1
    assert "b.jsonl" in err


def test_a_folder_s_run_ends_with_what_was_not_read_and_fails_only_for_what_should_have_been(
    cli: Run, papers: Path
) -> None:
    for name in ("b.caj", "c.caj", "d.xyz", ".DS_Store"):
        (papers / name).write_text("x")
    status, out, err = cli("index", str(papers))
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "3 files not read: .caj (2) .xyz; .caj: save it as PDF in CAJViewer"
    (papers / "e.docx").write_text("x")
    status, out, err = cli("index", str(papers))
    assert status == 1
    assert "e.docx" in err
    assert out.splitlines()[-1].startswith("4 files not read: .caj (2) .xyz .docx;")
    assert cli("read", str(papers))[2].splitlines()[-1].startswith("byline: 4 files not read: .caj (2) .xyz .docx;")


def test_index_without_a_path_looks_again_at_what_was_given(cli: Run, papers: Path) -> None:
    assert cli("index")[0] == 2
    cli("index", str(papers))
    more = json.dumps({"title": "三", "text": "第三篇。"}, ensure_ascii=False)
    (papers / "c.jsonl").write_text(more, encoding="utf-8")
    assert json.loads(cli("index", "--json")[1])["articles_added"] == 1


def test_the_sample_is_indexed_without_a_fault_and_answers(cli: Run) -> None:
    status, out, err = cli("index", "--sample")
    assert (status, err) == (0, "")
    assert "3 added" in out
    assert "沙湾渡口复航" in cli("ask", "--sample", ASK_FERRY)[1]


def test_the_sample_never_answers_beside_the_articles_of_the_user(cli: Run, papers: Path) -> None:
    cli("index", "--sample")
    assert "byline index PATH" in cli("ask", ASK_FERRY)[2]
    cli("index", str(papers))
    assert len(cli("articles")[1].splitlines()) == 2
    assert len(cli("--sample", "articles")[1].splitlines()) == 5
    of_the_sample = {json.loads(line)["id"] for line in cli("--sample", "articles", "--json")[1].splitlines()}
    for options, ids in (([], {"ferry", "food"}), (["--sample"], of_the_sample)):
        cited = json.loads(cli("ask", "--json", *options, ASK_FERRY)[1])["citations"]
        assert cited
        assert {citation["article_id"] for citation in cited} <= ids


def test_asking_the_sample_indexes_it_first_and_makes_nothing_else(cli: Run, tmp_path: Path) -> None:
    assert "沙湾渡口复航" in cli("ask", "--sample", ASK_FERRY)[1]
    assert [found.name for found in (tmp_path / "data").iterdir()] == ["sample"]


@pytest.mark.parametrize("command", ["index", "serve", "telegram"])
def test_the_sample_and_a_path_together_are_wrong_usage(cli: Run, papers: Path, tmp_path: Path, command: str) -> None:
    status, _, err = cli(command, "--sample", str(papers))
    assert (status, err.count("\n")) == (2, 1)
    assert "--sample" in err
    assert not (tmp_path / "data").exists()


def test_the_sample_reads_as_a_page_of_three_and_two_articles(cli: Run) -> None:
    status, out, _ = cli("read", "--json", str(SAMPLE))
    articles = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [article["kind"] for article in articles].count("caption") == 1
    assert len(articles) == 5
    assert any("浮箱和系缆设备" in article["text"] for article in articles)


def test_read_gives_the_fields_of_the_contract(cli: Run, papers: Path) -> None:
    status, out, err = cli("read", str(papers), "nowhere", "--json")
    first = json.loads(out.splitlines()[0])
    assert {"id", "title", "subtitle", "byline", "source", "published", "url", "path", "text", "kind"} <= set(first)
    assert (first["id"], first["text"]) == ("ferry", FERRY)
    assert status == 1
    assert "nowhere" in err


def test_read_marks_joins_inside_paragraphs_and_subheads() -> None:
    text = "开头的话被断\n小标题\n后文。"
    spans = (SourceSpan(0, 3, 0), SourceSpan(3, 6, 9), SourceSpan(7, 10, 20), SourceSpan(11, 14, 30))
    article = Article("a", "", text, subheads=((7, 10),), origin=spans)
    assert marked(article) == "开头的‖话被断\n【小标题】\n后文。"


def test_articles_are_listed_shown_and_removed(cli: Run, papers: Path) -> None:
    cli("index", str(papers))
    status, out, _ = cli("articles")
    assert status == 0
    assert out.splitlines() == ["ferry\t2024-11-20\t沙湾渡口复航\t林舟\t", "food\t\t社区食堂 开张\t\t"]
    assert [json.loads(line)["id"] for line in cli("articles", "--json", "--match", "430份")[1].splitlines()] == [
        "food"
    ]
    assert FERRY in cli("articles", "show", "ferry")[1]
    assert json.loads(cli("articles", "show", "ferry", "--json")[1])["text"] == FERRY
    status, out, err = cli("articles", "remove", "ferry", "nobody")
    assert (status, out) == (1, "removed 1\n")
    assert '"nobody"' in err
    assert "136" not in cli("ask", ASK_FERRY)[1]
    assert cli("articles", "show", "ferry")[0] == 1


def test_progress_in_a_log_tells_the_whole_beside_the_file_at_hand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("byline.bot.cli.output.PLAIN_EVERY_S", 0.0)
    clock = iter((0.0, 100.0, 516.0, 520.0))
    monkeypatch.setattr("byline.bot.cli.output.time.monotonic", lambda: next(clock))
    with progress("indexing") as tell:
        tell(330, 362, "files", "a.txt")
        tell(2, 2, "passages", "a.txt")
        tell(64, 900, "passages", "")
    assert capsys.readouterr().err.splitlines() == [
        "indexing: 330 of 362 files after 100 s (a.txt)",
        "indexing: 330 of 362 files, 2 of 2 passages in this file after 516 s (a.txt)",
        "indexing: 64 of 900 passages after 520 s",
    ]


def test_a_removed_article_is_listed_and_restored_or_removed_for_good(cli: Run, papers: Path) -> None:
    cli("index", str(papers))
    before = cli("articles", "show", "ferry", "--json")[1]
    assert cli("articles", "removed")[0] == 1
    cli("articles", "remove", "ferry", "food")
    assert {json.loads(line)["id"] for line in cli("articles", "removed", "--json")[1].splitlines()} == {
        "ferry",
        "food",
    }
    status, out, err = cli("articles", "restore", "ferry", "nobody")
    assert (status, out) == (1, "restored 1\n")
    assert '"nobody"' in err
    assert cli("articles", "show", "ferry", "--json")[1] == before
    assert "136" in cli("ask", ASK_FERRY)[1]
    assert cli("articles", "remove", "--for-good", "food")[:2] == (0, "removed 1\n")
    assert cli("articles", "restore", "food")[0] == 1


def test_a_limited_list_says_how_many_there_are(cli: Run, papers: Path) -> None:
    cli("index", str(papers))
    _, out, err = cli("articles", "--limit", "1")
    assert len(out.splitlines()) == 1
    assert "1 of 2" in err
    assert len(cli("articles", "--limit", "0")[1].splitlines()) == 2


def test_status_counts_for_people_and_programs(cli: Run, papers: Path, tmp_path: Path) -> None:
    cli("index", str(papers))
    found = json.loads(cli("status", "--json")[1])
    assert (found["articles"], found["files"], found["healthy"], found["dimension"]) == (2, 1, True, 64)
    status, out, _ = cli("status")
    assert status == 0
    assert "healthy" in out
    assert str(tmp_path / "data") in out


def test_commands_that_look_make_no_index(cli: Run, tmp_path: Path) -> None:
    for command in (["articles"], ["status"], ["articles", "show", "x"], ["articles", "remove", "x"]):
        status, _, err = cli(*command, "--data", str(tmp_path / "typo"))
        assert status == 1
        assert err.count("\n") == 1
        assert "typo" in err
    assert not (tmp_path / "typo").exists()


def test_feedback_is_listed_latest_first(cli: Run, papers: Path, tmp_path: Path) -> None:
    assert cli("feedback")[0] == 1
    cli("index", str(papers))
    answer_id = json.loads(cli("ask", ASK_FERRY, "--json")[1])["answer_id"]
    answer_log = AnswerLog(tmp_path / "data")
    answer_log.feedback(answer_id, False, asker="7")
    answer_log.close()
    status, out, _ = cli("feedback", "--json")
    assert status == 0
    assert (json.loads(out)["question"], json.loads(out)["useful"]) == (ASK_FERRY, False)
    assert "\tno\tterminal\t" in cli("feedback")[1]


def test_chat_answers_each_line_and_shows_a_source_in_place(
    cli: Run, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("index", str(papers))
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ASK_FERRY}\n\n1\n7\n?!\n/quit\n{ASK_FERRY}\n"))
    status, out, err = cli("chat")
    assert status == 0
    assert out.count("新建栈桥136米。[1]") == 1
    assert FERRY in out
    assert "no source 7" in err
    assert "the question is empty" in err


def test_chat_goes_on_with_the_question_before_until_new_is_said(
    cli: Run, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("index", str(papers))
    lines = (ASK_FERRY, "那票价呢？", "/as-asked", "/new", "那票价呢？")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    _, out, _ = cli("chat")
    assert out.count("理解为：") == 1


def test_evaluate_prints_the_figures_as_table_and_json(cli: Run, papers: Path, tmp_path: Path) -> None:
    cli("index", str(papers))
    questions, misses = tmp_path / "q.jsonl", tmp_path / "misses.jsonl"
    lines = [
        {"question": ASK_FERRY, "answers": ["136米"], "article": "ferry"},
        {"question": "谁写了这首诗?", "answers": []},
    ]
    questions.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    status, out, _ = cli("evaluate", str(questions), "--json", "--misses", str(misses))
    figures = json.loads(out)
    assert status == 0
    assert (figures["questions"], figures["R@1"], figures["hit"], figures["cited"], figures["exact"]) == (2, 1, 1, 1, 1)
    assert figures["risk_coverage"][-1]["coverage"] == 1.0
    assert figures["abstained"] == 0.0
    assert [json.loads(line)["question"] for line in misses.read_text(encoding="utf-8").splitlines()] == [
        "谁写了这首诗?"
    ]
    table = cli("evaluate", str(questions), "--only", "search")[1]
    assert "R@1\t1.000\t" in table
    assert "hit" not in table


def test_evaluate_draws_the_reliability_diagram(cli: Run, papers: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    cli("index", str(papers))
    questions, picture = tmp_path / "q.jsonl", tmp_path / "plot.png"
    questions.write_text(json.dumps({"question": ASK_FERRY, "answers": ["136米"]}), encoding="utf-8")
    assert cli("evaluate", str(questions), "--plot", str(picture))[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["askk", "x"], 2, "askk"),
        (["ask"], 2, "QUESTION"),
        (["ask", "x", "--top-k", "0"], 2, "top-k"),
        (["index", "nowhere"], 2, "nowhere"),
        (["completion", "tcsh"], 2, "tcsh"),
        (["ask", "?!"], 1, "the question is empty"),
        (["ask", "x", "--after", "soon"], 1, '"soon"'),
        (["evaluate", "nowhere.jsonl"], 2, "nowhere.jsonl"),
        (["telegram"], 1, "BYLINE_TELEGRAM_TOKEN"),
        (["read", "nowhere"], 1, "nowhere"),
    ],
)
def test_a_failure_is_one_line_and_its_status_says_whose_fault(
    cli: Run, arguments: list[str], status: int, says: str
) -> None:
    found, _, err = cli(*arguments)
    assert found == status
    assert err.startswith("byline: ")
    assert err.count("\n") == 1
    assert says in err
    assert "Traceback" not in err


def test_a_wrong_setting_is_one_line(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_PORTT", "1")
    status, _, err = cli("status")
    assert (status, err.count("\n")) == (1, 1)
    assert "BYLINE_PORT?" in err


def test_a_store_or_a_language_model_this_version_cannot_use_is_told(
    cli: Run, papers: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cli("index", str(papers))
    monkeypatch.setenv("BYLINE_LLM_URL", "http://127.0.0.1:1")
    assert cli("ask", ASK_FERRY)[0] == 0
    assert "BYLINE_LLM_URL" in caplog.text
    monkeypatch.setenv("BYLINE_STORE", "http://127.0.0.1:19530")
    status, _, err = cli("ask", ASK_FERRY)
    assert (status, err.count("\n")) == (1, 1)
    assert "http://127.0.0.1:19530" in err


def test_a_reader_by_name_reads_once_it_is_calibrated(
    cli: Run, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli("index", str(papers))
    monkeypatch.setenv("BYLINE_READER", str(tmp_path / "nowhere"))
    assert cli("ask", ASK_FERRY)[0] == 1
    pytest.importorskip("torch")
    from tests.answers.tiny_reader import save_reader

    folder = save_reader(tmp_path / "marker")
    monkeypatch.setenv("BYLINE_READER", folder)
    status, _, err = cli("ask", ASK_FERRY)
    assert (status, err.count("\n")) == (1, 1)
    assert "byline calibrate --reader" in err
    data, questions = tmp_path / "data", tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": ASK_FERRY, "answers": ["无处"]}) + "\n", "utf-8")
    monkeypatch.setattr("byline.retrieval.training.calibration.embedder_named", lambda *_, **__: HashEmbedder())
    keeping = ["--write", "--keep-in", str(data / "calibration.json")]
    with pytest.raises(SystemExit):
        calibrate(["--reader", folder, "--set", str(data), str(questions), *keeping])
    assert capsys.readouterr().err.startswith("0 of 2 readings hold the right answer")
    labelled = [{"question": ASK_FERRY, "answers": [answer]} for answer in ("昨天", "无处")]
    questions.write_text("".join(json.dumps(line) + "\n" for line in labelled), "utf-8")
    calibrate(["--reader", folder, "--set", str(data), str(questions), *keeping])
    assert "byline calibrate --reader" not in cli("ask", ASK_FERRY)[2]
    reader = NamedReader(folder).fingerprint
    made = Calibration(reader, {"fused": 1.0}, {"bias": 1.0}, {"margin": 0.0, "score_gap": 0.0}, 0.5, 1.0, "by hand")
    (data / "calibration.json").write_text(json.dumps({"marker": asdict(made)}))
    status, out, _ = cli("ask", ASK_FERRY)
    assert status == 0
    assert "[1] 沙湾渡口复航" in out


def test_warnings_of_libraries_are_not_shown_and_errors_are() -> None:
    look = (
        "import logging; from byline.bot.cli.app import run; run(['--version']);"
        "logging.getLogger('httpx').warning('w1');"
        "logging.getLogger('uvicorn.error').error('e1'); logging.getLogger('byline.retrieval.x').warning('w2')"
    )
    err = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stderr
    assert err.splitlines() == ["byline: e1", "byline: w2"]


def test_an_unforeseen_failure_is_one_line_unless_debug(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_settings: object) -> None:
        raise ZeroDivisionError("no\nway")

    monkeypatch.setattr("byline.bot.wiring.wire", broken)
    status, _, err = cli("ask", "x")
    assert (status, err.count("\n")) == (1, 1)
    assert "ZeroDivisionError: no way" in err
    assert "--debug" in err
    with pytest.raises(ZeroDivisionError):
        cli("ask", "x", "--debug")


def test_data_may_be_named_before_or_after_the_command(cli: Run, papers: Path, tmp_path: Path) -> None:
    cli("index", str(papers), "--data", str(tmp_path / "there"))
    assert cli("--data", str(tmp_path / "there"), "status")[0] == 0
    assert cli("articles", "--data", str(tmp_path / "there"), "show", "ferry")[0] == 0
    assert cli("status")[0] == 1


def test_every_command_has_help_and_the_summary_it_is_listed_with(cli: Run) -> None:
    listed = cli("--help")[1]
    for name, (_, summary) in COMMANDS.items():
        status, out, _ = cli(name, "--help")
        assert status == 0
        assert "--data" in out or name in ("calibrate", "train")  # these name every archive they need
        assert summary in listed


def test_escape_sequences_of_an_article_do_not_reach_the_terminal(cli: Run, tmp_path: Path) -> None:
    evil = tmp_path / "evil.jsonl"
    evil.write_text(json.dumps({"id": "e", "title": "\x1b]0;x\x07t", "text": "\x1b[2J桥长136米。"}), encoding="utf-8")
    cli("index", str(evil))
    for command in (["ask", "桥长多少米?"], ["articles"], ["articles", "show", "e"], ["read", str(evil)]):
        assert "\x1b" not in cli(*command)[1]
    assert harmless("a\x1b[1mb\u202ec\td\ne") == "a\ufffd[1mb\ufffdc\td\ne"


def process(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*BYLINE, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(**environment),
        # a suite started in the background inherits an ignored Ctrl-C, and so would the command
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_help_and_completion_load_nothing_heavy() -> None:
    heavy = "numpy onnxruntime torch faiss fastapi pydantic telegram rich sqlite3"
    look = (
        "import sys; from byline.bot.cli.app import run; run(['--help']);"
        f"print(set('{heavy}'.split()) & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", look], text=True).endswith("\nset()\n")


def test_asking_loads_neither_torch_nor_a_web_server(tmp_path: Path, cli: Run, papers: Path) -> None:
    cli("index", str(papers))
    heavy = "torch transformers sentence_transformers fastapi uvicorn telegram trafilatura docx pypdfium2 matplotlib"
    look = (
        "import sys; import byline.bot.wiring; from tests.doubles import HashEmbedder;"
        "byline.bot.wiring.embedder_named = lambda *_, **__: HashEmbedder();"
        "from byline.bot.cli.app import run; run(['ask', 'x', '--json']);"
        f"print(set('{heavy}'.split()) & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.check_output([sys.executable, "-c", look], text=True, cwd=root).endswith("\nset()\n")


def test_commands_are_completed_by_the_shell() -> None:
    words = {"_BYLINE_COMPLETE": "bash_complete", "COMP_WORDS": "byline a", "COMP_CWORD": "1"}
    out, _ = process(**words).communicate(timeout=30)
    assert {line.partition(b",")[2] for line in out.splitlines()} == {b"ask", b"articles"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_each_shell(cli: Run, shell: str) -> None:
    if shell == "bash" and not Path("/bin/bash").exists():
        pytest.skip("no bash here")
    status, out, _ = cli("completion", shell)
    assert status == 0
    assert f"_BYLINE_COMPLETE={shell}_complete" in out


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"第{n}篇。" * 300}, ensure_ascii=False) + "\n" for n in range(300))
    (tmp_path / "many.jsonl").write_text(lines, encoding="utf-8")
    with process("read", "--json", str(tmp_path / "many.jsonl")) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(timeout=30) == 1
        assert running.stderr.read() == b""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_ctrl_c_is_quiet(tmp_path: Path) -> None:
    running = process("chat", BYLINE_DATA=str(tmp_path))
    for _ in range(200):
        if (tmp_path / "ledger.sqlite").exists():
            break
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert (running.returncode, err.strip()) == (130, b"")
