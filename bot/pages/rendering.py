"""Templates to responses: the words of the reader's language, the security headers, the two assets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from byline.bot.pages.language import ONLY_SIMPLIFIED, ONLY_TRADITIONAL, page_language, text_language, words

# Nothing but what this server sends may run, style or be fetched; `data:` is for the picture inside a stylesheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
    "Cache-Control": "private, no-cache",
}
ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "mark.svg": "image/svg+xml"}
# fmt: off
SCRIPT_WORDS = (
    "reading", "reading_found", "failed", "failed_network", "retry_later", "sources", "nearest", "nearest_hint",
    "possible", "possible_hint", "possibly", "confidence", "took", "source_number", "understood_as", "ask_otherwise",
    "untitled", "useful_thanks", "read_as", "forgotten", "article_loading", "uploading", "indexing", "uploaded_one",
    "uploaded_many", "uploaded_none", "upload_nothing",
    "deleted", "restored",
)
# fmt: on
SCRIPTS = {"only_traditional": "".join(sorted(ONLY_TRADITIONAL)), "only_simplified": "".join(sorted(ONLY_SIMPLIFIED))}


class Templates(Environment):
    """Jinja, but `w.clear` is the word "clear" and never the method of the dict that holds the words."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a name up on an object; on a mapping among its entries first, then among its methods."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def _templates() -> Environment:
    environment = Templates(
        loader=PackageLoader("byline.bot.pages", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["urlpath"] = lambda text: quote(text, safe="")
    environment.globals.update(lang=text_language, asset=asset_address)
    return environment


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """Write a page in the reader's language.

    Args:
        request: whose `Accept-Language` chooses the words.
        template: name of a file in `bot/pages`.
        status: of the response.
        values: what the template names; everything is escaped.
    """
    language = page_language(request.headers.get("accept-language", ""))
    spoken = words(language)
    page = _templates().get_template(template)
    html = page.render(
        w=spoken,
        html_lang={"zh": "zh-Hans", "en": "en"}[language],
        script_words={name: spoken[name] for name in SCRIPT_WORDS} | SCRIPTS,
        counted=lambda name, count: spoken[f"{name}_{'one' if count == 1 else 'many'}"].format(count=f"{count:,}"),
        **{"page": template.removesuffix(".html"), "keys_asked": False, "signed_out": False} | values,
    )
    # A file in a broken encoding may have left half a surrogate pair in a title; UTF-8 cannot carry it.
    body = html.encode("utf-8", "replace")
    return Response(body, status, headers=HEADERS, media_type="text/html")


@cache
def _asset(name: str) -> tuple[bytes, str]:
    """Read an asset of the package; gives its bytes and a name for this version of them."""
    content = files("byline.bot.pages").joinpath("assets", name).read_bytes()
    return content, hashlib.blake2b(content, digest_size=6).hexdigest()


def asset_address(name: str) -> str:
    """Address of an asset, with its version, so that browsers may keep it for good."""
    return f"/assets/{name}?v={_asset(name)[1]}"


def asset_response(name: str, version: str) -> Response | None:
    """Send an asset, or None if there is none of that name."""
    if name not in ASSETS:
        return None
    content, current = _asset(name)
    lasting = "public, max-age=31536000, immutable" if version == current else "no-cache"
    return Response(content, headers={**HEADERS, "Cache-Control": lasting}, media_type=ASSETS[name])
