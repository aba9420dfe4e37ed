"""The HTTP interface over a real socket, a real store and hashed vectors."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.bot.answer_log import AnswerLog
from byline.bot.rates import MAX_CLIENTS, RateLimit
from byline.bot.settings import Settings
from byline.retrieval.errors import IndexDamaged
from byline.retrieval.service import MAX_QUESTION_CHARS
from tests.worlds.articles import ASK_LANDING, ASK_MILL, CANTEEN, LANDING, LIGHT, MILL, beyond_the_first_passage
from tests.worlds.server import LIBRARY_ARTICLES, library, real_app, serving


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One server for the tests that change nothing another one looks at."""
    with library(tmp_path_factory.mktemp("library")) as client:
        yield client


def test_a_citation_from_deep_in_an_article_is_its_span(shared: httpx.Client) -> None:
    first = shared.post("/v1/ask", json={"question": ASK_MILL}).json()["citations"][0]
    text = shared.get(f"/v1/articles/{first['article_id']}").json()["text"]
    assert text[first["start"] : first["end"]] == first["quote"]
    assert beyond_the_first_passage(first["start"], first["end"], first["quote"])
    assert first["url"] == f"/articles/mill?start={first['start']}&end={first['end']}"


def problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    assert "Traceback" not in str(body)
    return body


def test_an_answer_has_the_names_of_the_contract_and_quotes_are_their_spans(shared: httpx.Client) -> None:
    answer = shared.post("/v1/ask", json={"question": ASK_LANDING}).json()
    assert {"answer_id", "question", "answered", "answer", "short_answer", "reason", "confidence", "citations"} <= set(
        answer
    )
    assert set(answer["took_ms"]) == {"embed", "search", "read", "total"}
    assert answer["answered"] is True
    assert answer["citations"][0]["article_id"] == LANDING.id
    for citation in answer["citations"]:
        text = shared.get(f"/v1/articles/{citation['article_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"] != ""
        assert citation["url"].startswith("/articles/")


def test_a_search_gives_passages_with_their_spans_best_first(shared: httpx.Client) -> None:
    found = shared.post("/v1/search", json={"question": ASK_LANDING, "top_k": 2}).json()
    hits = found["hits"]
    assert len(hits) == 2
    assert hits[0]["article_id"] == LANDING.id
    assert hits[0]["score"] >= hits[1]["score"]
    assert LANDING.text[hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]
    assert {"passage_id", "title", "dense", "lexical"} <= set(hits[0])


def test_filters_restrict_what_is_found(shared: httpx.Client) -> None:
    for filters, expected in (
        ({"source": "courier"}, {LIGHT.id}),
        ({"after": "2024-11-21"}, {CANTEEN.id}),
        ({"byline": "林舟", "before": None}, {LANDING.id}),
    ):
        hits = shared.post("/v1/search", json={"question": "开张 light", "filters": filters}).json()["hits"]
        assert {hit["article_id"] for hit in hits} == expected


