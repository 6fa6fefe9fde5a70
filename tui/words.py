"""The console's own words, in the language of this terminal: all of them stand in `twin/text`, by key."""

from twin.text.say import pattern, table, told, word

__all__ = ["BADGE", "SEATS", "WHENS", "W", "counts", "help_rows", "keys", "seat_name", "tabs", "told", "whens", "word"]

BADGE = "TWIN"
SEATS = ("control-room", "field", "supervisor", "fire-crew", "safety", "principal")
"""Posts in the order of the lobby; 1 to 6 choose them."""
WHENS = ("", "in 1 min ", "in 5 min ", "when … ")
"""What stands before an instructor's line, by the place in the form; `whens` says it to people."""


class _Words:
    """`W["frozen"]`: a word or pattern of the console."""

    def __getitem__(self, key: str) -> str:
        return pattern(f"console.{key}")


W = _Words()


def seat_name(post: str) -> str:
    """What a post is called in the lobby; its own name where the console has none."""
    return dict(table("seats")).get(post, post)


def counts() -> list[tuple[str, str]]:
    """What counts, a digit of the score and what it stands for."""
    return [("1" if i == 0 else "0", says) for i, (_, says) in enumerate(table("counts"))]


def tabs(screen: str) -> list[tuple[str, str]]:
    """Tabs of a screen; 4 map, 5 crews and 8 trips of the room come with their parts."""
    return table(f"tabs.{screen}")


def keys(screen: str) -> list[tuple[str, str]]:
    """Keys of a screen's last row, the first ones first where there is little room."""
    return table(f"keys.{screen}")


def word_rows() -> list[tuple[str, str]]:
    """The words and signs of the screen as they are written on it, each with what it means."""
    rows = [(key, *says.partition(" = ")) for key, says in table("help.words")]
    return [(left, means) if sign else (W["end score"], left) for _, left, sign, means in rows]


def help_rows(screen: str) -> list[tuple[str, str]]:
    """All keys of a screen, each with what it does."""
    return table(f"help.{screen}")


def whens() -> list[str]:
    """The moments of the instructor's form."""
    return [says for _, says in table("whens")]
