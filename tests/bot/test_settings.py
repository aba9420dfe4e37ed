from __future__ import annotations

from pathlib import Path

import pytest

from byline.bot.keys import Right, new_key
from byline.bot.settings import PREFIX, Settings, SettingsFault, known_names, load_settings

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in known_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_an_argument_goes_before_the_environment_and_the_environment_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path(".env").write_text("BYLINE_DATA=from-file\nBYLINE_PORT=9001\nBYLINE_HOST=0.0.0.0\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("BYLINE_DATA", "from-environment")
    monkeypatch.setenv("BYLINE_PORT", "9002")
    settings = load_settings(data=tmp_path)
    assert (settings.data, settings.port, settings.host) == (tmp_path, 9002, "0.0.0.0")
    assert load_settings().data == Path("from-environment")


def test_an_unknown_name_in_the_environment_is_refused_with_the_nearest_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_TELEGRAM_TOKN", "x")
    with pytest.raises(SettingsFault, match=r"BYLINE_TELEGRAM_TOKN in the environment .* BYLINE_TELEGRAM_TOKEN\?"):
        load_settings()


def test_an_unknown_name_in_the_file_is_refused_too() -> None:
    Path(".env").write_text("BYLINE_QUIXOTIC=1\n", encoding="utf-8")
    with pytest.raises(SettingsFault, match=r"BYLINE_QUIXOTIC in \.env is no setting"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("CONFIDENCE", "1.5"),
        ("RATE_PER_MINUTE", "-1"),
        ("MAX_UPLOAD_MB", "0"),
        ("TELEGRAM_ALLOWED", "12,@bob"),
        ("TELEGRAM_ASKERS", "12,everyone"),
        ("PROXIES", "10.0.0.0/33"),
        ("KEEP_QUESTIONS_DAYS", "-1"),
        ("PUBLIC_URL", "byline.example"),
        ("ALLOW_DOWNLOADS", "perhaps"),
    ],
)
def test_a_wrong_value_is_one_line_with_name_and_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsFault) as raised:
        load_settings()
    message = str(raised.value)
    assert f"{PREFIX}{name} is '{value}'" in message
    assert "\n" not in message


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_PORT", "")
    monkeypatch.setenv("BYLINE_TELEGRAM_TOKEN", "")
    assert (load_settings().port, load_settings().telegram_token) == (8000, None)


def test_secrets_show_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEYS", "TELEGRAM_TOKEN", "LLM_KEY"):
        monkeypatch.setenv(PREFIX + name, f"{name}-hush-and-longer")
    settings = load_settings()
    assert "hush" not in repr(settings) + str(settings) + str(settings.model_dump())
    assert [key.get_secret_value() for key in settings.api_keys] == ["API_KEYS-hush-and-longer"]


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_TELEGRAM_ALLOWED", " 12, 34 ,")
    monkeypatch.setenv("BYLINE_API_KEYS", "a-key-of-some-length,ask:another-of-that-length")
    settings = load_settings()
    assert settings.telegram_allowed == (12, 34)
    assert [key.get_secret_value() for key in settings.api_keys] == [
        "a-key-of-some-length",
        "ask:another-of-that-length",
    ]
    assert [key.right for key in settings.keys] == [Right.ADMIN, Right.ASK]


@pytest.mark.parametrize("value", ["", " ", " , ,", ","])
def test_keys_that_are_set_and_none_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BYLINE_API_KEYS", value)
    with pytest.raises(SettingsFault, match="BYLINE_API_KEYS in the environment is set and holds no key"):
        load_settings()
    monkeypatch.delenv("BYLINE_API_KEYS")
    Path(".env").write_text(f"BYLINE_API_KEYS={value}\n", encoding="utf-8")
    with pytest.raises(SettingsFault, match=r"BYLINE_API_KEYS in \.env is set and holds no key"):
        load_settings()


def test_a_key_is_long_enough_or_a_hash_and_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    for weak in ("short-one", "ask:fifteen-letters", "sha256:1234", "write:sha256:" + "g" * 64):
        monkeypatch.setenv("BYLINE_API_KEYS", f"a-key-of-some-length,{weak}")
        with pytest.raises(SettingsFault, match="BYLINE_API_KEYS") as refused:
            load_settings()
        assert weak.rpartition(":")[2] not in str(refused.value)
    secret, entry = new_key(Right.WRITE)
    monkeypatch.setenv("BYLINE_API_KEYS", entry)
    assert secret not in entry
    assert [key.right for key in load_settings().keys] == [Right.WRITE]


def test_the_file_that_decides_is_named(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    load_settings()
    assert not caplog.records
    Path(".env").write_text("BYLINE_DATA=elsewhere\nOTHER=1\n", encoding="utf-8")
    load_settings()
    assert [record.message for record in caplog.records] == [f"settings from {tmp_path / '.env'}: BYLINE_DATA"]


def test_addresses_lose_their_last_slash_and_home_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_PUBLIC_URL", "https://byline.example/")
    monkeypatch.setenv("BYLINE_DATA", "~/byline")
    assert load_settings().public_url == "https://byline.example"
    assert load_settings().data == Path.home() / "byline"


def readme_row(name: str) -> str:
    """The row of the README's table for a setting; `python -m tests.bot.test_settings` prints all of them."""
    field = Settings.model_fields[name.removeprefix(PREFIX).lower()]
    if field.default_factory is not None:
        default = "the system's folder for it"
    else:
        default = "" if field.default in (None, "", ()) else f"`{str(field.default).lower()}`"
    return f"| `{name}` | {default} | {field.description} |"


def test_the_readme_table_is_the_settings() -> None:
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `BYLINE_")]
    assert rows == [readme_row(name) for name in known_names()]


def test_every_setting_says_what_it_does() -> None:
    assert all(field.description for field in Settings.model_fields.values())


if __name__ == "__main__":
    print("\n".join(readme_row(name) for name in known_names()))