def test_the_list_pages_through_every_article_once_newest_first(shared: httpx.Client) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = shared.get("/v1/articles", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        seen += [article["id"] for article in page["articles"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == [CANTEEN.id, LANDING.id, MILL.id, LIGHT.id]
    assert page["total"] == len(LIBRARY_ARTICLES)


def test_the_list_is_searched_and_filtered(shared: httpx.Client) -> None:
    def listed(**params: str) -> list[str]:
        return [article["id"] for article in shared.get("/v1/articles", params=params).json()["articles"]]

    assert listed(q="沈玉芬") == [CANTEEN.id]
    assert listed(source="青屿晚报", before="2024-11-20") == [LANDING.id]


def test_an_id_with_a_slash_is_reached(shared: httpx.Client) -> None:
    assert shared.get("/v1/articles/canteen%2F1").json()["title"] == CANTEEN.title


def test_feedback_is_kept_for_an_answer_that_was_given(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        answer_id = client.post("/v1/ask", json={"question": ASK_LANDING}).json()["answer_id"]
        for useful in (True, False):
            assert client.post("/v1/feedback", json={"answer_id": answer_id, "useful": useful}).status_code == 204
        problem(client.post("/v1/feedback", json={"answer_id": "none", "useful": True}), 404)
        answer_log = AnswerLog(tmp_path)
        assert [(vote.answer_id, vote.useful, vote.channel) for vote in answer_log.feedbacks()] == [
            (answer_id, False, "http")
        ]
        answer_log.close()


def test_a_removed_article_answers_nothing_from_then_on(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        assert client.delete(f"/v1/articles/{LANDING.id}").json() == {"removed": [LANDING.id]}
        hits = client.post("/v1/search", json={"question": ASK_LANDING, "top_k": 100}).json()["hits"]
        assert LANDING.id not in {hit["article_id"] for hit in hits}
        cited = client.post("/v1/ask", json={"question": ASK_LANDING}).json()["citations"]
        assert LANDING.id not in {citation["article_id"] for citation in cited}
        problem(client.get(f"/v1/articles/{LANDING.id}"), 404)
        problem(client.delete(f"/v1/articles/{LANDING.id}"), 404)


def test_a_removed_article_can_be_restored_until_it_is_removed_for_good(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        for article in (LANDING, CANTEEN):  # the canteen's id holds a slash
            address = f"/v1/articles/{article.id}"
            before = client.get(address).json()
            problem(client.post(f"{address}/restore"), 404)
            client.delete(address)
            assert client.post(f"{address}/restore").json() == {"restored": [article.id]}
            assert client.get(address).json() == before
        citation = client.post("/v1/ask", json={"question": ASK_LANDING}).json()["citations"][0]
        assert (citation["article_id"], citation["quote"]) == (
            LANDING.id,
            LANDING.text[citation["start"] : citation["end"]],
        )
        client.delete(f"/v1/articles/{LANDING.id}")
        removed = client.delete(f"/v1/articles/{LANDING.id}", params={"for_good": True})
        assert removed.json() == {"removed": [LANDING.id]}
        assert "30 days" in str(problem(client.post(f"/v1/articles/{LANDING.id}/restore"), 404)["detail"])


def test_uploaded_files_are_found_at_once_and_bad_ones_named(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        line = json.dumps({"title": "观鸟节闭幕", "text": "观鸟节共记录到黑脸琵鹭64只。"}, ensure_ascii=False)
        files = [
            ("files", ("folder/birds.jsonl", line.encode(), "application/octet-stream")),
            ("files", ("picture.bmp", b"BM", "image/bmp")),
        ]
        good, bad = client.post("/v1/articles", files=files).json()["files"]
        assert (good["name"], [article["title"] for article in good["articles"]]) == ("birds.jsonl", ["观鸟节闭幕"])
        assert good["faults"] == []
        assert bad["articles"] == []
        assert ".bmp" in bad["faults"][0]
        hits = client.post("/v1/search", json={"question": "黑脸琵鹭有多少只?"}).json()["hits"]
        assert hits[0]["article_id"] == good["articles"][0]["id"]


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"articles": [one]}])
def test_articles_are_taken_as_json_in_three_shapes(tmp_path: Path, wrap: object) -> None:
    with library(tmp_path, articles=()) as client:
        sent = {"id": "mine", "title": "桥\n通车", "text": "大桥昨天通车。", "published": "2024-02-29"}
        (added,) = client.post("/v1/articles", json=wrap(sent)).json()["files"]
        assert [article["id"] for article in added["articles"]] == ["mine"]
        kept = client.get("/v1/articles/mine").json()
        assert (kept["title"], kept["text"], kept["published"]) == ("桥 通车", "大桥昨天通车。", "2024-02-29")


def test_an_empty_library_says_it_has_no_articles(tmp_path: Path) -> None:
    with library(tmp_path, articles=()) as client:
        answer = client.post("/v1/ask", json={"question": ASK_LANDING}).json()
        assert (answer["answered"], answer["reason"], answer["citations"]) == (False, "no_articles", [])


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 400, "not JSON"),
        (b"\xff", 400, ""),
        (b"[" * 100_000, 400, ""),
        (b"{}", 422, "question"),
        (b'{"question": ""}', 422, "empty"),
        (b'{"question": "?!"}', 422, "empty"),
        (b'{"question": 3}', 422, "question"),
        (b'{"question": "\\ud800x"}', 422, "surrogate"),
        (b'{"question": "q", "topk": 3}', 422, "topk"),
        (b'{"question": "q", "top_k": 0}', 422, "top_k"),
        (b'{"question": "q", "top_k": 101}', 422, "top_k"),
        (b'{"question": "q", "mode": "guess"}', 422, "mode"),
        (b'{"question": "q", "mode": "generate"}', 422, "generate"),
        (b'{"question": "q", "filters": {"after": "yesterday"}}', 422, "yesterday"),
        (b'{"question": "q", "filters": {"afterwards": "2024-01-01"}}', 422, "afterwards"),
        (json.dumps({"question": "长" * (MAX_QUESTION_CHARS + 1)}).encode(), 422, str(MAX_QUESTION_CHARS)),
        (b'{"question": "' + b"x" * 1_100_000 + b'"}', 413, "MiB"),
    ],
    ids=range(17),
)
def test_a_wrong_question_is_a_problem_that_names_it(shared: httpx.Client, body: bytes, status: int, says: str) -> None:
    found = problem(shared.post("/v1/ask", content=body, headers={"Content-Type": "application/json"}), status)
    assert says in str(found["detail"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/articles/nothing", 404),
        ("GET", "/v1/ask", 405),
        ("GET", "/v1/articles?limit=0", 422),
        ("GET", "/v1/articles?limit=many", 422),
        ("GET", "/v1/articles?cursor=%F0%9F%98%80", 422),
        ("GET", "/v1/articles?after=soon", 422),
        ("POST", "/v1/articles", 415),
    ],
)
def test_every_refusal_is_a_problem(shared: httpx.Client, method: str, path: str, status: int) -> None:
    problem(shared.request(method, path), status)


@pytest.mark.parametrize(
    "sent",
    [{"articles": []}, [], 3, {"text": ""}, {"text": "x", "published": "2024-02-30"}, {"text": "x", "author": "y"}],
)
def test_wrong_articles_are_a_problem(shared: httpx.Client, sent: object) -> None:
    problem(shared.post("/v1/articles", json=sent), 422)


def test_a_form_without_files_is_a_problem(shared: httpx.Client) -> None:
    problem(shared.post("/v1/articles", files={"files": (None, "text")}), 422)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(shared.post("/v1/articles", content=b"--y\r\n", headers=broken), 400)


def test_an_upload_over_the_limit_is_refused_with_or_without_a_declared_length(tmp_path: Path) -> None:
    with library(tmp_path, Settings(data=tmp_path, max_upload_mb=0.01)) as client:
        large = b"x" * 20_000
        problem(client.post("/v1/articles", files={"files": ("a.txt", large)}), 413)
        chunks = iter([b"--x\r\nContent-Disposition: form-data; name=f; filename=a.txt\r\n\r\n", large])
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        problem(client.post("/v1/articles", content=chunks, headers=headers), 413)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["/v1/ask", "/v1/search", "/v1/feedback", "/v1/articles"]),
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["question", "top_k", "filters", "articles", "text", "answer_id", "useful", "after"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ).map(lambda body: json.dumps(body).encode()),
)
def test_no_body_whatever_makes_an_error_of_the_server(shared: httpx.Client, path: str, body: bytes) -> None:
    response = shared.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code < 500
    if response.status_code >= 400:
        problem(response, response.status_code)


