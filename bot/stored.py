"""Dataclasses kept as JSON by some Byline, earlier or later, and read back by this one."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def revive(kind: type[T], body: Mapping[str, Any]) -> T:
    """Make a dataclass, with those inside it, of what `asdict` made of one and JSON kept.

    A field that is not known any more is passed over. One that was not known yet has its default, or, where it has
    none, what is empty of its type: None where that is allowed, "", 0, False, no items.

    Args:
        kind: the dataclass.
        body: its fields by name.
    """
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for one in fields(cast(Any, kind)):
        if not one.init:
            continue
        if one.name in body:
            values[one.name] = _value(hints[one.name], body[one.name])
        elif one.default is MISSING and one.default_factory is MISSING:
            values[one.name] = _empty(hints[one.name])
    return kind(**values)


def _value(hint: Any, said: Any) -> Any:
    if is_dataclass(hint) and isinstance(said, Mapping):
        return revive(cast(Any, hint), said)
    if get_origin(hint) is tuple and isinstance(said, list | tuple):
        inner = get_args(hint)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_value(inner[0], one) for one in said)
        return tuple(_value(of, one) for of, one in zip(inner, said, strict=False))
    if _is_union(hint) and isinstance(said, Mapping | list | tuple):
        return _value(_fitting(get_args(hint), said), said)
    return said


def _fitting(kinds: tuple[Any, ...], said: Any) -> Any:
    """Of several types, the one a value was made from: the dataclass that shares most fields with it, or the tuple."""
    if isinstance(said, list | tuple):
        return next((kind for kind in kinds if get_origin(kind) is tuple), None)
    known = [kind for kind in kinds if is_dataclass(kind)]
    return max(known, key=lambda kind: len({one.name for one in fields(kind)} & set(said)), default=None)


def _empty(hint: Any) -> Any:
    if _is_union(hint) and type(None) in get_args(hint):
        return None
    if _is_union(hint):
        return _empty(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if is_dataclass(hint):
        return revive(cast(Any, hint), {})
    made = get_origin(hint) or hint
    return made() if made in (str, int, float, bool, tuple, list, dict) else None


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)
