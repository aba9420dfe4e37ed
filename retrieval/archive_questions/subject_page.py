"""What the archive has on a subject: how many articles, of which years, who is named with it, newest first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from byline.retrieval.answers.answer import Citation, Derived, Marker, Part, QuotedOperand, Text
from byline.retrieval.answers.composed import Composed
from byline.retrieval.archive_questions.citing import cite, naming
from byline.retrieval.archive_questions.words import Words
from byline.retrieval.articles.article import Article
from byline.retrieval.index.store import Filters, Store
from byline.retrieval.text.folding import fold

LOOKED_THROUGH = 40  # articles whose people are counted
MOST_PEOPLE = 6
ALIKE = 0.6  # share of character pairs two tellings have in common from which the older adds nothing to a page
# A person as news names one: an office or calling before the name, or a verb of saying after it.
_PERSON = re.compile(
    r"(?:省长|市长|县长|区长|镇长|书记|主席|总统|总理|部长|局长|厅长|处长|科长|主任|院长|校长|教授|博士|医生|律师"
    r"|记者|总经理|董事长|经理|队长|教练|"
    r"发言人|负责人|创始人|首席执行官|CEO|研究员|导演|演员|选手|运动员|老师|村民|居民|市民"
    r"|司机)(?P<a>[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓单杭洪包左石崔吉龚程邢裴陆荣翁荀羊惠甄曲家封储靳糜松井段富巫乌焦巴弓牧山谷车侯全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹龙叶司韶黎白怀蒲卓蔺池乔温庄晏柴瞿阎连习容向古易廖耿满匡国文寇广欧沃蔚越隆师巩聂晁勾敖融冷辛阚那简饶曾沙鞠丰关相查游权益桓公]"
    r"[\u4e00-\u9fff]{1,2})(?=[，。、：（“说表示称介绍告诉在对和与认为指出]|$)"
)


def subject_page(store: Store, subject: str, words: Words, *, filters: Filters, top_k: int) -> Composed | None:
    """Gather what the archive has on a subject.

    Args:
        store: the archive.
        subject: a name or a keyword.
        words: of the language to reply in.
        filters: which articles count.
        top_k: at most so many articles are quoted.

    Returns:
        None where no article has the subject in it.
    """
    page = store.articles(limit=LOOKED_THROUGH, query=subject, filters=filters)
    if page.total == 0:
        return None
    articles = [store.article(header.id) for header in page.articles]
    cited: list[Citation] = []
    for article in _once_each(articles, subject):
        if len(cited) == top_k:
            break
        cited.append(cite(len(cited) + 1, article, naming(article.text, subject)))
    value = words.articles(page.total)
    said = words.subject.format(subject=subject, value=value)
    years = sorted({article.published[:4] for article in articles if article.published})
    if years and page.total <= LOOKED_THROUGH:
        said += words.subject_years.format(years="–".join(dict.fromkeys((years[0], years[-1]))))
    people = named_people(articles, subject)
    if people:
        said += words.subject_people.format(people=words.comma.join(people))
    parts: list[Part] = [Text(said + ("。" if words.language == "zh" else ". "))]
    for citation in cited:
        dated = f"({citation.published}) " if citation.published else ""
        parts += [Text(dated)] if dated else []
        parts += [Text(" ".join(citation.quote.split()), citation.number), Marker(citation.number), Text(" ")]
    derived = Derived("count", value, tuple(QuotedOperand(c.number, c.start, c.end) for c in cited))
    return Composed(True, tuple(parts[:-1]), short_answer=value, citations=tuple(cited), derived=derived)


def named_people(articles: Sequence[Article], subject: str) -> list[str]:
    """Who is named in more than one place beside a subject, most often first."""
    counted = Counter(
        name
        for article in articles
        for name in {found["a"] for found in _PERSON.finditer(article.text)}
        if name not in subject
    )
    return [name for name, _ in counted.most_common(MOST_PEOPLE)]


def _once_each(articles: Sequence[Article], subject: str) -> list[Article]:
    """Leave out an older telling that says what a newer one says."""
    kept: list[tuple[Article, set[str]]] = []
    for article in articles:
        pairs = _pairs(article.text[slice(*naming(article.text, subject))])
        if all(len(pairs & other) < ALIKE * max(1, min(len(pairs), len(other))) for _, other in kept):
            kept.append((article, pairs))
    return [article for article, _ in kept]


def _pairs(text: str) -> set[str]:
    folded = re.sub(r"\W+", "", fold(text))
    return {folded[i : i + 2] for i in range(len(folded) - 1)}
