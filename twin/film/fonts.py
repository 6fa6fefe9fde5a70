"""Names that DejaVu Sans cannot draw: a font of this machine that can, or a sentence that says which package brings one."""

import dataclasses
import logging
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager, ft2font

from twin.film import look

LIKELY = (
    "cjk",
    "hei",
    "han",
    "wqy",
    "pingfang",
    "yahei",
    "simsun",
    "song",
    "fallback",
    "unicode",
    "unifont",
    "gothic",
    "mincho",
)
"""Parts of the file names of fonts with many characters: those are looked into first."""

PACKAGE = "fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora) or noto-fonts-cjk (Arch)"


def fitted(*drawn: Any) -> tuple[tuple[Any, ...], str]:
    """What is to be drawn, with a font for all of its characters; where there is none, with `?` for those that are missing,
    and the sentence that says so ("" when nothing is missing)."""
    missing = frozenset(c for text in _texts(drawn) for c in text if not c.isascii()) - _drawn_by(
        font_manager.findfont("DejaVu Sans")
    )
    if not missing:
        return drawn, ""
    names, missing = _fonts_with(missing)
    if names:
        mpl.rcParams["font.family"] = look.STYLE["font.family"] = ["DejaVu Sans", *names]
    if not missing:
        return drawn, ""
    return tuple(_without(its, missing) for its in drawn), (
        f"No font here draws {''.join(sorted(missing)[:8])}: pictures show ? instead. For Chinese, install {PACKAGE}."
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in _texts(v)]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in _texts(v)]
    if dataclasses.is_dataclass(value):
        return [t for f in dataclasses.fields(value) for t in _texts(getattr(value, f.name))]
    return []


def _without(value: Any, missing: frozenset[str]) -> Any:
    """The same with `?` for characters that nothing draws."""
    if isinstance(value, str):
        return "".join("?" if c in missing else c for c in value)
    if isinstance(value, dict):
        return {k: _without(v, missing) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_without(v, missing) for v in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_without(v, missing) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _without(getattr(value, f.name), missing) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **changed)
    return value


@cache
def _drawn_by(path: str) -> frozenset[str]:
    """The characters of a font file."""
    return frozenset(map(chr, ft2font.FT2Font(path).get_charmap()))


def _fonts_with(missing: frozenset[str]) -> tuple[list[str], frozenset[str]]:
    """Names of fonts of this machine that draw these characters, those that draw most likely first; and what none draws.

    Fonts that came since the first use are found too.
    """
    files = font_manager.findSystemFonts()
    names: list[str] = []
    for path in sorted(files, key=lambda p: (not any(word in Path(p).name.lower() for word in LIKELY), p)):
        try:
            if missing & _drawn_by(path):
                font_manager.fontManager.addfont(path)
                names.append(font_manager.FontProperties(fname=path).get_name())
                missing -= _drawn_by(path)
        except (OSError, RuntimeError):
            continue  # a file that is no font
        if not missing:
            break
    if names:  # that one has no bold of its own is no news
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return names, missing
