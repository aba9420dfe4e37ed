"""Every made article the tests ask about, what is asked, and what is cited in answer."""

from __future__ import annotations

from byline.retrieval.answers.answer import Citation
from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passage import Passage
from byline.retrieval.articles.passages import cut
from byline.retrieval.index.store import Header

# Short articles, each about one thing.
LANDING = Article(
    id="ferry",
    title="沙湾渡口复航",
    text="停航两年的沙湾渡口昨天复航。\n县交通局投入1860万元,新建栈桥136米。\n渡口每天开行二十六班,票价两元。",
    byline="林舟",
    source="青屿晚报",
    published="2024-11-20",
)
CANTEEN = Article(
    id="canteen/1",
    title="社区食堂开张百日",
    text="石桥社区食堂开张一百天,平均每天供餐430份。\n食堂负责人沈玉芬说,账目每月贴在门口。",
    byline="许念",
    source="青屿晚报",
    published="2024-11-21",
)
LIGHT = Article(
    id="light",
    title="The last keeper hands over the light",
    text="The lighthouse at Heron Point went over to automatic operation on Sunday. The new lamp draws 80 watts.",
    byline="Mara Ellison",
    source="Qingyu Bay Courier",
)
ASK_LANDING = "沙湾渡口新建栈桥多少米?"

FERRY = Article(
    id="ferry-2024",
    title="双河渡口恢复通航",
    subtitle="两岸居民不再绕行三十公里",
    byline="本报记者 林知夏",
    source="双河日报",
    published="2024-05-18",
    url="https://example.org/ferry",
    text=(
        "停航四个月的双河渡口昨天上午恢复通航，首班渡轮载着六十多名乘客和十一辆汽车驶向对岸。\n"
        "修缮分两期\n"
        "据县交通局介绍，修缮工程共投入资金680万元，更换了两岸的趸船和引桥，并加装了夜航灯。“以前一起雾就停，现在能见度"
        "低于五百米才停。”船长周启明说。\n"
        "渡口每天六时三十分开出首班，二十一时收班，每二十分钟一班，行人免费，小汽车单程十元。\n"
        "今后两年，县里还将修建候船厅，并开通到北岸火车站的接驳公交。"
    ),
    subheads=((44, 49),),
)
LIBRARY = Article(
    id="library-2023",
    title="Night library opens in Milton’s old tram depot",
    byline="Ada Fenwick",
    source="The Milton Courier",
    published="2023-11-02",
    text=(
        "The old tram depot on Canal Street reopened on Wednesday as a library that closes at two in the morning.\n"
        "The council spent £1.2 million on the conversion, most of it on the roof, said the librarian, Joan Achter. "
        "“Shift workers told us they had nowhere quiet to go,” she said.\n"
        "The building holds 40,000 books and ninety desks; entry is free."
    ),
)
HOSTILE = Article(
    id="a/b & <c>?",
    title='<script>alert("x")</script> & ‮txet desrever [1](x)',
    byline="<b>Nobody</b>",
    source='"><img src=x onerror=alert(1)>',
    url="javascript:alert(1)",
    text="He wrote </mark><script>alert(1)</script> [1] in the margin. 😀 It stayed there.",
)
TRAIN = Article(
    id="train-2022",
    title="阿里山小火車重新開動",
    byline="記者 沈采薇",
    published="2022-07-09",
    text="停駛多時的小火車昨天重新開動，這是風災過後的第一班車。\n車票每張六百元，兩週內的座位都已經訂滿。",
)
FERRY_QUOTE = "据县交通局介绍，修缮工程共投入资金680万元，更换了两岸的趸船和引桥，并加装了夜航灯。"
FERRY_SECOND = "渡口每天六时三十分开出首班，二十一时收班，每二十分钟一班，行人免费，小汽车单程十元。"
LIBRARY_QUOTE = (
    "The council spent £1.2 million on the conversion, most of it on the roof, said the librarian, Joan Achter."
)
TRAIN_QUOTE = "車票每張六百元，兩週內的座位都已經訂滿。"
HOSTILE_QUOTE = "He wrote </mark><script>alert(1)</script> [1] in the margin."

