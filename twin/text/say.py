"""What is said, as a key and values; sentences are made of it at the edge, in the language of who reads.

Parts and engine say `say("overflow.begins", thing=…, flow=amount(…))`; what a person reads stands in `en.toml` and `zh.toml`.
What is hashed, judged and recorded never holds a sentence.
"""

import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple, TypeAlias, Union

from twin.base.units import show

LANGUAGES = ("en", "zh")


class Amount(NamedTuple):
    """A number in SI, shown in the unit that people see, with so many digits."""

    value: float
    dimension: str
    digits: int | None = None


Value: TypeAlias = Union[str, int, Amount, "Said", tuple["Said", ...]]


class Said(NamedTuple):
    """A sentence to be made: which one, and what stands in it."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return sentence(self)

    def get(self, name: str) -> Value:
        """A value by its name, "" where there is none."""
        return dict(self.values).get(name, "")

    @property
    def bits(self) -> str:
        """All of it, exactly: numbers by their bits."""
        return f"{self.key}({','.join(f'{name}={_bits(value)}' for name, value in self.values)})"


def _bits(value: Value) -> str:
    if isinstance(value, Said):
        return value.bits
    if isinstance(value, Amount):
        return f"{float(value.value).hex()} {value.dimension}"
    if isinstance(value, tuple):
        return "[" + ";".join(_bits(one) for one in value) + "]"
    return repr(value)


def say(key: str, **values: Value) -> Said:
    """A sentence by its key with its values."""
    return Said(key, tuple(values.items()))


@cache
def sentences(language: str) -> dict[str, str]:
    """Every sentence of a language by its key."""
    text = (resources.files("twin.text") / f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text)))


def _flat(table: dict[str, object], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found


@lru_cache(maxsize=8192)
def sentence(said: Said, language: str = "en") -> str:
    """The sentence in a language; in English where that language has none."""
    pattern = sentences(language).get(said.key)
    if pattern is None:
        pattern = sentences("en")[said.key]
    return pattern.format(**{name: _shown(value, language) for name, value in said.values})


def _shown(value: Value, language: str) -> str:
    if isinstance(value, Said):
        return sentence(value, language)
    if isinstance(value, Amount):
        return (
            show(value.value, value.dimension)
            if value.digits is None
            else show(value.value, value.dimension, value.digits)
        )
    if isinstance(value, tuple):
        return sentences(language).get("list", ", ").join(sentence(one, language) for one in value)
    return str(value)
