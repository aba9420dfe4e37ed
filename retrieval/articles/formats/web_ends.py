"""What clings to the text of a Chinese web page: links, shares and rights above and below it, or a body never found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_FURNITURE = re.compile(
    r"版权所有|版權所有|©|Rights Reserved|打印本页|关闭窗口|扫描二维码|扫一扫|返回.{0,6}首页|分享(?:到|至)"
    r"|(?:当前|现在|所在的?)?位置\s?[：:]|添加收藏|设为首页"
    r"|^相关(?:阅读|新闻|资讯|推荐|报道|文章|热门文章)|^(?:最新|网友|热门)评论|^评论|^(?:知道了|关注|收藏|点赞|举报|首页|昨天|今天|微信公众号|思考)$|点击刷新|^【(?:打印|详细|关闭|纠错)"
    r"|感谢您的反馈|第一时间接收最全面|ICP备|^\d{4}-\d\d-\d\d[\d :]*$|^阅读(?:原文|数)?\s?\d*$|^\||^[\d,，\s]+$"
)
_SENTENCE_ENDS = "。！？!?…”」』：:；"
_MIN_LINK_CHARS = 6
_MAX_REST_CHARS = 8
_RUNNING_CHARS = 60
_BODY_WITHIN_LINES = 15
_LOST_SHARE = 0.3  # where the text was found at all, 0.8 of what stands under the headline is in it
_MOST_SHORT_LINES = 4
_NEXT = re.compile(r"^(?:相关|更多|最新|热门|网友|友情|猜你|推荐|为你推荐)")


def trimmed(lines: Sequence[str], tree: HtmlElement) -> tuple[int, int]:
    """Where the text of a page begins and ends among the lines found: without furniture and links at both ends.

    Returns:
        A half-open range of lines; all of them for a page that is not Chinese.
    """
    if not is_chinese("".join(lines)):
        return 0, len(lines)
    said = {_bare(link.text_content()) for link in tree.iter("a")}
    links = sorted((link for link in said if len(link) >= _MIN_LINK_CHARS), key=len, reverse=True)
    begin, end = 0, len(lines)
    while end > begin and _is_furniture(lines[end - 1], links):
        end -= 1
    while begin < end and _is_furniture(lines[begin], links):
        begin += 1
    return (begin, end) if begin < end else (0, len(lines))


def lost_body(lines: Sequence[str], title: str, text: str) -> list[str]:
    """The running text that stands under the headline, if what was taken for the text is other and less.

    Args:
        lines: what the page shows, in order.
        title: its headline.
        text: what was found.

    Returns:
        Lines; none where `text` holds much of them, or no headline or running text is found.
    """
    bare, held = _bare(title), _bare(text)
    if not bare:
        return []
    for at in (at for at, line in enumerate(lines) if _bare(line).endswith(bare)):
        below = lines[at + 1 : at + 1 + _BODY_WITHIN_LINES]
        first = next((number for number, line in enumerate(below) if _is_running(line)), None)
        if first is None:
            continue
        run = _run(lines[at + 1 + first :])
        shared = sum(len(line) for line in run if _bare(line)[:_RUNNING_CHARS] in held)
        whole = sum(map(len, run))
        return run if shared < _LOST_SHARE * whole and whole > len(held) / 2 else []
    return []


def is_chinese(text: str) -> bool:
    """Whether a text is mostly Chinese."""
    return sum("\u4e00" <= char <= "\u9fff" for char in text) * 3 > len(text)


def _run(lines: Sequence[str]) -> list[str]:
    """Running text up to where other things begin."""
    taken: list[str] = []
    short = 0
    for line in lines:
        if _NEXT.match(line) or (_FURNITURE.search(line) and not line.endswith("。")):
            break
        short = 0 if line[-1:] in _SENTENCE_ENDS and len(line) > _MIN_LINK_CHARS else short + 1
        if short > _MOST_SHORT_LINES:
            break
        taken.append(line)
    return taken[: len(taken) - short]


def _is_running(line: str) -> bool:
    return len(line) >= _RUNNING_CHARS and ("。" in line or "，" in line) and is_chinese(line)


def _is_furniture(line: str, links: Sequence[str]) -> bool:
    if _FURNITURE.search(line) and (len(line) <= _RUNNING_CHARS or line[-1] != "。"):
        return True
    if line[-1] in _SENTENCE_ENDS:
        return False
    rest = bare = _bare(line)
    for link in links:
        rest = rest.replace(link, "")
    return rest != bare and len(rest) <= _MAX_REST_CHARS


def _bare(said: str) -> str:
    return "".join(said.split())
