"""An article of many passages whose answer stands in the last: what no span that forgets its passage survives."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from retrieval.answers.answer import Answer
from retrieval.answers.overlap_reader import OverlapReader
from retrieval.articles.article import Article
from retrieval.articles.passages import cut
from retrieval.index.embedded import open_store
from retrieval.indexing import index_articles
from retrieval.service import Service
from tests.doubles import HashEmbedder

MILL = Article(
    id="mill",
    title="梨花渡老水磨重新转动",
    byline="本报记者 沈砚秋",
    source="海岛新闻",
    published="2022-10-12",
    text="\n".join(
        (
            "停了四十一年的梨花渡水磨上周六重新转了起来。清早六点,守磨人丁阿福放下闸板,渠水漫过第三根木桩,"
            "直径五米的立轮先是抖了一抖,随后带着一阵吱呀声缓缓转动。围在渠边的人有的拍照,有的用手去接溅出来的水花,"
            "几位头发花白的老人站在后面,谁也没有说话。",
            "梨花渡在青屿岛的西侧,从前是山里人下海、海边人进山的必经之路。渡口边上的这座水磨建于清朝末年,"
            "磨过稻谷、小麦和番薯干,最忙的时候要排队三天。镇上的老人说,那时谁家办喜事,总要提前半个月去磨坊占位置,"
            "磨坊的墙上钉着一排竹签,一根竹签就是一户人家。后来通了电,电磨一天能干完水磨十天的活,竹签慢慢就没人去钉了。",
            "一九八三年夏天的一场台风冲垮了引水渠,水磨从此停下。磨坊的屋顶先塌,接着是围墙,立轮泡在泥里,"
            "轮叶一片一片烂掉。三个村子的人都说过要修,说了许多年,总是缺一样东西:有钱的时候没有会修的师傅,"
            "有师傅的时候又凑不齐木料。直到前年冬天,镇里的木匠学校搬到渡口对岸,事情才有了转机。",
            "木匠学校的教师韦启明带着十九名学生,把立轮从泥里一点一点挖出来,量了每一片轮叶的弧度,画成图纸。"
            "他说,老师傅做轮子不用图纸,只凭一根刻了记号的竹竿,竹竿早就找不到了,只好反过来从烂木头上把尺寸读回来。"
            "学生们先做了一个四分之一大的模型,在水槽里试了两个月,才敢动真的木料。立轴用的是一根老樟木,"
            "是拆旧戏台时留下来的,镇里人一直舍不得用。",
            "引水渠的工程由镇水利站承担。旧渠的走向从一张民国时期的地图上查到,沿线有两处已经盖了房子,"
            "只好绕到后山,比原来多走了一段。水利站站长邬兰芝说,新渠的坡度很小,下雨天和大晴天的水量差得远,"
            "所以在渠口加了一道可以上下的闸板,由守磨人看着水位来调。渠边还种了一排乌桕,为的是让根把土抓住。",
            "修复的账目也在开磨那天贴了出来,红纸黑字,占了磨坊的半面墙。木料、石料和人工分开列着,"
            "连学生们吃的点心都有一行。梨花渡水磨的整个修复工程花费73.6万元,其中一半由三个村子的人家凑出,"
            "另一半来自岛上的几家渔行。守磨人丁阿福说,磨坊以后每逢初一和十五开磨,谁都可以背着粮食来,不收钱。",
        )
    ),
)
ASK_MILL = "梨花渡水磨的整个修复工程花费多少万元?"
MILL_SAYS = "73.6万元"


def beyond_the_first_passage(start: int, end: int, quote: str) -> bool:
    """Whether a citation of `MILL` is its quote, and stands where only the passage's own start leads to."""
    first, _, *last = cut(MILL)
    assert last, "three passages at least"
    return start >= first.end and MILL.text[start:end] == quote and MILL_SAYS in quote


@cache
def mill_answered() -> Answer:
    """The answer to `ASK_MILL` by the real service, for worlds whose other answers are written by hand."""
    embedder = HashEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), fingerprint=embedder.fingerprint, dimension=embedder.dimension)
        service = Service(store, embedder, OverlapReader(embedder, store.document_frequencies), threshold=0.0)
        try:
            index_articles((MILL,), store, embedder)
            return service.ask(ASK_MILL)
        finally:
            service.close()
