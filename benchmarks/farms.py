"""Farms of any number of tanks as YAML text: what the benchmarks measure on.

Three tanks hang on one pipeline, of which the first receives. Each tank has a line, a motor valve, a gauge with noise
and lag, a switch, position feedback, two alarms and one interlock. Nothing alarms: the day is quiet.
"""

from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.language.files import Files

TANKS_A_PIPELINE = 3

_HEAD = """\
farm: Benchmark farm
site: {latitude: 52 deg, longitude: 4 deg, roughness: 0.1 m, origin: corner, as of: 2026-01-10}
defaults:
  instruments: {power: UPS-1, system: BPCS, every: 1 y, tested: 2025-09-01, dangerous failures: 1e-6 /h}
utilities:
  grid: {kind: power}
  UPS-1: {kind: power, from: grid, lasts: 30 min}
  UPS-2: {kind: power, from: grid, lasts: 30 min}
  BPCS: {kind: controller, power: UPS-1}
  SIS: {kind: controller, power: UPS-2}
"""

_PLACES = """\
  control-building: {kind: building, at: [-60 m, 40 m]}
  gate: {kind: muster, at: [-90 m, 120 m]}
"""

_PEOPLE = """\
people:
  operator: {post: control-room, in: control-building, muster: gate}
  outside: {count: 2, post: field, at: [-20 m, 60 m], kit: [breathing-air, gas-meter], muster: gate}
  chief: {post: supervisor, in: control-building, muster: gate}
"""


def _tags(n: int) -> list[tuple[str, str]]:
    """Number of each tank and of its pipeline."""
    return [(f"{i + 1:03d}", f"{i // TANKS_A_PIPELINE + 1:03d}") for i in range(n)]


def _pipelines(n: int) -> list[tuple[str, str]]:
    """Number of each pipeline and of the tank that it fills."""
    return [(line, tank) for tank, line in _tags(n)[::TANKS_A_PIPELINE]]


def farm(n: int) -> str:
    """A farm of n tanks."""
    tags, pipelines = _tags(n), _pipelines(n)
    lines = ["places:"]
    lines += [f"  bund-{p}: {{kind: bund, area: 5000 m2, wall: 1.5 m}}" for p, _ in pipelines]
    lines += [*_PLACES.splitlines(), "nodes:"]
    for p, _ in pipelines:
        lines += [
            f"  P-{p}: {{product: gasoline, flow: 600 m3/h, most: 900 m3/h, answers: 90 s}}",
            f"  M-{p}: {{at: [-15 m, 6 m]}}",
        ]
    lines += ["tanks:"]
    lines += [
        f"  T-{t}: {{roof: internal floating, product: gasoline, diameter: 30 m, height: 16 m, overflows above: 15.3 m, "
        f"legs: 1.8 m, in: bund-{p}, at: [{45 * i} m, 20 m]}}"
        for i, (t, p) in enumerate(tags)
    ]
    lines += ["lines:", *(f"  S-{p}: {{from: P-{p}, to: M-{p}, size: 300 mm, length: 180 m}}" for p, _ in pipelines)]
    lines += [
        f"  L-{t}: {{from: M-{p}, to: T-{t}, through: [XV-{t}], size: 300 mm, length: 40 m, enters: top}}"
        for t, p in tags
    ]
    lines += ["valves:"]
    lines += [
        f"  XV-{t}: {{kind: motor, size: 300 mm, stroke: 40 s, power: grid, crank: 5 min, at: [{45 * i} m, 6 m]}}"
        for i, (t, _) in enumerate(tags)
    ]
    lines += ["instruments:"]
    for t, _ in tags:
        lines += [
            f"  LT-{t}: {{measures: T-{t}.level, kind: radar, range: 0 m .. 16 m, lag: 3 s, noise: 1 mm, resolution: 1 mm}}",
            f"  LS-{t}: {{measures: T-{t}.level > 15.0 m, kind: independent switch, system: SIS, power: UPS-2}}",
            f"  ZT-{t}: {{measures: XV-{t}.position, range: 0 % .. 100 %, noise: 0.1 %, system: SIS, power: UPS-2}}",
        ]
    lines += ["alarms:"]
    for t, _ in tags:
        lines += [
            f"  LAH-{t}: {{when: LT-{t} > 14.4 m, deadband: 20 mm, delay: 3 s, priority: medium}}",
            f"  LAHH-{t}: {{when: LT-{t} > 14.8 m, deadband: 20 mm, delay: 3 s, priority: high}}",
        ]
    lines += ["interlocks:"]
    lines += [
        f"  LZ-{t}: {{when: 1oo1 of LS-{t}, then: [close XV-{t}], proof: ZT-{t} < 2 %, system: SIS, latch: yes, target: SIL 1}}"
        for t, _ in tags
    ]
    lines += ["transfers:"]
    lines += [
        f"  TR-{p}: {{from: P-{p}, to: T-{t}, through: [S-{p}, L-{t}], amount: 3000 m3, stops: by hand}}"
        for p, t in pipelines
    ]
    return _HEAD + "\n".join(lines) + "\n"


def farm_with_people(n: int) -> str:
    """The same farm with people and a plan: an hourly check, and two lines for every tank that receives."""
    lines = [
        "plan:",
        "  rounds: {cue: start, every: 1 h, post: field, do: check XV-001, within: 20 min, because: somebody looks}",
    ]
    for p, t in _pipelines(n):
        lines += [
            f"  end-{p}: {{cue: LAH-{t}, post: control-room, do: [stop TR-{p}, close XV-{t}], within: 2 min, "
            f"proof: ZT-{t} < 2 %, because: the lip is near}}",
            f"  crank-{p}: {{cue: end-{p} then 90 s and not proven end-{p}, post: field, do: close XV-{t}, within: 9 min, "
            "because: not proven is not done}",
        ]
    return farm(n) + _PEOPLE + "\n".join(lines) + "\n"


def scenario(n: int) -> str:
    """A quiet day of twelve hours: the pipelines pump, every tank is far below its limits."""
    lines = ["scenario: Quiet", "farm: bench", "starts: 2026-01-12 10:00", "lasts: 12 h"]
    lines += ["weather: {wind: {speed: 3 m/s, from: 240 deg}, stability: D, air: 4 degC}", "initially:"]
    lines += [f"  T-{t}: {{level: {3 + i % 4}.5 m}}" for i, (t, _) in enumerate(_tags(n))]
    lines += [f"  TR-{p}: {{running: yes}}" for p, _ in _pipelines(n)]
    return "\n".join(lines) + "\n"


def model(n: int) -> Model:
    """The quiet day on a farm of n tanks, without people."""
    return _opened(farm(n), n)


def model_with_people(n: int) -> Model:
    """The quiet day on a farm of n tanks with people and a plan."""
    return _opened(farm_with_people(n), n)


def _opened(text: str, n: int) -> Model:
    return open_model(Files({"scenario:quiet": scenario(n), "farm:bench": text}), "quiet", [])[0]
