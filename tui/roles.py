"""Roles to colours: the one table of looks. Code names roles, never colours.

Coding order: word, glyph, lightness, hue. `mono` uses attributes alone.
"""

from functools import cache

from rich.style import Style

ROLES: dict[str, tuple[str, str, str, str]] = {
    #          dark                 light                high contrast        colour-blind
    "ground": ("#1B1E20", "#E4E6E7", "#000000", "#1B1E20"),
    "raised": ("#2A2F32", "#D2D5D7", "#000000", "#2A2F32"),
    "sel": ("#33393D", "#C6CBCE", "#003A5C", "#33393D"),
    "track": ("#34393D", "#C9CDCF", "#1C1C1C", "#34393D"),
    "rule": ("#565E64", "#8A9298", "#BDBDBD", "#565E64"),
    "fill": ("#8B949A", "#626A70", "#C8C8C8", "#8B949A"),
    "text": ("#D3D8DB", "#23282B", "#FFFFFF", "#D3D8DB"),
    "dim": ("#A3ABB1", "#474E53", "#E0E0E0", "#A3ABB1"),
    "strong": ("#FFFFFF", "#000000", "#FFFFFF", "#FFFFFF"),
    "p1": ("#FF8078", "#A8101C", "#FF8A80", "#FFFFFF"),
    "p2": ("#FF9A3C", "#883D00", "#FF9F1A", "#F0A000"),
    "p3": ("#F4E68A", "#5A4C00", "#FFF04D", "#FAF5BE"),
    "dis": ("#C48BFA", "#6A1FA0", "#C79BFF", "#B48CFF"),
    "key": ("#8FD6F2", "#004F7C", "#7FE6FF", "#7FD0F5"),
}
"""Colours on ground, raised and sel."""

CHIPS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "p1 chip": (("#FFFFFF", "#C62828"), ("#FFFFFF", "#B71C1C"), ("#FFFFFF", "#D50000"), ("#8C1D00", "#FFFFFF")),
    "p2 chip": (("#1B1E20", "#FF9A3C"), ("#000000", "#F08000"), ("#000000", "#FFB000"), ("#1B1E20", "#F0A000")),
    "p3 chip": (("#1B1E20", "#F4E68A"), ("#000000", "#F7D940"), ("#000000", "#FFF04D"), ("#1B1E20", "#FAF5BE")),
    "dis chip": (("#1B1E20", "#C48BFA"), ("#FFFFFF", "#6A1FA0"), ("#000000", "#C79BFF"), ("#1B1E20", "#B48CFF")),
    "badge": (("#1B1E20", "#8FD6F2"), ("#FFFFFF", "#004F7C"), ("#000000", "#7FE6FF"), ("#1B1E20", "#7FD0F5")),
}
"""Text and its own ground."""

THEMES = ("dark", "light", "contrast", "colour-blind", "mono")

_BOLD = frozenset({"strong", "p1", "p2", "key", "p1 chip", "p2 chip", "badge"})
_MONO = {
    "p1 chip": Style(reverse=True, bold=True),
    "badge": Style(reverse=True, bold=True),
    "p1": Style(bold=True, underline=True),
    "p2": Style(bold=True),
    "p2 chip": Style(bold=True),
    "p3 chip": Style(bold=True),
    "strong": Style(bold=True),
    "key": Style(bold=True),
    "dis": Style(underline=True),
    "dis chip": Style(underline=True, bold=True),
}


@cache
def style(theme: str, role: str, ground: str = "ground") -> Style:
    """The style of a role on a ground, cached: one Style a role."""
    if theme == "mono":
        return _MONO.get(role, Style.null())
    column = THEMES.index(theme)
    if role in CHIPS:
        fore, back = CHIPS[role][column]
    else:
        fore, back = ROLES[role][column], ROLES[ground][column]
    underline = theme == "colour-blind" and role == "p1"
    return Style(color=fore, bgcolor=back, bold=role in _BOLD, underline=underline or None)


def page(theme: str) -> tuple[str, str]:
    """Text and ground of the whole page."""
    if theme == "mono":
        return "ansi_default", "ansi_default"
    column = THEMES.index(theme)
    return ROLES["text"][column], ROLES["ground"][column]
