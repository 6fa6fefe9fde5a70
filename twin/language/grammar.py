"""Sentences of farm and scenario files, commands and settings: text to syntax trees.

The grammar is that of docs/format.md. This file knows words and shapes only; which names exist, and what unit a
reading has, is the business of `engine/cues.py` and `engine/action.py`.
"""

import re
from collections.abc import Callable

from twin.base.fault import Fault, closest, nearest
from twin.language.sentence import AFTER_A_VALUE, CLOCK, DATE, NUMBER, Amount, Name, Sentence
from twin.language.syntax import (
    Act,
    At,
    Atom,
    Cue,
    Derived,
    Drawn,
    Happened,
    Measure,
    Plain,
    Proven,
    Reading,
    Term,
    Test,
    That,
    Vote,
)

_VOTE = re.compile(r"(\d+)oo(\d+)\Z")

__all__ = ["Act", "At", "Atom", "Cue", "Derived", "Drawn", "Happened", "Measure", "Plain", "Proven", "Reading", "Term", "Test", "That", "Vote", "act", "atom", "cue", "measure", "reading", "that"]  # fmt: skip
_DERIVED = ("change", "rate", "gap", "difference", "time")
_MEASURES = ("time", "max", "min", "mean")
_ATOMS = ("at", "drawn", "proven", "start")  # words that begin an atom, besides names, events and verbs


def reading(s: Sentence) -> Reading:
    """`path | instrument | calculated | change of … | gap of … | rate of … | time until …`."""
    if s.peek(1) in {"of", "until"}:
        if s.peek() not in _DERIVED:
            raise Fault(f"{s.peek()!r} is no calculated value.", nearest(s.peek(), _DERIVED), s.words[s.at].place)
        form = s.take("").text
        s.take("")
        if form == "difference":
            first = s.name("an instrument")
            s.expect("and")
            return Derived("difference", first, other=s.name("an instrument"))
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
        sign = _sign(s)[0]  # it comes as soon as it is there
        return Derived("time until", of, sign=sign, limit=s.amount())
    return s.thing("a reading")


_SIGNS = ("<", ">", "<=", ">=")


def _sign(s: Sentence) -> tuple[str, bool]:
    """`<` or `>`, and whether equal counts too."""
    sign = s.accept(*_SIGNS)
    if not sign:
        place = s.words[s.at].place if not s.done() else s.end
        raise Fault("`<` or `>` is wanted here, with spaces around it.", "", place)
    return sign[0], len(sign) > 1


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
    if s.peek() in _SIGNS:
        sign, or_equal = _sign(s)
        return Test(what, sign, s.amount(), or_equal)
    if s.peek() in {"=", "==", "=>", "=<", "is"}:
        raise Fault("only `<`, `>`, `<=` and `>=` compare.", "", s.words[s.at].place)
    if isinstance(what, Name) and s.peek() and s.peek() not in AFTER_A_VALUE and s.peek() != "the":
        known = [*s.known.events_built, *s.known.verbs_built, *_ATOMS]
        raise Fault(f"{what.text!r} is no event or verb.", nearest(what.text, known), s.words[start].place)
    return Test(what)


def _vote(s: Sentence, needed: int, among: int) -> Vote:
    place = s.take("").place
    if not 0 < needed <= among <= 8:
        raise Fault(f"{needed}oo{among} cannot be.", "Write 1oo1 to 8oo8.", place)
    s.expect("of")
    names = tuple(s.name("an instrument") for _ in range(among))
    if s.peek() in _SIGNS:
        sign, or_equal = _sign(s)
        return Vote(needed, names, sign, s.amount(), place, or_equal)
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
        one: Atom | Cue
        if s.accept("("):
            one = cue(s)
            s.expect(")")
        else:
            one = atom(s)
        then_s = s.duration("a duration after `then`") if s.accept("then") else 0.0
        terms.append(Term(one, joined, negated, then_s))
        joined = s.accept("and", "or")
        if not joined:
            break
    text = s.said(start, s.at)
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
    rest = s.said(s.at, len(s.words))
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
