"""Acts whose names are resolved: what a verb does to which thing, with values in SI."""

from twin.base.fault import Fault
from twin.base.units import difference, spelled, units_of
from twin.engine.signals import Signals, flag
from twin.language import grammar as g
from twin.language.names import Names
from twin.language.sentence import Amount, Name, Path, spoken
from twin.language.words import Verb
from twin.parts.action import Action, Address
from twin.parts.valve import Valves


def resolve(signals: Signals, act: g.Act) -> Action:
    """The action of an act; raises Fault where its names or values do not fit the verb."""
    verb = signals.known.known.verbs[act.verb]
    if verb.since != "spine":
        raise Fault(f"`{verb.name}` comes with the {verb.since} part and is not built yet.", "", act.place)
    names = signals.known
    kind, thing = _thing(names, verb, act)
    if kind == "valve" and verb.name in {"open", "close", "set"} and _of_valve(signals, thing)[0]:
        raise Fault(f"{thing} acts by itself: nobody opens or closes it.", "", act.place)
    _check_words(verb, act)
    value, address = _value(signals, verb, act, kind)
    to = ""
    if isinstance(act.to, Name) and address is None:
        wanted = ("place",) if verb.name in {"evacuate", "withdraw"} else ("any",)
        to = names.need(act.to, "a place", *wanted)
    if verb.name == "tell":
        to = " ".join(map(spoken, _about(names, act)))
    return Action(
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
        says=act.says or (act.text.partition(" ")[2].partition(" ")[2] if act.about else ""),
        because=act.because,
    )


def _thing(names: Names, verb: Verb, act: g.Act) -> tuple[str, str]:
    if act.thing is None:
        if "" not in verb.on:
            raise Fault(
                f"`{verb.name}` needs {' or '.join(k for k in verb.on if k)}.", f"Such as: {verb.example}.", act.place
            )
        return "", ""
    if isinstance(act.thing, Path):
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


def _of_valve(signals: Signals, thing: str) -> tuple[bool, str]:
    """Whether a valve acts by itself, and the dimension of the reading that it holds, "" where it holds none."""
    its: Valves = signals.facts["valves"]
    v = its.names.index(thing)
    return bool(its.by_itself[v]), its.dimensions[v]


def _about(names: Names, act: g.Act) -> list[str]:
    """What a message names: what stands behind `about`, and the things of the plant that its words speak of."""
    listed = {names.need(name, "a thing of the farm", "any") for name in act.about}
    return sorted(listed | names.spoken_of(act.says))


def _check_words(verb: Verb, act: g.Act) -> None:
    given = {
        "to": act.to, "by": act.by, "over": act.over_s, "for": act.for_s, "with": act.with_ or None, "from": act.from_,
        "because": act.because or None, "about": act.about or None,
    }  # fmt: skip
    for word, value in given.items():
        if value is not None and word not in verb.takes and word != "because":
            raise Fault(f"`{verb.name}` takes no `{word}`.", f"Such as: {verb.example}.", act.place)
    for word in verb.needs:
        if given[word] is None:
            raise Fault(f"`{verb.name}` needs `{word}`.", f"Such as: {verb.example}.", act.place)
    if verb.text and not (act.says or act.about):
        raise Fault(f"`{verb.name}` needs words in double quotes.", f"Such as: {verb.example}.", act.place)


def _value(signals: Signals, verb: Verb, act: g.Act, kind: str) -> tuple[float | None, Address | None]:
    if verb.name != "set":
        return None, None
    assert act.thing is not None
    path = act.thing if isinstance(act.thing, Path) else Path(act.thing.text, "position", act.place)
    if isinstance(act.thing, Name) and isinstance(act.to, Amount) and act.to.unit not in {"", "%"}:
        holds = _of_valve(signals, act.thing.text)[1]
        if holds and spelled(act.to.unit) not in units_of(holds):
            wanted = f"a position in %, or a set point in {', '.join(units_of(holds)[:3])}"
            raise Fault(f"{act.thing.text} takes {wanted}.", "", act.to.place)
        if holds:
            path = Path(act.thing.text, "set-point", act.place)
    address = signals.address(path)
    if address.array == "content.temperature":
        raise Fault("how warm a tank is is set at the start only: what is around it changes that in a run.",
                    f"Use `initially`, or set {path.thing}.heater, weather.air or weather.sun.", path.place)  # fmt: skip
    if address.array.startswith("content."):
        raise Fault("what a tank holds is set at the start only: nothing appears or vanishes in a run.",
                    "Use `initially`.", path.place)  # fmt: skip
    given = act.by if act.by is not None else act.to
    if address.dimension == "flag":
        if act.by is not None or isinstance(given, Amount):
            raise Fault(f"{path.thing}.{path.quantity} is yes or no.", "", path.place)
        return float(flag(given)), address
    if not isinstance(given, Amount):
        raise Fault(f"{path.thing}.{path.quantity} needs a value.", "Write to 5 m3/h.", path.place)
    value = given.si(address.dimension if act.by is None else difference(address.dimension))
    if act.by is None:
        address.inside(value, f"{given.number:g} {given.unit}".strip(), given.place)
    return value * address.scale, address
