"""Sentences of farm and scenario files, commands and settings: text to syntax trees.

The grammar is that of docs/format.md. This file knows words and shapes only; which names exist, and what unit a
reading has, is the business of `engine/cues.py` and `engine/action.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from twin.base.fault import Fault, Place, closest, nearest
from twin.language.sentence import AFTER_A_VALUE, CLOCK, DATE, NUMBER, Amount, Moment, Name, Path, Sentence

_VOTE = re.compile(r"(\d+)oo(\d+)\Z")


@dataclass(frozen=True, slots=True)
class Derived:
    """`change of X over D`, `rate of X`, `gap of X and Y`, `time until X > v`."""

    form: str  # change, rate, gap, time until
    of: Name | Path
    other: Name | None = None
    over_s: float = 0.0
    sign: str = ""
    limit: Amount | None = None


Reading = Path | Name | Derived
_DERIVED = ("change", "rate", "gap", "time")
_MEASURES = ("time", "max", "min", "mean")
_ATOMS = ("at", "drawn", "proven", "start")  # words that begin an atom, besides names, events and verbs


@dataclass(frozen=True, slots=True)
class Test:
    """A reading against a value; a bare one (sign "") is true when it is on."""

    reading: Reading
    sign: str = ""
    limit: Amount | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """`2oo3 of X Y Z [> value]`."""

    needed: int
    of: tuple[Name, ...]
    sign: str
    limit: Amount | None
    place: Place


@dataclass(frozen=True, slots=True)
class Happened:
    """An event or a verb, of one thing or of any."""

    word: str
    thing: Name | None
    place: Place
    about: Name | None = None  # of a message: what it must name


@dataclass(frozen=True, slots=True)
class Proven:
    """`proven LINE`."""

    line: Name


@dataclass(frozen=True, slots=True)
class Drawn:
    """`drawn WORD`: what chance drew for this world."""

    word: Name


@dataclass(frozen=True, slots=True)
class At:
    """`start` (no moment) or `at MOMENT`."""

    moment: Moment | None


Atom = Test | Vote | Happened | Proven | Drawn | At


@dataclass(frozen=True, slots=True)
class Term:
    """One atom of a cue: how it joins what stands before, and for how long it must have held."""

    atom: Atom
    joined: str = "and"  # and, or
    negated: bool = False
    then_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cue:
    """Terms, read left to right without precedence."""

    terms: tuple[Term, ...]
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: a verb and what stands behind it."""

    verb: str
    thing: Name | Path | None
    text: str  # the whole sentence, as written
    place: Place
    to: Amount | Name | None = None
    by: Amount | None = None
    over_s: float | None = None
    for_s: float | None = None
    with_: tuple[Name, ...] = ()
    from_: Name | None = None
    about: tuple[Name, ...] = ()
    says: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class That:
    """What an objective asks: a cue, and its relation to another."""

    no: bool
    cue: Cue
    relation: str = ""  # before, within, at the end, at
    other: Cue | None = None
    within_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """What a fact measures."""

    form: str  # time of, time from, max, min, mean, at
    cue: Cue | None = None
    other: Cue | None = None
    reading: Reading | None = None
    at_end: bool = False


def reading(s: Sentence) -> Reading:
    """`path | instrument | calculated | change of … | gap of … | rate of … | time until …`."""
    if s.peek(1) in {"of", "until"}:
        if s.peek() not in _DERIVED:
            raise Fault(f"{s.peek()!r} is no calculated value.", nearest(s.peek(), _DERIVED), s.words[s.at].place)
        form = s.take("").text
        s.take("")
        if form == "change":
            of = s.thing("what changes")
            s.expect("over")
            return Derived("change", of, over_s=s.duration())
        if form == "rate":
            return Derived("rate", s.thing("what rises or falls"))
        if form == "gap":
            of = s.name("a level instrument")
            s.expect("and")
            return Derived("gap", of, other=s.name("a flow instrument"))
        of = s.thing("what rises or falls")
        sign = _sign(s)
        return Derived("time until", of, sign=sign, limit=s.amount())
    return s.thing("a reading")


