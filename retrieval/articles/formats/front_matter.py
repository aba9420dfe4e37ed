"""What stands over a Markdown text for programs: front matter as YAML (Jekyll, Hugo, Hexo, Pandoc) or TOML (Hugo)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_YAML = re.compile(r"\A\ufeff?---[ \t]*\n(?P<inside>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\ufeff?\+\+\+[ \t]*\n(?P<inside>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# Hexo leaves the first rule away: lines of keys, then the rule.
_HEXO = re.compile(r"\A\ufeff?(?P<inside>(?:[A-Za-z_]{2,20}:[^\n]*\n|[ \t]*-[ \t][^\n]*\n){1,40})---[ \t]*(?:\n|\Z)")
_KEY = re.compile(r"^(?P<key>[A-Za-z_][\w-]{0,40})[ \t]*:[ \t]+(?P<value>\S.*?)[ \t]*$")
_SAYS_SOMETHING = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys in small letters, where the text begins, and a sentence on each line that could not be read."""

    keys: dict[str, object] = field(default_factory=dict)
    ends: int = 0
    faults: tuple[str, ...] = ()


def front_matter(text: str) -> FrontMatter:
    """Read what stands over a text; nothing if it begins at once."""
    if found := _TOML.match(text):
        return _of_toml(found["inside"], found.end())
    found = _YAML.match(text) or _HEXO.match(text)
    if found is None:
        return FrontMatter()
    import yaml

    try:
        loaded = yaml.safe_load(found["inside"])
    except (yaml.YAMLError, ValueError, RecursionError):
        keys, faults = _line_by_line(found["inside"])
        return FrontMatter(keys, found.end(), faults)
    if not isinstance(loaded, dict):
        return FrontMatter()
    return FrontMatter({str(key).lower(): value for key, value in loaded.items()}, found.end())


def _of_toml(inside: str, ends: int) -> FrontMatter:
    import tomllib

    try:
        loaded = tomllib.loads(inside)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = " ".join(str(error).split())
        return FrontMatter({}, ends, (f"the front matter is not TOML ({said}); title and date in it were not read",))
    return FrontMatter({key.lower(): value for key, value in loaded.items()}, ends)


def _line_by_line(inside: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """Take the lines one by one where one of them is no YAML; a value YAML cannot read is taken as it stands."""
    import yaml

    keys: dict[str, object] = {}
    faults: list[str] = []
    for number, line in enumerate(inside.split("\n"), 2):
        found = _KEY.match(line)
        if found is None:
            continue
        value: object = found["value"].strip("\"'")
        try:
            loaded = yaml.safe_load(line)
            value = loaded[found["key"]] if isinstance(loaded, dict) else value
        except (yaml.YAMLError, ValueError, KeyError, RecursionError):
            if not _SAYS_SOMETHING.search(str(value)):
                faults.append(f"line {number}: the front matter is not YAML here; the line was not read")
                continue
        keys[found["key"].lower()] = value
    return keys, tuple(faults)
