"""Acts whose names are resolved: what a verb does to which thing, and who may."""

from dataclasses import dataclass
from typing import Any

from twin.base.fault import Fault, Place, nearest
from twin.farm import grammar as g
from twin.farm.board import Address, Board, all_posts, flag
from twin.farm.names import Names
from twin.farm.words import ALWAYS, MAY_BY_DEFAULT, VERBS, Verb

HANDS = ("field", "fire-crew")
"""Posts that act at the thing itself; all others act from a desk."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One act, ready to be done. `value` is in SI, or 0 and 1 for no and yes."""

    verb: str
    kind: str  # of the thing: valve, transfer, …; "" when there is none
    thing: str
    sentence: str
    place: Place | None = None
    value: float | None = None
    address: Address | None = None
    to: str = ""  # a place, post or thing
    over_ticks: int = 0
    for_ticks: int = 0
    is_change: bool = False  # `by`: the value is added
    kit: tuple[str, ...] = ()
    says: str = ""
    because: str = ""

    @property
    def cell(self) -> tuple[str, int] | None:
        """The cell of the controls that it sets, None when it sets none."""
        return self.address.cell if self.address is not None else None


def resolve(board: Board, act: g.Act) -> Deed:
    """The deed of an act; raises Fault where its names or values do not fit the verb."""
    verb = VERBS[act.verb]
    if verb.since != "spine":
        raise Fault(f"`{verb.name}` comes with the {verb.since} part and is not built yet.", "", act.place)
    names = board.plant.names
    kind, thing = _thing(names, verb, act)
    _check_words(verb, act)
    value, address = _value(board, verb, act, kind)
    to = ""
    if isinstance(act.to, g.Name) and address is None:
        wanted = ("place",) if verb.name in {"evacuate", "withdraw"} else ("any",)
        to = names.need(act.to, "a place", *wanted)
    return Deed(
        verb=verb.name,
        kind=kind,
        thing=thing,
        sentence=act.text,
        place=act.place,
        value=value,
        address=address,
        to=to,
        over_ticks=round(act.over_s or 0.0),
        for_ticks=round(act.for_s or 0.0),
        is_change=act.by is not None,
        kit=tuple(name.text for name in act.with_),
        says=act.says,
        because=act.because,
    )


def _thing(names: Names, verb: Verb, act: g.Act) -> tuple[str, str]:
    if act.thing is None:
        if "" not in verb.on:
            raise Fault(
                f"`{verb.name}` needs {' or '.join(k for k in verb.on if k)}.", f"Such as: {verb.example}.", act.place
            )
        return "", ""
    if isinstance(act.thing, g.Path):
        if "path" not in verb.on:
            raise Fault(f"`{verb.name}` takes a thing, not one of its quantities.", "", act.thing.place)
        return "path", act.thing.thing
    if act.thing.text == "all" and "" in verb.on:
        return "", ""
    kinds = [k for k in verb.on if k and k != "path"]
    if not kinds:
        raise Fault(f"`{verb.name}` stands alone.", "", act.thing.place)
    name = names.need(act.thing, " or ".join(kinds), *kinds)
    return names.kind(name), name


def _check_words(verb: Verb, act: g.Act) -> None:
    given = {
        "to": act.to, "by": act.by, "over": act.over_s, "for": act.for_s, "with": act.with_ or None, "from": act.from_,
        "because": act.because or None,
    }  # fmt: skip
    for word, value in given.items():
        if value is not None and word not in verb.takes and word != "because":
            raise Fault(f"`{verb.name}` takes no `{word}`.", f"Such as: {verb.example}.", act.place)
    for word in verb.needs:
        if given[word] is None:
            raise Fault(f"`{verb.name}` needs `{word}`.", f"Such as: {verb.example}.", act.place)
    if verb.text and not act.says:
        raise Fault(f"`{verb.name}` needs words in double quotes.", f"Such as: {verb.example}.", act.place)


def _value(board: Board, verb: Verb, act: g.Act, kind: str) -> tuple[float | None, Address | None]:
    if verb.name != "set":
        return None, None
    path = act.thing if isinstance(act.thing, g.Path) else g.Path(act.thing.text, "position", act.place)  # type: ignore[union-attr]
    address = board.address(path)
    if address.array.startswith("content."):
        raise Fault("what a tank holds is set at the start only: nothing appears or vanishes in a run.",
                    "Use `initially`.", path.place)  # fmt: skip
    given = act.by if act.by is not None else act.to
    if address.dimension == "flag":
        if act.by is not None or isinstance(given, g.Amount):
            raise Fault(f"{path.thing}.{path.quantity} is yes or no.", "", path.place)
        return float(flag(given)), address
    if not isinstance(given, g.Amount):
        raise Fault(f"{path.thing}.{path.quantity} needs a value.", "Write to 5 m3/h.", path.place)
    value = given.si(address.dimension) if act.by is None else _change(given, address.dimension)
    if act.by is None:
        address.inside(value, f"{given.number:g} {given.unit}".strip(), given.place)
    return value * address.scale, address


def _change(given: g.Amount, dimension: str) -> float:
    """A difference: temperatures change by kelvins."""
    return given.number if dimension == "temperature" else given.si(dimension)


@dataclass(frozen=True, slots=True)
class Authority:
    """What each post may do, and whose consent it needs."""

    posts: tuple[str, ...]
    may: dict[str, frozenset[str]]
    consent: dict[tuple[str, str], tuple[str, ...]]  # (post, verb) to the posts that must approve

    def refusal(self, post: str, deed: Deed, names: Names) -> str:
        """Why this post may not do this, and who may; "" when it may."""
        if deed.verb in self.may[post] or deed.verb in ALWAYS:
            return ""
        if deed.verb == "trip" and names.farm.of("interlocks")[deed.thing].button:
            return ""
        who = [p for p in self.posts if deed.verb in self.may[p]]
        advice = f"{', '.join(who)} may." if who else "Nobody may."
        return f"{post} may not {deed.verb}. {advice}"


def authority(names: Names) -> Authority:
    """The posts of a farm: six with their defaults, replaced by what the file says."""
    posts = all_posts(names)
    given: dict[str, Any] = names.farm.of("posts")
    may = {}
    consent = {}
    for post in posts:
        spec = given.get(post)
        listed = spec.may if spec is not None and "may" in spec.given else MAY_BY_DEFAULT.get(post, ())
        may[post] = frozenset(listed)
        if spec is not None:
            for verb, others in spec.consent.items():
                consent[(post, verb)] = tuple(others)
    return Authority(posts, may, consent)


def check_consents(names: Names, its: Authority) -> list[Fault]:
    """Consents that can never be given: from a post that does not exist."""
    found = []
    for (post, _), others in its.consent.items():
        for other in others:
            if other not in its.posts:
                place: Place = getattr(other, "place", names.farm.place)
                found.append(Fault(f"{other!r} is no post.", nearest(other, its.posts), place))
            elif "approve" not in its.may[other]:
                place = getattr(other, "place", names.farm.place)
                found.append(Fault(f"{other} may not approve, so {post} can never do this.", "Let it approve.", place))
    return found
