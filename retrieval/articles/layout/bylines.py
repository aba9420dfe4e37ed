"""Names inside running text or behind a label: `本报讯（记者 …）`, `新华社…电（记者…）`, `（… …）`, `作者：…`."""

from __future__ import annotations

import re
from dataclasses import dataclass

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭"
    "洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封靳松段富巫乌焦巴牧山谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹龙叶幸司黎薄印白蒲"
    "从鄂索赖卓蔺屠蒙池乔阴胥闻党翟谭劳姬申扶堵冉宰雍桑桂牛寿边燕冀尚农温庄晏柴瞿阎慕连茹习艾鱼容向古易慎戈廖终居衡步都耿满匡"
    "国文寇广东欧沃利越隆师巩聂晁勾敖融冷辛阚那简饶曾沙丰关查游权司上官欧阳诸葛东方尉迟公孙慕容令狐仝肖代付闫覃植岳鹿逄佟南商"
)
"""First characters of common Chinese family names, so that `记者调查` is not taken for a reporter called 调查."""

_ROLE = (
    r"(?:本报|本刊|本网|本台|新华社|中新社|全媒体|融媒体|融媒|见习|实习|特约|特派|首席|驻[\u4e00-\u9fff]{1,6}?)*"
    r"(?:记者|通讯员|评论员|撰稿人|实习生|编辑|作者|摄影报道|摄影记者|摄影|报道|文/图|图/文|文|图|本报|本刊|本网)"
)
_LEADING_ROLE = re.compile(rf"(?:{_ROLE})(?=[\s:：、,，/]|[\u4e00-\u9fff]{{2,4}}(?:$|[\s、,，/]))[\s:：]*")
_BARE_ROLE = re.compile(rf"{_ROLE}")
_GLUED_ROLE = re.compile(r"(?<=[\u4e00-\u9fff])(?=(?:见习|实习|特约)?(?:通讯员|实习生)|(?:见习|实习|特约|摄影)记者)")
_SEPARATORS = re.compile(r"[\s、,，;；/|&]+")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_FOREIGN_NAME = re.compile(r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,3}|[A-Z][\w.'-]{0,20}")
_SPACED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_AGENCIES = r"新华社|中新社|中新网|中国新闻网|人民网|央视网|新华网|法新社|路透社|美联社|塔斯社|共同社"
_OPENING = re.compile(
    rf"(?P<paper>本报|本刊|本网|本台|{_AGENCIES}|[\u4e00-\u9fff]{{2,8}}(?:报|网|周刊|社|电视台|广播))?"
    r"(?:(?P<dateline>[\u4e00-\u9fff]{0,12}\d{1,2}\s*月\s*\d{1,2}\s*日|[\u4e00-\u9fff]{0,6})?(?P<kind>电|讯|消息|专电))?"
    r"\s*[（(](?P<names>(?:[^（）()。！？]{0,12})(?:记者|通讯员|作者|见习|实习生|编辑)[^（）()。！？]{1,60})[）)]"
)
_DATELINE = re.compile(
    rf"(?:本报|本刊|本网|{_AGENCIES})(?:[\u4e00-\u9fff·]{{0,12}}\d{{1,2}}\s*月\s*\d{{1,2}}\s*日)?(?:电|讯|专电|消息)"
)
_CLOSING = re.compile(r"(?<=[。！？”’」』…!?.）)])\s*[（(](?P<names>[^（）()。！？]{2,50})[）)]$")
_LABEL = re.compile(
    r"(?P<label>标题|原标题|题目|副标题|作者|记者|来源|出处|报纸|时间|日期|发布时间|发表时间|发布日期|版次|版面|正文|内容|全文)"
    r"\s*[:：]\s*(?P<value>.*)",
    re.DOTALL,
)
LABELS = {
    "标题": "title", "原标题": "title", "题目": "title", "副标题": "subtitle", "作者": "byline", "记者": "byline",
    "来源": "source", "出处": "source", "报纸": "source", "时间": "published", "日期": "published",
    "发布时间": "published", "发表时间": "published", "发布日期": "published", "版次": "edition", "版面": "edition",
    "正文": "text", "内容": "text", "全文": "text",
}  # fmt: skip
"""The labels an archive's export writes before the parts of an article, and the fields they stand for."""

_LONGEST_LABELLED = 120
_LONGEST_TITLE = 60
"""`原标题：` before a whole first paragraph, as crawlers leave it, makes that no title."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How an article's first sentence says where it comes from.

    Attributes:
        names: who wrote it, without their roles, one space between them; empty if only the agency is named.
        agency: `新华社` and the like; empty for `本报`.
        end: one past it in the text.
    """

    names: str
    agency: str
    end: int


def opening_of(text: str) -> Opening | None:
    """Read `本报讯（记者 … 通讯员 …）`, `新华社北京7月27日电（记者…）` or `（记者 …）` where a text begins."""
    head = text[:120]
    found = _OPENING.match(head)
    if found and (found["kind"] or not found["paper"]):
        names = names_in(found["names"])
        if names or found["kind"]:
            return Opening(" ".join(names), _agency(found["paper"]), found.end())
    dateline = _DATELINE.match(head)
    return Opening("", _agency(dateline[0]), dateline.end()) if dateline else None


def closing_of(text: str) -> tuple[int, str] | None:
    """Find the names in brackets that end an article.

    Returns:
        Where the bracket begins, and the names, one space between them; None if what stands there is none.
    """
    found = _CLOSING.search(text, max(0, len(text) - 60))
    names = names_in(found["names"]) if found else []
    return (found.start(), " ".join(names)) if found and names else None


def label_of(text: str) -> tuple[str, str] | None:
    """Read `标题：…`, `作者：…` and the like.

    Returns:
        The field of an article and its value; None if the line has no label.
    """
    found = _LABEL.match(text)
    if found is None:
        return None
    field, value = LABELS[found["label"]], found["value"].strip()
    longest = _LONGEST_TITLE if field == "title" else _LONGEST_LABELLED
    return (field, value) if field == "text" or len(value) <= longest else None


def names_in(text: str) -> list[str]:
    """The people named in a byline, without their roles; empty if a word of it is neither a role nor a name."""
    names: list[str] = []
    text = _SPACED_NAME.sub(r"\1\2", _GLUED_ROLE.sub(" ", text.strip()))
    for token in _SEPARATORS.split(text):
        while token and (role := _LEADING_ROLE.match(token)):
            token = token[role.end() :].strip(":：")
        if not token or _BARE_ROLE.fullmatch(token):
            continue
        if _FOREIGN_NAME.fullmatch(token) or (_HAN_NAME.fullmatch(token) and token[0] in SURNAMES):
            names.append(token)
        else:
            return []
    return names


def _agency(paper: str | None) -> str:
    found = re.match(_AGENCIES, paper or "")
    return found[0] if found else ""
