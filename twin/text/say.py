"""What is said, as a key and values; sentences are made of it at the edge, in the language of who reads.

Parts and engine say `say("overflow.ends", name=…, volume=Amount(…))`; what a person reads stands in `en.toml` and `zh.toml`.
What is hashed, judged and recorded never holds a sentence.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple, TypeAlias, Union

from twin.base.units import show

LANGUAGES = ("en", "zh")
_OF_PART = "~"
_here = ["en"]  # what people read at this terminal; what is kept, compared or exported is English


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


def plain(text: str) -> Said:
    """Names, numbers and grammar words, which are the same in every language."""
    return say("plain", text=text)


def of_part(text: str, **values: Value) -> Said:
    """What a part calls something, declared with the part in English; a language file has it under `words`, by that."""
    return Said(_OF_PART + text, tuple(values.items()))


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
    return _pattern(said.key, language).format(**{name: _shown(value, language) for name, value in said.values})


def speak(language: str) -> None:
    """From now on this terminal reads that language; raises KeyError for one that there is no file of."""
    if language not in LANGUAGES:
        raise KeyError(language)
    _here[0] = language


def spoken() -> str:
    """The language of this terminal."""
    return _here[0]


def offered(language: str, environment: Mapping[str, str]) -> str:
    """The language asked for, else that of the environment as POSIX orders it (LC_ALL, LC_MESSAGES, LANG), else English."""
    locale = next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := environment.get(k))), "")
    return language or next((one for one in LANGUAGES if locale.split("_")[0].split(".")[0] == one), "en")


def told(said: Said | None) -> str:
    """A sentence in the language of this terminal; "" for none."""
    return "" if said is None else sentence(said, spoken())


def word(key: str, **values: Value) -> str:
    """A word or sentence by its key in the language of this terminal."""
    return told(say(key, **values))


def pattern(key: str) -> str:
    """A word, or a pattern still to be filled, in the language of this terminal."""
    return _pattern(key, spoken())


def _pattern(key: str, language: str) -> str:
    known = sentences(language)
    if key.startswith(_OF_PART):
        text = key.removeprefix(_OF_PART)
        return known.get(f"words.{text}", text)
    return known.get(key) or sentences("en")[key]


def table(name: str) -> list[tuple[str, str]]:
    """A table of the language file in its order: (what stands before the sign, what it says here)."""
    before = f"{name}."
    here, english = sentences(spoken()), sentences("en")
    return [(key.removeprefix(before), here.get(key, says)) for key, says in english.items() if key.startswith(before)]


def padded(text: str, cells: int) -> str:
    """Text filled up to so many cells of a terminal, of which a wide character takes two."""
    return text + " " * (cells - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


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