def test_keys_are_asked_everywhere_but_for_health_and_signing_in(tmp_path: Path) -> None:
    keyed = Settings(data=tmp_path, api_keys=("the first key of two", "schlüssel-mit-umlaut"))  # type: ignore[arg-type]
    with library(tmp_path, keyed) as client:
        for path in ("/v1/articles", "/metrics", "/docs", "/openapi.json", "/v1/nothing"):
            refused = client.get(path)
            problem(refused, 401)
            assert refused.headers["www-authenticate"].startswith("Bearer")
        for offered in ("Bearer second", "Bearer", "Basic Zmlyc3Q=", "Bearer the first key of two2", "Bearer \u00fc"):
            headers = {"Authorization": offered.encode("latin-1")}
            problem(client.post("/v1/ask", json={"question": ASK_LANDING}, headers=headers), 401)
        assert client.get("/v1/articles", headers={"Authorization": "Bearer the first key of two"}).status_code == 200
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        assert client.get("/sign-in").status_code == 200
        turned = client.get("/insights", headers={"Accept": "text/html"})
        assert (turned.status_code, turned.headers["location"]) == (303, "/sign-in?next=%2Finsights")


def test_a_page_of_another_site_changes_nothing(shared: httpx.Client) -> None:
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    problem(shared.post("/v1/articles", files={"files": ("a.txt", b"text")}, headers=from_elsewhere), 403)
    problem(shared.delete(f"/v1/articles/{LIGHT.id}", headers=from_elsewhere), 403)
    assert shared.get(f"/v1/articles/{LIGHT.id}", headers=from_elsewhere).status_code == 200


