"""`make docs`: writes docs/reference.md and the two schemas from the tables that parser and engine use."""

import dataclasses
import json
from pathlib import Path

from twin.base.units import UNITS
from twin.cli import schema
from twin.engine.parts import WORDS
from twin.language import dump, fields, spec, trees
from twin.language.files import Files, known_scenarios, shipped_farms
from twin.language.names import LONGEST
from twin.language.nodes import Table
from twin.language.words import INSTRUCTOR, MAY_BY_DEFAULT, POSTS, Words
from twin.physics.calcs import CALCS
from twin.physics.substances import AT_20C_K, products, vapour_pressure


def text(known: Words = WORDS) -> str:
    """The whole reference as Markdown."""
    parts = [
        "# Reference",
        "",
        "Made by `make docs` from the tables in the code. The language itself: [format.md](format.md).",
        "",
    ]
    parts += [
        "## Verbs",
        "",
        "| verb | does | takes | who, unless the farm says otherwise | from |",
        "|---|---|---|---|---|",
    ]
    for verb in known.verbs.values():
        who = ", ".join(p for p in POSTS if p in verb.posts or verb.name in MAY_BY_DEFAULT[p]) or "timeline"
        takes = " ".join((" or ".join(k for k in verb.on if k), *verb.takes)).strip() or "-"
        parts.append(f"| `{verb.name}` | {verb.about} | {takes} | {who} | {verb.since} |")
    parts += [
        "",
        f"The seat at the line also has the clock; the instructor's words are kept: {', '.join(INSTRUCTOR)}.",
        "",
    ]
    parts += ["## Events", "", "| event | means | known by | from |", "|---|---|---|---|"]
    parts += [f"| `{e.name}` | {e.about} | {e.heard.known_by} | {e.since} |" for e in known.events.values()]
    parts += ["", "## Quantities", "", "| thing | quantity | dimension | settable | means |", "|---|---|---|---|---|"]
    parts += [
        f"| {q.kind} | `{q.name}` | {q.dimension} | {'yes' if q.settable else ''} | {q.about} |"
        for q in known.quantities.values()
    ]
    for title, table in (("Farm", known.sections), ("Scenario", spec.SCENARIO_SECTIONS)):
        for section, kind in table.items():
            if title == "Scenario" and section == "references":
                continue
            parts += [
                "",
                f"## {title}: `{section}`",
                "",
                (kind.__doc__ or "").strip(),
                "",
                *_example(title, section),
                "| key | means | reads | default | because |",
                "|---|---|---|---|---|",
            ]
            for item in dataclasses.fields(kind):
                meta = item.metadata
                if "reader" in meta:
                    default = (
                        "needed"
                        if meta["default"] is fields.REQUIRED
                        else str(meta["default"] if meta["default"] not in ((), {}, "", None) else "-")
                    )
                    reads = "; ".join(t for t in (meta["reader"].expects, meta["reader"].span) if t)
                    parts.append(
                        f"| `{meta['name']}` | {meta['about']} | {reads} | {default} | {meta['why'] or '-'} |".replace(
                            "||", "| |"
                        )
                    )
    parts += ["", *NAMES.splitlines()]
    parts += _products()
    parts += ["", "## Units", "", "| dimension | units |", "|---|---|"]
    for dimension in dict.fromkeys(u.dimension for u in UNITS.values()):
        parts.append(f"| {dimension} | {' '.join(f'`{u.name}`' for u in UNITS.values() if u.dimension == dimension)} |")
    parts += ["", "## Calculations", "", "| `twin calc` | unit | |", "|---|---|---|"]
    parts += [
        f"| `{name}` | {c.unit} | {(c.function.__doc__ or '').strip().splitlines()[0]} |" for name, c in CALCS.items()
    ]
    return "\n".join(parts) + "\n"


NAMES = f"""\
## Names

Up to {LONGEST} printable characters of any language; no quotes, brackets, commas, `< > = ; \\ |`, no two spaces or full stops together, none at the
ends; no word of the language, no number or time. `LT-101`, `XV-101/A`, `TK 101.A`, `罐1`. With a space or a full stop: in double quotes in sentences.
"""


def _example(title: str, section: str) -> list[str]:
    """The first entry of a section in a shipped file."""
    trees_of = shipped_farms() if title == "Farm" else known_scenarios()
    for name in trees_of:
        tree = trees.farm_tree(Files(), WORDS, name) if title == "Farm" else trees.scenario_tree(Files(), name)[0]
        entries = tree.get(section)
        if isinstance(entries, Table) and entries.items:
            key, node = entries.items[0]
            return [f"`{section}: {{{dump.one_line(key.text)}: {dump.one_line(dump.plain(node))}}}`", ""]
    return []


def _products() -> list[str]:
    """The table of what a tank can hold."""
    return [
        "", "## Products", "",
        "| product | density at 15 °C, kg/m3 | expansion, per K | viscosity, mPa.s | vapour pressure at 20 °C, kPa |",
        "|---|---|---|---|---|",
        *(
            f"| `{p.name}` | {p.density_kg_m3:g} | {p.expansion_per_k:g} | {p.viscosity_pa_s * 1000:g} |"
            f" {vapour_pressure(p, AT_20C_K) / 1000:.3g} |"
            for _, p in sorted(products().items())
        ),
    ]  # fmt: skip


def files() -> dict[str, str]:
    """Name below docs/ to content."""
    return {
        "reference.md": text(),
        "farm.schema.json": json.dumps(schema.farm(), ensure_ascii=False, indent=1) + "\n",
        "scenario.schema.json": json.dumps(schema.scenario(), ensure_ascii=False, indent=1) + "\n",
    }


if __name__ == "__main__":
    for name, content in files().items():
        (Path("docs") / name).write_text(content, encoding="utf-8")