def _sign(s: Sentence) -> str:
    sign = s.accept("<", ">")
    if not sign:
        place = s.words[s.at].place if not s.done() else s.end
        raise Fault("`<` or `>` is wanted here, with spaces around it.", "", place)
    return sign


def atom(s: Sentence) -> Atom:
    """One atom of a cue."""
    word = s.peek()
    if s.accept("start"):
        return At(None)
    if s.accept("at"):
        return At(s.moment())
    if s.accept("proven"):
        return Proven(s.name("a line of the plan"))
    if s.accept("drawn"):
        return Drawn(s.name("a word that is drawn"))
    if match := _VOTE.match(word):
        return _vote(s, int(match.group(1)), int(match.group(2)))
    if word in s.known.events or word in s.known.verbs:
        return _happened(s)
    start = s.at
    what = reading(s)
    if s.peek() in {"<", ">"}:
        sign = _sign(s)
        return Test(what, sign, s.amount())
    if isinstance(what, Name) and s.peek() and s.peek() not in AFTER_A_VALUE and s.peek() != "the":
        known = [*s.known.events_built, *s.known.verbs_built, *_ATOMS]
        raise Fault(f"{what.text!r} is no event or verb.", nearest(what.text, known), s.words[start].place)
    if s.peek() in {"=", "==", ">=", "<=", "is"}:
        raise Fault("only `<` and `>` compare.", "", s.words[s.at].place)
    return Test(what)


def _vote(s: Sentence, needed: int, among: int) -> Vote:
    place = s.take("").place
    if not 0 < needed <= among <= 8:
        raise Fault(f"{needed}oo{among} cannot be.", "Write 1oo1 to 8oo8.", place)
    s.expect("of")
    names = tuple(s.name("an instrument") for _ in range(among))
    if s.peek() in {"<", ">"}:
        sign = _sign(s)
        return Vote(needed, names, sign, s.amount(), place)
    return Vote(needed, names, "", None, place)


def _happened(s: Sentence) -> Happened:
    word = s.take("")
    following = s.peek()
    if s.done() or (not s.words[s.at].quoted and (not following or following in AFTER_A_VALUE)):
        return Happened(word.text, None, word.place)
    thing = s.name("a thing")
    about = s.name("what it names") if word.text in s.known.verbs and s.accept("about") else None
    return Happened(word.text, thing, word.place, about)


def cue(s: Sentence) -> Cue:
    """`["not"] atom {("and" | "or") ["not"] atom}`, each atom perhaps with `then` duration."""
    place = s.words[s.at].place if not s.done() else s.end
    start = s.at
    terms = []
    joined = "and"
    while True:
        negated = bool(s.accept("not"))
        one = atom(s)
        then_s = s.duration("a duration after `then`") if s.accept("then") else 0.0
        terms.append(Term(one, joined, negated, then_s))
        joined = s.accept("and", "or")
        if not joined:
            break
    text = " ".join(word.written for word in s.words[start : s.at])
    return Cue(tuple(terms), text, place)


def act(s: Sentence) -> Act:
    """`verb [thing] {to | by | over | for | with | from | about …} ["text"] [because "text"]`."""
    verb = s.take("a verb")
    if verb.text not in s.known.verbs or verb.quoted:
        raise Fault(f"{verb.text!r} is no verb.", nearest(verb.text, s.known.verbs_built), verb.place)
    thing = None
    its = s.known.verbs[verb.text]
    names_things = not its.text and any(its.on)  # else what stands in quotes is what is said
    if not s.done() and (names_things or not s.words[s.at].quoted) and s.peek() not in _PREPOSITIONS:
        thing = s.thing("a thing")
    found: dict[str, object] = {}
    says = ""
    while not s.done():
        if s.words[s.at].quoted:
            says = s.take("").text
            continue
        word = s.take("")
        if word.text not in _PREPOSITIONS:
            takes = [p for p in s.known.verbs[verb.text].takes if p not in found]
            fix = (
                closest(word.text, [*takes, "because"])
                or f"{_listed(verb.text, takes)}Text with spaces goes in double quotes."
            )
            raise Fault(f"{word.text!r} does not belong here.", fix, word.place)
        if word.text in found:
            raise Fault(f"`{word.text}` stands here twice.", "", word.place)
        found[word.text] = _PREPOSITIONS[word.text](s)
    return Act(
        verb.text, thing, s.source.text, verb.place, says=says,
        to=found.get("to"), by=found.get("by"), over_s=found.get("over"), for_s=found.get("for"),  # type: ignore[arg-type]
        with_=found.get("with", ()), about=found.get("about", ()), from_=found.get("from"), because=str(found.get("because", "")),  # type: ignore[arg-type]
    )  # fmt: skip


