"""Who may do what over HTTP: names, origins, keys and their rights, wrong keys, sessions, headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from byline.bot.access_file import FILE, AccessFile
from byline.bot.http.access import WRONG_KEYS_PER_MINUTE
from byline.bot.http.serving import check_door
from byline.bot.keys import Right, new_key
from byline.bot.pages.session import COOKIE
from byline.bot.settings import Settings, SettingsFault
from tests.worlds.articles import ASK_FERRY
from tests.worlds.server import LIBRARY_ARTICLES, library, page_app, serving

ASK, WRITE, ADMIN = (new_key(right) for right in Right)
PLAIN = "a plain key of old settings"
ENTRIES = (ASK[1], f"write:{WRITE[0]}", ADMIN[1], PLAIN)


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings(data=folder, **more)  # type: ignore[arg-type]


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[httpx.Client]:
    with library(tmp_path, settings_of(tmp_path, api_keys=ENTRIES)) as client:
        yield client


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(("host", "refused"), [("0.0.0.0", True), ("::", True), ("127.0.0.1", False), ("::1", False)])
def test_listening_for_others_without_keys_has_to_be_meant(tmp_path: Path, host: str, refused: bool) -> None:
    if refused:
        with pytest.raises(SettingsFault, match=r"BYLINE_API_KEYS .*BYLINE_OPEN=true"):
            check_door(settings_of(tmp_path, host=host))
    else:
        check_door(settings_of(tmp_path, host=host))
    check_door(settings_of(tmp_path, host=host, open=True))
    check_door(settings_of(tmp_path, host=host, api_keys=(PLAIN,)))


@pytest.mark.parametrize(
    "host", ["rebind.test", "rebind.test:80", "127.0.0.1.evil.example", "localhost.evil", "a@b", "[", "x y"]
)
def test_a_strangers_name_that_points_here_reads_and_deletes_nothing(tmp_path: Path, host: str) -> None:
    with library(tmp_path) as client:
        for method, path in (
            ("GET", "/v1/articles"),
            ("GET", "/"),
            ("DELETE", f"/v1/articles/{LIBRARY_ARTICLES[0].id}"),
        ):
            refused = client.request(method, path, headers={"Host": host, "Sec-Fetch-Site": "same-origin"})
            assert refused.status_code in (400, 421), path
        assert client.get("/v1/articles").json()["total"] == len(LIBRARY_ARTICLES)
        assert client.get("/healthz", headers={"Host": "probe.internal"}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8000",
        "LOCALHOST.",
        "127.0.0.1",
        "[::1]:8000",
        "192.168.1.4:80",
        "byline.example",
        "nas",
        "me.localhost",
    ],
)
def test_the_servers_own_names_are_taken(tmp_path: Path, host: str) -> None:
    settings = settings_of(tmp_path, public_url="https://byline.example", hosts=("nas",))
    with library(tmp_path, settings) as client:
        assert client.get("/v1/articles", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9"},
    ],
)
def test_a_page_of_another_origin_changes_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    with serving(page_app(tmp_path, keys=[PLAIN])) as url, httpx.Client(base_url=url) as client:
        planted = {"files": ("a.txt", b"title\ntext")}
        assert client.post("/v1/articles", files=planted, headers={**headers, **bearer(PLAIN)}).status_code == 403
        assert client.post("/sign-in", data={"key": PLAIN}, headers=headers).status_code == 403
        assert client.post("/sign-out", headers=headers).status_code == 403
        assert client.get("/v1/articles", headers={**headers, **bearer(PLAIN)}).status_code == 200
        own = {"Origin": url}
        assert client.post("/v1/articles", files=planted, headers={**own, **bearer(PLAIN)}).status_code == 200
        assert client.post("/v1/articles", files=planted, headers={**own, **bearer(PLAIN)}).status_code == 200


def test_each_right_opens_its_own_and_no_more(keyed: httpx.Client) -> None:
    article = f"/v1/articles/{LIBRARY_ARTICLES[0].id}"
    new = {"title": "t", "text": "The new lamp draws 80 watts."}

    def codes(secret: str) -> list[int]:
        return [
            keyed.post("/v1/ask", json={"question": ASK_FERRY}, headers=bearer(secret)).status_code,
            keyed.get("/v1/articles", headers=bearer(secret)).status_code,
            keyed.post("/v1/articles", json=new, headers=bearer(secret)).status_code,
            keyed.delete(article, headers=bearer(secret)).status_code,
            keyed.post(f"{article}/restore", headers=bearer(secret)).status_code,
            keyed.get("/insights", headers=bearer(secret)).status_code,
            keyed.get("/metrics", headers=bearer(secret)).status_code,
        ]

    assert codes(ASK[0]) == [200, 200, 403, 403, 403, 403, 403]
    assert codes(WRITE[0]) == [200, 200, 200, 200, 200, 403, 403]
    assert codes(ADMIN[0]) == codes(PLAIN) == [200] * 7


def test_the_hash_of_a_key_is_no_key(keyed: httpx.Client) -> None:
    for shown in (ADMIN[1], ADMIN[1].removeprefix("admin:"), ADMIN[1].rpartition(":")[2], f"write:{WRITE[0]}"):
        assert keyed.get("/v1/articles", headers=bearer(shown)).status_code == 401


def test_guessing_keys_is_slowed_down_at_both_doors(tmp_path: Path) -> None:
    for guess in (
        lambda client: client.get("/v1/articles", headers=bearer("a wrong key, a wrong key")),
        lambda client: client.post("/sign-in", data={"key": "a wrong key, a wrong key"}),
    ):
        with library(tmp_path, settings_of(tmp_path, api_keys=ENTRIES)) as client:
            assert {guess(client).status_code for _ in range(WRONG_KEYS_PER_MINUTE)} == {401}
            refused = guess(client)
            assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
            # Even the right one is not looked at now: that it passes would be what a guesser waits for.
            assert client.get("/v1/articles", headers=bearer(PLAIN)).status_code == 429
            assert client.get("/healthz").status_code == 200


def test_a_session_goes_on_while_another_at_its_address_guesses(keyed: httpx.Client) -> None:
    keyed.post("/sign-in", data={"key": PLAIN})
    for _ in range(WRONG_KEYS_PER_MINUTE + 1):
        keyed.get("/v1/articles", headers=bearer("a wrong key, a wrong key"))
    assert keyed.get("/v1/articles").status_code == 200


def test_signing_out_ends_the_session_and_not_its_neighbours(keyed: httpx.Client) -> None:
    first = keyed.post("/sign-in", data={"key": PLAIN}).cookies[COOKIE]
    second = keyed.post("/sign-in", data={"key": PLAIN}).cookies[COOKIE]
    keyed.cookies.clear()
    keyed.post("/sign-out", headers={"Cookie": f"{COOKIE}={first}"})
    assert keyed.get("/v1/articles", headers={"Cookie": f"{COOKIE}={first}"}).status_code == 401
    assert keyed.get("/v1/articles", headers={"Cookie": f"{COOKIE}={second}"}).status_code == 200


def test_a_session_outlives_a_restart_but_not_its_key_and_the_file_holds_neither(tmp_path: Path) -> None:
    with library(tmp_path, settings_of(tmp_path, api_keys=ENTRIES)) as client:
        token = client.post("/sign-in", data={"key": PLAIN}).cookies[COOKIE]
        kept = b"".join(file.read_bytes() for file in tmp_path.glob(f"{FILE}*"))
        assert token.encode() not in kept
        assert PLAIN.encode() not in kept
    with library(tmp_path, settings_of(tmp_path, api_keys=ENTRIES), articles=()) as client:
        assert client.get("/v1/articles", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 200
    with library(tmp_path, settings_of(tmp_path, api_keys=ENTRIES[:3]), articles=()) as client:
        assert client.get("/v1/articles", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401


def test_a_damaged_access_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"SQLite format 3\0" + b"rubbish" * 600)
    access = AccessFile(tmp_path)
    access.open_session("token", "key", lasts_s=60)
    assert access.session_key("token") == "key"
    access.close()


def test_every_answer_is_kept_by_nobody_and_runs_nothing(keyed: httpx.Client) -> None:
    keyed.headers.update(bearer(PLAIN))
    answers = [
        keyed.get("/v1/articles"),
        keyed.post("/v1/ask", json={"question": ASK_FERRY}),
        keyed.post("/v1/ask", json={"question": ASK_FERRY}, headers={"Accept": "text/event-stream"}),
        keyed.get("/v1/articles/none"),
        keyed.get("/metrics"),
        keyed.get("/openapi.json"),
        keyed.get("/healthz"),
        keyed.get("/v1/articles", headers=bearer("a wrong key, a wrong key")),
        keyed.get("/v1/articles", headers={"Host": "evil.example"}),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    for page in (keyed.get("/"), keyed.get("/docs"), keyed.get("/insights")):
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "no-store" in page.headers["cache-control"] or "private" in page.headers["cache-control"]


def test_no_redirect_repeats_a_foreign_name(keyed: httpx.Client) -> None:
    keyed.headers.update(bearer(PLAIN))
    for path in ("/docs/", "/insights/", "/v1/ask/", "//evil.example/"):
        answer = keyed.get(path, headers={"Host": "127.0.0.1:1"})
        assert "location" not in answer.headers, path


def test_forwarded_addresses_are_believed_from_named_proxies_only(tmp_path: Path) -> None:
    import uvicorn

    from byline.bot.http.serving import server_config

    for proxies, codes in (((), [200, 200, 429]), (("127.0.0.1",), [200, 200, 200])):
        app = page_app(tmp_path, rate_per_minute=2)
        config = server_config(app, settings_of(tmp_path, proxies=proxies))
        assert isinstance(config, uvicorn.Config)
        with serving(app, config) as url:
            found = [
                httpx.get(f"{url}/v1/articles", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
                for n in range(3)
            ]
        assert found == codes
