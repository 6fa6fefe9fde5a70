"""What a run is made from, and the first record of its file, which says so: written here and read here.

A header holds what is needed to simulate the run again; everything in it is compared when that is done, or refused.
"""

import hashlib
import platform
import re
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from twin.base.fault import Fault
from twin.base.json import Body, Json
from twin.engine.world import CREWS
from twin.journal.chain import FORMAT
from twin.physics.substances import products

VERSION = version("tankfarm-twin")
MODES = ("guided", "assessed")
KEYS = frozenset({
    "format", "twin", "scenario", "files", "meaning", "products", "start", "seed", "world", "set", "mode", "overrides",
    "taken", "commands", "numpy", "python", "platform", "parent",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is made from, besides the files."""

    scenario: str
    seed: int = 0
    world: int = 0
    settings: tuple[str, ...] = ()
    posts: str = "plan"  # plan, slow, none
    taken: tuple[str, ...] = ()  # posts that people act for from the first scan on
    assessed: bool = False  # no hints, no steps, on no screen of this run
    commands: tuple[str, ...] = ()  # the lines of a command file, as read
    parent: "Parent | None" = None  # the run that this one is a second chance of


@dataclass(frozen=True, slots=True)
class Parent:
    """The course that a second chance left: its digest, the tick it was left at, and all that people did in it.

    It can be lived again from the child's file alone, and compared. `act` and `closes` are the window that the second
    chance was for, as the first debrief told it: kept, not worked out again.
    """

    digest: str
    tick: int
    end: int  # the tick the parent stood at
    act: str  # the act whose window was about to close
    closes: int
    did: tuple[tuple[int, str, str], ...]  # tick, post, sentence

    @classmethod
    def read(cls, body: Body) -> "Parent":
        """The parent of a header; raises Fault when it is none that this version writes."""
        try:
            did = tuple((c["tick"], c["post"], c["do"]) for c in body["did"])
            its = cls(body["digest"], body["tick"], body["end"], body["act"], body["closes"], did)
            ticks = (its.tick, its.end, its.closes, *(c[0] for c in did))
            texts = (its.digest, its.act, *(t for c in did for t in c[1:]))
            if its.body == body and all(type(t) is int for t in ticks) and all(isinstance(t, str) for t in texts):
                return its
        except (KeyError, TypeError):
            pass
        raise Fault("the header of this run names a parent that this version cannot read.")

    @property
    def body(self) -> Json:
        """What the header keeps of it."""
        did = [{"tick": t, "post": p, "do": d} for t, p, d in self.did]
        return {
            "digest": self.digest,
            "tick": self.tick,
            "end": self.end,
            "act": self.act,
            "closes": self.closes,
            "did": did,
        }


def header(setup: Setup, texts: dict[str, str], meaning: str, start: str) -> Json:
    """The first record of a run. `meaning` and `start` are digests: of what its files say, and of its world at tick 0."""
    return {
        "format": FORMAT,
        "twin": VERSION,
        "scenario": setup.scenario,
        "files": texts,
        "meaning": meaning,
        "products": products_digest(),
        "start": start,
        "seed": setup.seed,
        "world": setup.world,
        "set": list(setup.settings),
        "mode": "assessed" if setup.assessed else "guided",
        "overrides": {"posts": setup.posts},
        "taken": list(setup.taken),
        "commands": list(setup.commands),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **({"parent": setup.parent.body} if setup.parent else {}),
    }


def read(body: Body) -> Setup:
    """The setup that a header describes; raises Fault when it is not what this version writes."""
    _check(body)
    return Setup(
        scenario=body["scenario"], seed=body["seed"], world=body["world"], settings=tuple(body["set"]),
        posts=body["overrides"]["posts"], taken=tuple(body["taken"]), commands=tuple(body["commands"]),
        parent=Parent.read(body["parent"]) if "parent" in body else None, assessed=body["mode"] == "assessed",
    )  # fmt: skip


def _check(body: Body) -> None:
    """Raises Fault when a header is not what this version writes."""

    def texts(value: object) -> bool:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)

    given = body.get("format")
    if type(given) is int and given != FORMAT:
        raise Fault(
            f"this run is of format {given}; this version reads format {FORMAT}.",
            "Replay it with the version that wrote it, or live its scenario again with `twin run`.",
        )
    files = body.get("files")
    if more := sorted(set(body) - KEYS):
        raise Fault(f"the header of this run says {more[0]!r}, which nothing here proves.")
    fits = (
        given == FORMAT
        and type(given) is int
        and isinstance(body.get("scenario"), str)
        and all(type(body.get(k)) is int and 0 <= body[k] < 1 << 62 for k in ("seed", "world"))
        and all(texts(body.get(k)) for k in ("set", "taken", "commands"))
        and body.get("mode") in MODES
        and isinstance(body.get("overrides"), dict)
        and set(body["overrides"]) == {"posts"}
        and body["overrides"].get("posts") in CREWS
        and all(re.fullmatch(r"[\w.+ -]{1,60}", str(body.get(k))) for k in ("twin", "numpy", "python", "platform"))
        and isinstance(files, dict)
        and all(isinstance(v, str) for v in files.values())
    )
    if not fits:
        raise Fault("the header of this run is not one that this version writes.")


def products_digest() -> str:
    """SHA-256 of the product table, by what it means here."""
    rows = [(p.name, p.density_kg_m3.hex(), p.viscosity_pa_s.hex()) for p in products().values()]
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()
