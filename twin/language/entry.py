"""One named thing of a file as a typed value: each field carries its reader, default and source.

From the fields of an entry the loader, `check --explain`, the JSON Schema and the reference are made.
"""

from dataclasses import dataclass, field
from typing import Any

from twin.base.fault import Place
from twin.language import fields as f
from twin.language.fields import Ref

Point = Ref | tuple[float, ...]


def height_of(at: Point | None, else_m: float = 0.0) -> float:
    """The height of a place, another where it gives none."""
    return float(at[2]) if isinstance(at, tuple) and len(at) > 2 else else_m


def key(reader: f.Field, name: str, about: str, **more: Any) -> Any:
    """A field read under `name`; without a default it must be given."""
    default = more.pop("default", f.REQUIRED)
    meta = {"reader": reader, "name": name, "about": about, "why": more.pop("why", ""), "default": default}
    assert not more, more
    value = None if default is f.REQUIRED else default
    if isinstance(value, dict):
        return field(default_factory=lambda: dict(value), metadata=meta)
    return field(default=value, metadata=meta)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One named thing of a section."""

    name: str
    place: Place
    marks: dict[str, str] = field(default_factory=dict)
    """Key to mark, of the figures that say how they are known."""
    given: frozenset[str] = frozenset()
    """The keys that a file gave (the others hold defaults)."""


@dataclass(frozen=True, kw_only=True)
class Thing(Entry):
    """A named thing of a farm, which people may call otherwise."""

    alias: str = key(
        f.words(), "alias", "another name by which orders and messages may call it; no word of the language", default=""
    )
    text: str = key(f.words(), "text", "what it is, for people: the service text of a tag list", default="")
