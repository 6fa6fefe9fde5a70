"""The palette: every order that needs no more words, and every page, found by typing a part of it."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.room import Room
from tui.words import W, told
from twin.language.sentence import spoken
from twin.language.words import VERBS
from twin.text.say import of_part

CLOCK = ("freeze", "run", "speed 10", "skip to next alarm", "skip 5 min", "end")
MOST = 400


def orders(room: Room) -> Iterator[tuple[str, str]]:
    """Order and what it does: the plan's acts for these seats first, then every verb on every thing it takes."""
    store = room.store
    for line in store.snapshot.lines:
        for do in line.do:
            yield do, W["plan line of"].format(line=line.name)
    for word in CLOCK:
        yield word, W["the clock"]
    for verb in VERBS.values():
        if verb.since != "spine" or verb.needs or verb.text or not any(store.may(s, verb.name) for s in store.seats):
            continue
        if "" in verb.on:
            yield verb.name, told(of_part(verb.about))
        for thing in store.of_kinds(*(k for k in verb.on if k not in {"", "any", "path"})):
            text = store.facts.text(thing)
            yield f"{verb.name} {spoken(thing)}", told(of_part(verb.about)) + (f" · {text}" if text else "")


class Orders(Provider):
    """What the palette offers while a drill runs."""

    def _all(self) -> dict[str, str]:
        screen = self.screen
        if not isinstance(screen, Room):
            return {}
        return dict(list(orders(screen))[:MOST])

    async def discover(self) -> Hits:
        for text, about in list(self._all().items())[:12]:
            yield DiscoveryHit(text, partial(self._send, text), help=about)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, about in self._all().items():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), partial(self._send, text), help=about)

    def _send(self, text: str) -> None:
        if isinstance(self.screen, Room):
            self.screen.send(text)