ASK_FERRY = "修缮双河渡口花了多少钱？"
ASK_LIBRARY = "How much did the night library cost?"
ASK_TRAIN = "小火車的車票多少錢？"
ASK_HOSTILE = "What stood in the margin?"
ASK_UNKNOWN = "谁发明了电话？"
ASK_FAULT = "What breaks?"


BRIDGE = Article(
    id="bridge",
    title="青石桥通车",
    byline="本报记者 沈一舟",
    source="临江晚报",
    published="2024-03-09",
    text=(
        "青石桥昨天上午通车，城东和城西之间的车程从四十分钟缩短到十分钟。\n"
        "市住建局介绍，工程历时两年，总投资3.2亿元，其中主桥长418米。\n"
        "桥上设有人行道和非机动车道，晚上九点后亮灯。\n"
        "下个月，公交17路将改道过桥。"
    ),
)
BAKERY = Article(
    id="bakery",
    title="The last wood-fired bakery in Halden",
    byline="Mira Okafor",
    source="Halden Post",
    published="2023-12-01",
    text=(
        "The oven has not gone cold since 1911.\n"
        "Every night two bakers turn 900 loaves out of it.\n"
        "Flour comes by barge."
    ),
)
COST, COST_QUOTE = "青石桥花了多少钱？", "市住建局介绍，工程历时两年，总投资3.2亿元，其中主桥长418米。"
LOAVES, LOAVES_QUOTE = "How many loaves a night?", "Every night two bakers turn 900 loaves out of it."

# Many passages, and the answer in the last: what no span that forgets its passage survives.
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


def cite(article: Article, quote: str, number: int = 1, *, evidence: bool = True) -> Citation:
    start = article.text.index(quote)
    end = start + len(quote)
    passage_id = Passage(article.id, start, end, quote).id
    header = (article.title, article.byline, article.source, article.published)
    return Citation(number, article.id, passage_id, *header, quote, start, end, 2.5, evidence)


def header_of(article: Article) -> Header:
    return Header(
        article.id,
        article.title,
        article.subtitle,
        article.byline,
        article.source,
        article.published,
        article.url,
        article.path,
        article.kind,
        len(article.text),
    )


PLACES = ["青石镇", "白河县", "云岭乡", "东港区", "柳林村", "石桥街道"]
DEEDS = ["修好了三座桥", "办起了图书馆", "种下两千棵树", "开通了公交线", "查出七处漏水", "请来了老戏班"]


def made_articles(count: int, *, first: int = 0) -> list[Article]:
    """Articles of a few sentences each, no two alike, some without a date, from three sources."""
    return [
        Article(
            id=f"made-{number}",
            title=f"{PLACES[number % 6]}{DEEDS[number // 6 % 6]}",
            text="\n".join(
                f"{PLACES[(number + line) % 6]}在第{number * 7 + line}天{DEEDS[(number * 5 + line) % 6]}，"
                f"共有{number * 31 % 97 + line}人来看。The count was {number * 13 + line}."
                for line in range(30 if number % 9 == 8 else 1 + number % 9)  # of thirty, several passages
            ),
            byline=("沈一舟", "Ada Grey", "")[number % 3],
            source=("青石日報", "Ｅvening Post", "")[number // 2 % 3],
            published=None if number % 4 == 3 else f"2021-{1 + number % 12:02}-{1 + number % 28:02}",
        )
        for number in range(first, first + count)
    ]


def beyond_the_first_passage(start: int, end: int, quote: str) -> bool:
    """Whether a citation of `MILL` is its quote, and stands where only the passage's own start leads to."""
    first, _, *last = cut(MILL)
    assert last, "three passages at least"
    return start >= first.end and MILL.text[start:end] == quote and MILL_SAYS in quote
