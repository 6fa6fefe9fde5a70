"""A night to draw: gauge-sticks with the doubt fourteen minutes late, its debrief and its scene, made once."""

from functools import cache
from typing import Any

from twin.debrief import outcome, report, whatif
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.film.scene import Scene, scene


@cache
def late() -> tuple[Session, dict[str, Any], Scene]:
    """The session, its report with answers, its scene."""
    its = sessions.start(Setup("gauge-sticks", settings=("plan.doubt-gauge.delay=14 min",)))
    its.finish(outcome.sealed)
    found = report.report(its, whatif.answers(its))
    return its, found, scene(its, found)


@cache
def other(name: str, posts: str = "plan", settings: tuple[str, ...] = ()) -> tuple[dict[str, Any], Scene]:
    """Another night, without answers."""
    its = sessions.start(Setup(name, posts=posts, settings=settings))
    its.finish(outcome.sealed)
    found = report.report(its)
    return found, scene(its, found)
