from __future__ import annotations

import time

import pytest

from byline.retrieval.articles.layout.line_features import form_of


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("□本报记者 赵微康", "本报记者 赵微康"),
        ("□本报记者 周唯 通讯员 胡立 摄影报道", "本报记者 周唯 通讯员 胡立 摄影报道"),
        ("□杨禾林 郭照", "杨禾林 郭照"),
        ("●杨禾林", "杨禾林"),
        ("本报记者 王小川 摄影报道", "本报记者 王小川 摄影报道"),
        ("新华社记者 王东", "新华社记者 王东"),
        ("白鹭江晚报记者 王东", "白鹭江晚报记者 王东"),
        ("作者：李雷", "作者：李雷"),
        ("张三 文/图", "张三 文/图"),
        ("（记者 张三 李四）", "记者 张三 李四"),
        ("By Jane Doe and John Q. Public", "Jane Doe and John Q. Public"),
    ],
)
def test_byline_gives_its_names_without_the_mark(line: str, names: str) -> None:
    assert form_of(line).names == names


@pytest.mark.parametrize(
    "line",
    [
        "记者从市应急局获悉",
        "记者调查",
        "有记者就此事提问 发言人作出回应",
        "编辑部",
        "图为新华社记者",
        "●本次会议是否有被否决的议案",
        "By the river, nobody slept that night.",
        "本报记者走进山村，看到了变化。",
    ],
)
def test_line_about_reporters_is_no_byline(line: str) -> None:
    assert form_of(line).names is None


def test_source_is_found_at_the_end_of_a_line_only() -> None:
    assert form_of("全文如上。(摘自《白鹭江晚报》)").source == (5, "白鹭江晚报")
    assert form_of("(摘自《白鹭江晚报》)一文中写道").source is None


@pytest.mark.parametrize("line", ["——芦滩镇渡口见闻", "--芦滩镇渡口见闻", "— 芦滩镇渡口见闻"])
def test_subtitle_comes_without_its_dashes(line: str) -> None:
    assert form_of(line).subtitle == "芦滩镇渡口见闻"


@pytest.mark.parametrize(
    ("line", "finished"),
    [
        ("他说：“来了。”", True),
        ("（完）", False),
        ("东经124.", False),
        ("He came.", True),
        ("他走到", False),
        ("第一，", False),
        ("多少？）", True),
    ],
)
def test_end_of_a_sentence_is_recognised_behind_closing_marks(line: str, finished: bool) -> None:
    assert form_of(line).finished is finished


@pytest.mark.parametrize("line", ["第4版", "2023年8月4日 星期五", "责任编辑 张三 美编 李四", "- 3 -", "7"])
def test_page_furniture_is_recognised(line: str) -> None:
    assert form_of(line).furniture


@pytest.mark.parametrize("line", ["责任编辑制度", "2023年8月4日下午", "第4版画"])
def test_what_only_begins_like_page_furniture_is_not(line: str) -> None:
    assert not form_of(line).furniture


def test_open_quotation_is_noticed_on_both_sides_of_a_cut() -> None:
    assert form_of("他说：“我和孩子们").unclosed
    assert form_of("一起拼积木。”").unopened
    assert not form_of("他说：“好。”").unclosed


@pytest.mark.parametrize(
    "line", ["本报记者" + "王" * 100, "日报" * 55, "责任编辑 " + "张三 " * 30 + "!", "A" * 119 + "!"]
)
def test_no_line_makes_the_patterns_backtrack_for_long(line: str) -> None:
    started = time.perf_counter()
    form_of(line)
    assert time.perf_counter() - started < 0.5
