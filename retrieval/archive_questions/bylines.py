"""Who wrote an article, where its text says so: （记者 陈琳）, 作者：, 编辑 刘梦婕, at its head or foot."""

from __future__ import annotations

import re

HEAD_CHARS = 160  # a headline that was left in the text, a dateline and the reporters stand within it
FOOT_CHARS = 160
_NO_WORD = "近日|日前|今天|昨天|昨日|今日|公司|本报|记者|编辑|摄影|报道|来源|供图|责任|校对|通讯|实习|审核|图片"
_ONE_NAME = rf"(?!{_NO_WORD})[\u3400-\u9fff][\u3400-\u9fff·]{{1,5}}"
_NAMES = rf"(?P<names>{_ONE_NAME}(?:[ 　、/]+{_ONE_NAME}){{0,7}})"
_AUTHOR = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[(（【\[](?:[^()（）【】\[\]]{{0,14}})?(?:记者|記者|通讯员|撰文|作者"
        rf"|特约记者)[ 　:：]*{_NAMES}[ 　]*(?=[)）】\]])",
        rf"(?:作者|撰文|采写|撰稿|执笔|文字)[ 　]*[:：/／][ 　]*{_NAMES}",
        rf"(?:^|[ 　\n】])文[ 　]*[:：/／|｜][ 　]*{_NAMES}",
        rf"(?:记者|記者)[ 　]+{_NAMES}(?=[ 　]*(?:\d|[)）】\]]|报道|報道|摄|攝|文|通讯员|实习|编辑|编 |$|\n))",
        rf"(?:记者|記者)[:：][ 　]*{_NAMES}",
    )
)
_EDITOR = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:责任编辑|责编|编辑|編輯)[ 　]*[:：/／][ 　]*{_NAMES}",
        rf"(?:责任编辑|责编|编辑|編輯)[ 　]+{_NAMES}",
    )
)
_NO_NAME = re.compile(
    r"^(?:从|在|了解|获悉|注意|采访|发现|看到|今天|昨天|日前|近日|报道|责任|校对|编辑|审核|来源|返回|查看)"
)
_LATIN = re.compile(r"\b[Bb][Yy] (?P<names>[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3})")


def byline_in(text: str, *, editor: bool = False) -> tuple[int, int] | None:
    """Find who wrote, or edited, an article in its own text.

    Args:
        text: of the article.
        editor: look for the editor.

    Returns:
        Half-open span of the name or names; None where neither head nor foot says it.
    """
    head, foot = (0, min(HEAD_CHARS, len(text))), (max(0, len(text) - FOOT_CHARS), len(text))
    for pattern in (*_EDITOR,) if editor else (*_AUTHOR, _LATIN):
        for start, end in (foot, head) if editor else (head, foot):
            for found in pattern.finditer(text, start, end):
                if not _NO_NAME.match(found["names"]):
                    return found.span("names")
    return None
