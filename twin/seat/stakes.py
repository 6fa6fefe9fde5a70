"""What an order that a console asks its word for would do, what it costs, and what proves it: from the farm alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from twin.engine import relations
from twin.engine.model import Model
from twin.engine.parts import WORDS
from twin.language.sentence import spoken
from twin.parts.interlock import Interlock
from twin.parts.transfer_entry import Transfer
from twin.parts.utility import Utility
from twin.text.say import Said, plain, say


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is asked for once more before it is done."""

    does: Said
    costs: tuple[Said, ...] = ()
    proof: str = ""


@cache
def of(model: Model) -> dict[str, Stakes]:
    """By verb and thing: what such an order means on this farm."""
    farm, found = model.spec.farm, dict[str, Stakes]()
    for name, its in farm.of(Interlock).items():
        if its.permits:
            continue  # it moves nothing
        acts = model.interlock_acts[model.interlocks.names.index(name)]
        moved = sorted(relations.of(model).moves(name))
        who = [its.reset_by] if its.reset_by else [p for p in model.posts.names if "reset" in model.posts.may[p]]
        stays = (say("stakes.latched", who=_listed(who)),) if its.latch else ()
        proof = its.proof.text if its.proof is not None else ""
        costs = (*_of_transfers(model, (a.thing for a in acts if a.verb == "stop")), *stays)
        found[f"trip {spoken(name)}"] = Stakes(say("stakes.acts", acts=_listed(a.sentence for a in acts)), costs, proof)
        found[f"reset {spoken(name)}"] = Stakes(
            say("stakes.lets-go", things=_listed(moved)), (say("stakes.moves-again"),)
        )
        found[f"bypass {spoken(name)}"] = Stakes(
            say("stakes.bypassed", name=name), (say("stakes.unguarded", acts=_listed(a.sentence for a in acts)),)
        )
    for name in farm.of(Utility):
        found[f"isolate {spoken(name)}"] = _of_supply(model, name)
    for name in model.names.of_kinds(*(k for k in WORDS.verbs["evacuate"].on if k)):
        found[f"evacuate {spoken(name)}"] = Stakes(say("stakes.leaves", name=name), (say("stakes.left-undone"),))
    return found


def _listed(names: Iterable[str]) -> tuple[Said, ...]:
    return tuple(plain(name) for name in names) or (say("stakes.nothing"),)


def _of_transfers(model: Model, names: Iterable[str]) -> Iterator[Said]:
    """What it costs to end these transfers."""
    for name in names:
        its = model.spec.farm.of(Transfer).get(name)
        if its is None:
            continue
        if its.late_costs_s:
            yield say("stakes.ends-late", name=name, hours=f"{its.late_costs_s / 3600.0:g}")
        else:
            yield say("stakes.ends", name=name)


def _of_supply(model: Model, name: str) -> Stakes:
    """What goes dark at once, and what a battery feeds for a while."""
    utilities, supplies = model.spec.farm.of(Utility), relations.of(model).supplies
    kept = [u for u in utilities if u in supplies[name] and u != name and utilities[u].lasts_s]
    behind = {n for u in kept for n in supplies[u]}
    dark = sorted(supplies[name] - behind - {name})
    costs = [say("stakes.battery", name=u, minutes=f"{(utilities[u].lasts_s or 0.0) / 60.0:g}") for u in kept]
    return Stakes(say("stakes.dark", things=_listed(dark)), (say("stakes.hold"), *costs))