def test_a_client_over_its_rate_is_told_how_long_to_wait(tmp_path: Path) -> None:
    with library(tmp_path, Settings(data=tmp_path, rate_per_minute=2)) as client:
        codes = [client.get("/v1/articles").status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        refused = client.get("/v1/articles")
        problem(refused, 429)
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert client.get("/healthz").status_code == 200


def test_the_rate_refills_evenly_and_per_client() -> None:
    now = 0.0
    rate = RateLimit(60, clock=lambda: now)
    assert [rate.wait_s("a") for _ in range(61)] == [0] * 60 + [1]
    assert rate.wait_s("b") == 0
    now = 2.0
    assert [rate.wait_s("a") for _ in range(3)] == [0, 0, 1]


def test_the_rate_forgets_idle_clients_rather_than_grow() -> None:
    now = 0.0
    rate = RateLimit(1, clock=lambda: now)
    for client in range(MAX_CLIENTS):
        rate.wait_s(f"old {client}")
    now = 61.0
    rate.wait_s("new")
    assert len(rate._buckets) == 1


def test_metrics_count_by_template_and_never_by_path(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        client.post("/v1/ask", json={"question": ASK_LANDING})
        for number in range(5):
            client.get(f"/v1/articles/scan-{number}")
            client.get(f"/scan-{number}.php")
        text = client.get("/metrics").text
        assert 'byline_requests_total{method="GET",route="/v1/articles/{article_id:path}",status="404"} 5.0' in text
        assert 'byline_requests_total{method="POST",route="/v1/ask",status="200"} 1.0' in text
        assert 'byline_answers_total{channel="http",outcome="answered"} 1.0' in text
        assert 'byline_stage_milliseconds_count{stage="read"} 1.0' in text
        assert "byline_articles 4.0" in text
        assert "scan" not in text


def test_docs_work_offline(shared: httpx.Client) -> None:
    page = shared.get("/docs").text
    assert "http://" not in page
    assert "https://" not in page
    assert "<script>" not in page
    for asset in ("/docs/assets/swagger-ui.css", "/docs/assets/swagger-ui-bundle.js", "/docs/start.js"):
        assert shared.get(asset).status_code == 200
        assert asset.removeprefix("/") in page
    described = shared.get("/openapi.json").json()
    assert {"/v1/ask", "/v1/search", "/v1/articles", "/v1/feedback"} <= set(described["paths"])
    for path in described["paths"].values():
        for operation in path.values():
            assert operation.get("description")


def test_every_schema_that_docs_refer_to_is_there(shared: httpx.Client) -> None:
    text = shared.get("/openapi.json").text
    named = set(json.loads(text)["components"]["schemas"])
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= named


def test_the_server_lives_before_it_is_ready_and_says_so(tmp_path: Path) -> None:
    loaded = threading.Event()
    with (
        real_app(tmp_path, prepare=lambda: loaded.wait(20) and None) as app,
        serving(app) as url,
        httpx.Client(base_url=url) as client,
    ):
        assert client.get("/healthz").status_code == 200
        for early in (client.get("/readyz"), client.post("/v1/ask", json={"question": ASK_LANDING})):
            problem(early, 503)
            assert int(early.headers["retry-after"]) > 0
        loaded.set()
        for _ in range(100):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.05)
        assert client.post("/v1/ask", json={"question": ASK_LANDING}).status_code == 200


@pytest.mark.parametrize(
    ("failure", "told", "logged"),
    [
        (IndexDamaged("index.sqlite3 does not open; move it away"), "move it away", False),
        (RuntimeError("secret detail"), "RuntimeError", True),
    ],
)
def test_a_failed_start_is_told_and_the_server_goes_on_saying_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, failure: Exception, told: str, logged: bool
) -> None:
    def fail() -> None:
        raise failure

    with (
        real_app(tmp_path, prepare=fail) as app,
        serving(app) as url,
        httpx.Client(base_url=url) as client,
    ):
        for _ in range(100):
            detail = problem(client.get("/readyz"), 503)["detail"]
            if told in str(detail):
                break
            time.sleep(0.02)
        assert told in str(detail)
        assert "secret" not in str(detail)
    assert ("cannot get ready" in caplog.text) is logged


