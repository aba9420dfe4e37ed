from byline.bot.cli.reading import JOIN, marked
from byline.retrieval.articles.article import Article, SourceSpan


def article(*spans: SourceSpan) -> Article:
    return Article("a", "题", "前半行后半行", subheads=(), origin=spans)


def test_a_join_of_columns_is_marked_and_a_new_line_of_print_is_not() -> None:
    first = SourceSpan(0, 3, page=1, box=(10, 700, 40, 710))
    under = SourceSpan(3, 6, page=1, box=(10, 715, 40, 725))
    next_column = SourceSpan(3, 6, page=1, box=(60, 50, 90, 60))
    next_page = SourceSpan(3, 6, page=2, box=(10, 715, 40, 725))
    assert marked(article(first, under)) == "前半行后半行"
    assert marked(article(first, next_column)) == f"前半行{JOIN}后半行"
    assert marked(article(first, next_page)) == f"前半行{JOIN}后半行"
    assert marked(article(SourceSpan(0, 3, 0), SourceSpan(3, 6, 90))) == f"前半行{JOIN}后半行"
