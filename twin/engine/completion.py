"""Completion of commands from the verb table and the names of a farm."""

from collections.abc import Iterable

from twin.engine.model import Model
from twin.engine.parts import WORDS
from twin.language.names import SPOKEN_OF
from twin.language.sentence import spoken, tokens
from twin.language.words import Words


def complete(
    model: Model, posts: Iterable[str], text: str, local: Iterable[str] = (), known: Words = WORDS
) -> list[str]:
    """Words that may come next, given the text up to the cursor; the last word may be unfinished."""
    begun = begun_word(text)
    words = tokens(text[: len(text) - len(begun)])
    options = _first(model, posts, local, known) if not words else _next(model, words, known)
    return sorted(o for o in map(spoken, set(options)) if o.startswith(begun))


def begun_word(text: str) -> str:
    """The unfinished word before the cursor, from its opening quote where it has one; "" after a space."""
    if text.count('"') % 2:
        return text[text.rindex('"') :]
    if not text or text[-1].isspace():
        return ""
    return text[text[:-1].rindex('"') :] if text[-1] == '"' else text.rsplit(maxsplit=1)[-1]


def _first(model: Model, posts: Iterable[str], local: Iterable[str], known: Words) -> list[str]:
    may = set(known.always)
    for post in posts:
        may |= model.posts.may[post]
    return [*local, *(v for v in may if known.verbs[v].since == "spine")]


def _next(model: Model, words: list[str], known: Words) -> list[str]:
    verb = known.verbs.get(words[0])
    if verb is None:
        return list(model.names.section) if words[0] == "show" and len(words) == 1 else []
    last = words[-1]
    if len(words) == 1 and any(verb.on):
        return model.names.of_kinds(*(k for k in verb.on if k))
    if last == "to":
        return model.names.of_kinds("place", "tank", "valve", "post") if verb.name != "set" else []
    if last in {"for", "over", "by"} or (last[:1].isdigit()):
        return ["min", "h", "s"] if last[:1].isdigit() else []
    if last == "about" or (last == "and" and "about" in words):
        return model.names.of_kinds(*SPOKEN_OF)
    if last == "with":
        return sorted({k for kit in model.people.kits for k in kit})
    return [w for w in (*verb.takes, "because") if w not in words]
