"""Nodes: where lines meet or end; those that offer a flow are senders: a pipeline, a ship.

A sender offers a given rate, as warm as it is, and holds it. What is offered and not taken stays with the sender.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Floats, Ints, array, floats, gathered, padded, some
from twin.language import fields as f
from twin.language.entry import Point, Thing, key
from twin.parts.part import THIS, Part, Path, settable
from twin.parts.tank_entry import LEAST_M3
from twin.physics import substances
from twin.physics.substances import Substance


@dataclass(frozen=True, kw_only=True)
class Node(Thing):
    """Where lines meet or end: a pipeline or ship, a manifold, a loading point, a pit."""

    product: str = key(f.product(), "product", "what it offers", default="")
    flow_m3_s: float | None = key(f.quantity("volume flow", 0), "flow", "what it offers", default=None)
    most_m3_s: float | None = key(f.quantity("volume flow", 0), "most", "highest credible flow", default=None)
    temperature_k: float | None = key(
        f.quantity("temperature", 200, 500), "temperature", "of what it offers", default=None, why="that of the air"
    )
    pressure_pa: float = key(
        f.quantity("pressure", 0, 1e7), "pressure", "with which a sender presses while it pumps", default=7e5,
        why="assumed: 7 bar at a ship's manifold",
    )  # fmt: skip
    receives: str = key(f.product(), "receives", "what it takes without limit", default="")
    holds_m3: float | None = key(f.quantity("volume", LEAST_M3), "holds", "what a pit holds", default=None)
    spills_to: str = key(f.name_of("nodes"), "spills to", "where a full pit runs over to", default="")
    separates: bool = key(
        f.flag(), "separates", "an interceptor, full of water: what floats stays, and water runs over, until it is full of what floats",
        default=False,
    )  # fmt: skip
    protected: bool = key(f.flag(), "protected", "water or ground that nothing may reach", default=False)
    answers_s: float = key(
        f.quantity("time", 0, 7200),
        "answers",
        "time in which a sender starts or stops when asked",
        default=120.0,
        why="assumed: a call and a pump",
    )
    at: Point | None = key(f.point(), "at", "where it is", default=None)

    @property
    def takes(self) -> bool:
        """Whether liquid can stay there: in a pit, or without limit where something is received or may not come."""
        return self.holds_m3 is not None or (self.flow_m3_s is None and bool(self.receives or self.protected))


@dataclass(frozen=True, slots=True)
class Senders:
    """Fixed facts of the nodes that offer a flow, (S,) each."""

    names: tuple[str, ...]
    offers_m3_s: Floats
    answers_s: Floats
    temperature_k: Floats
    liquids: tuple[Substance, ...]
    density_kg_m3: Floats  # on the day
    day_k: float  # as warm as flows in lines are counted (see `tank`)
    carried: tuple[str, ...]  # all products of the farm, and warmth
    transfers: Ints  # (S, K) transfers of each sender, padded with the number of transfers


@dataclass(frozen=True, slots=True)
class State:
    """(W, Q + 1)."""

    received_m3: Floats = array(along=("carried",))  # from senders, and from the sky; of warmth in m3 K


@dataclass(slots=True)
class Controls:
    """(W, S)."""

    flow_m3_s: Floats = array(  # offered
        start="offers_m3_s",
        path=settable(
            "flow", "volume flow", "what it offers", reads=THIS, least=0, most=100, offer="to", value="900 m3/h",
            lacking=("offers no flow.", "Give the node a flow first."),
        ),
    )  # fmt: skip
    temperature_k: Floats = array(
        start="temperature_k",
        path=settable(
            "temperature", "temperature", "of what it offers", reads=THIS, least=200, most=500, offer="to", value="40 degC",
            lacking=("offers no flow.", "Give the node a flow first."),
        ),
    )  # fmt: skip


def build(
    entries: dict[str, Node], senders: tuple[str, ...], carried: tuple[str, ...], starts: list[str], day_k: float
) -> Senders:
    """The senders of a farm; `starts` is where each transfer comes from."""
    listed = [entries[s] for s in senders]
    liquids = tuple(substances.products()[str(n.product)] for n in listed)
    return Senders(
        names=senders,
        offers_m3_s=floats(n.flow_m3_s or 0.0 for n in listed),
        answers_s=floats(n.answers_s for n in listed),
        temperature_k=floats(day_k if n.temperature_k is None else n.temperature_k for n in listed),
        liquids=liquids,
        density_kg_m3=floats(substances.density(its, day_k) for its in liquids),
        day_k=day_k,
        carried=carried,
        transfers=padded([[x for x, start in enumerate(starts) if start == s] for s in senders], len(starts)),
    )


def asked(its: Senders, set_: Controls, wanted_m3_s: Floats) -> Floats:
    """What each sender is asked for, (W, S) on the day: what its transfers want together, at most what it offers.

    wanted_m3_s  (W, X)  of each transfer
    """
    offers = set_.flow_m3_s
    if some(set_.temperature_k != its.day_k):
        each = zip(its.liquids, its.density_kg_m3, set_.temperature_k.T, strict=True)
        offers = offers / np.stack([substances.swells(q, rho, its.day_k, t) for q, rho, t in each], axis=1)
    flow: Floats = np.minimum(gathered(wanted_m3_s, its.transfers), offers)
    return flow


PART = Part(
    "nodes", "node", Node, State, Controls, paths=(Path("liquid", "volume", "liquid held"),), rank=4,
)  # fmt: skip