def test_a_conversation_goes_on_under_its_id_and_null_keeps_nothing(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        alone = client.post("/v1/ask", json={"question": ASK_LANDING}).json()
        assert alone["conversation"] is None
        first = client.post("/v1/ask", json={"question": ASK_LANDING, "conversation": "new"}).json()
        talk = first["conversation"]
        following = client.post("/v1/ask", json={"question": "那票价呢？", "conversation": talk}).json()
        assert following["conversation"] == talk
        assert following["understood"]["follows"]
        assert "渡口" in following["understood"]["question"]
        assert following["question"] == "那票价呢？"
        undone = client.post("/v1/ask", json={"question": "那票价呢？", "conversation": talk, "as_asked": True}).json()
        assert undone["understood"] == {**undone["understood"], "question": "那票价呢？", "follows": False}
        hits = client.post("/v1/search", json={"question": "那票价呢？", "conversation": talk}).json()["hits"]
        assert hits[0]["article_id"] == LANDING.id
        kept = client.get(f"/v1/conversations/{talk}").json()
        assert [one["answer_id"] for one in kept["answers"]] == [one["answer_id"] for one in (first, following, undone)]


def test_a_forgotten_or_unknown_conversation_is_not_found(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        talk = client.post("/v1/ask", json={"question": ASK_LANDING, "conversation": "new"}).json()["conversation"]
        assert client.delete(f"/v1/conversations/{talk}").json() == {"forgotten": talk, "questions": 1}
        problem(client.get(f"/v1/conversations/{talk}"), 404)
        problem(client.delete(f"/v1/conversations/{talk}"), 404)
        problem(client.post("/v1/ask", json={"question": ASK_LANDING, "conversation": talk}), 404)
        problem(client.post("/v1/ask", json={"question": ASK_LANDING, "conversation": "made up"}), 404)


def test_a_client_may_name_its_conversation_itself(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        for name in ("c1", "c2"):
            first = client.post("/v1/ask", json={"question": ASK_LANDING, "conversation": name}).json()
            assert (first["conversation"], first["understood"]["follows"]) == (name, False)
        following = client.post("/v1/ask", json={"question": "那票价呢？", "conversation": "c1"}).json()
        assert following["understood"]["follows"]
        assert len(client.get("/v1/conversations/c1").json()["answers"]) == 2
        for unfit in ("x" * 16, "x" * 65, "a/b"):
            problem(client.post("/v1/ask", json={"question": ASK_LANDING, "conversation": unfit}), 404)


def test_a_stream_belongs_to_its_conversation_too(tmp_path: Path) -> None:
    with library(tmp_path) as client:
        body = {"question": ASK_LANDING, "conversation": "new"}
        text = client.post("/v1/ask", json=body, headers={"Accept": "text/event-stream"}).text
        done = json.loads(text.rsplit("event: done\ndata: ", 1)[1])
        kept = client.get(f"/v1/conversations/{done['conversation']}").json()
        assert [one["answer_id"] for one in kept["answers"]] == [done["answer_id"]]