def _listed(verb: str, takes: list[str]) -> str:
    return f"`{verb}` takes {', '.join(takes)}. " if takes else ""


def _to(s: Sentence) -> Amount | Name:
    if NUMBER.match(s.peek()) or (s.peek()[:1].isdigit() and not s.peek()[-1:].isalpha()):
        return s.amount()
    return s.name("a value or a name")


def _with(s: Sentence) -> tuple[Name, ...]:
    names = [s.name("a name")]
    while s.accept("and"):
        names.append(s.name("a name"))
    return tuple(names)


def _because(s: Sentence) -> str:
    if s.done():
        raise Fault("a reason is missing here.", 'Write because "…".', s.end)
    if s.words[s.at].quoted:
        return s.take("").text
    rest = " ".join(word.written for word in s.words[s.at :])
    s.at = len(s.words)
    return rest


_PREPOSITIONS: dict[str, Callable[[Sentence], object]] = {
    "to": _to,
    "by": lambda s: s.amount(),
    "over": lambda s: s.duration(),
    "for": lambda s: s.duration(),
    "with": _with,
    "from": lambda s: s.name("where it comes from"),
    "about": _with,
    "because": _because,
}


def that(s: Sentence) -> That:
    """`["no"] cue ["before" cue | "within" duration "of" cue | "at the end" | "at" cue]`."""
    no = bool(s.accept("no"))
    first = cue(s)
    if s.accept("before"):
        return That(no, first, "before", cue(s))
    if s.accept("within"):
        within_s = s.duration()
        s.expect("of")
        return That(no, first, "within", cue(s), within_s)
    if s.accept("at"):
        if s.accept("the"):
            s.expect("end")
            return That(no, first, "at the end")
        return That(no, first, "at", cue(s))
    return That(no, first)


def measure(s: Sentence) -> Measure:
    """`time of cue | time from cue to cue | max|min|mean reading | reading at (moment | cue | the end)`."""
    if s.peek() == "time" and s.peek(1) == "of":
        s.at += 2
        return Measure("time of", cue(s))
    if s.peek() == "time" and s.peek(1) == "from":
        s.at += 2
        first = cue(s)
        s.expect("to")
        return Measure("time from", first, cue(s))
    if form := s.accept("max", "min", "mean"):
        return Measure(form, reading=reading(s))
    if s.peek() == "reach" and s.peek(1) == "of":
        raise Fault("`reach of` comes with the cloud model.", "Take it out.", s.words[s.at].place)
    start, what = s.at, reading(s)
    if s.peek() and s.peek() != "at":
        word = s.words[start]
        raise Fault(f"{word.text!r} is no measure.", nearest(word.text, _MEASURES), word.place)
    s.expect("at")
    if s.accept("the"):
        s.expect("end")
        return Measure("at", reading=what, at_end=True)
    if CLOCK.match(s.peek()) or s.peek().startswith("+") or DATE.match(s.peek()):
        place, written = s.words[s.at].place, [word.text for word in s.words[s.at :]]
        moment = s.moment()
        return Measure("at", Cue((Term(At(moment)),), f"at {' '.join(written)}", place), reading=what)
    return Measure("at", cue(s), reading=what)
