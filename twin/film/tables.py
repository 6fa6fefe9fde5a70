"""The sections of a page that are words: story, five steps, score, findings, best and worst, alarm load, ratings, signatures."""

from twin.debrief.text import RATINGS, beside, in_time, moment, span, verdict
from twin.film import look
from twin.film.panels import Found, plural, volume
from twin.film.section import (
    LINE,
    LINE_MM,
    NOTHING,
    ROW_MM,
    SMALL_MM,
    Cell,
    Section,
    escaped,
    grouped,
    lines,
    marked,
    note,
    section,
    table,
)
from twin.film.windows import act_name, not_done

STEPS = {"noticed": "Noticed", "checked": "Checked", "named": "Named", "acted": "Acted", "told": "Told"}


def baselines(found: Found) -> Section:
    """The run between its two baselines."""
    if "baselines" not in found:
        return NOTHING
    cells = ""
    for name, r in beside(found):
        hurt = r.get("harm", sum(found["harm"][k] for k in ("fatalities", "injuries")))
        score = "no score" if r["score"] is None else r["score"]
        words = f"{name}: {hurt or 'none'} hurt, {volume(r['spilled_m3'])} m³"
        cells += f"<div><b>{escaped(score)}</b><br>{escaped(words)}</div>"
    return Section(f'<section class="three">{cells}</section>', 17.0)


def story(found: Found) -> Section:
    """What happened, at most a dozen lines."""
    rows = "".join(
        f"<tr><th>{escaped(s['clock'][11:19])}</th><td>{marked(look.sentence(s['text']))}</td></tr>"
        for s in found["story"]
    )
    mm = sum(1.1 + SMALL_MM * lines(s["text"], LINE - 8) for s in found["story"])
    return section("What happened", Section(f'<table class="story">{rows}</table>', mm))


# what went wrong


def five_steps(found: Found) -> Section:
    """For each thing that went wrong: who noticed, checked, named, acted and told, when, and what that screen showed."""
    misled = {m["instrument"]: m for m in found["misled"]}
    things = list(found["things"])
    things += [{"thing": n, "text": f"{n} misled", "onset_s": m["onset_s"], "shown_s": None, "steps": [], "gap": None}
               for n, m in misled.items() if n not in {t["thing"] for t in things}]  # fmt: skip
    if not things:
        return NOTHING
    heads = ("Step", "When", "Who did what", "The screen showed")
    groups = [(_about(found, t, misled.get(t["thing"])), [_step(found, s) for s in t["steps"]]) for t in things]
    return section("Five steps: when it could be known, and what was done", grouped(heads, groups, "steps"))


def _about(found: Found, thing: Found, misled: Found | None) -> Section:
    """What went wrong with a thing, since when, and how long nobody acted on what could be known."""
    said = [f"since {moment(found, thing['onset_s'])}"]
    if thing["shown_s"] is not None:
        said[0] += f", on a screen from {moment(found, thing['shown_s'])}"
    if misled is not None and misled["gap"]:
        gap = misled["gap"]
        said.append(f"{gap['value']:.2f} {gap['unit']} beside the truth at {moment(found, gap['at_s'])}")
    if misled is not None and not misled["gap"]:
        said.append("it should have acted, and did not")
    if thing["gap"]:
        said.append(f"{span(thing['gap']['seconds'])} from knowing to acting")
    elif misled is not None:
        doubt = misled["first_doubt_s"]
        said.append("nobody doubted it" if doubt is None else f"first doubted {moment(found, doubt)}")
    told = note(look.sentence("; ".join(said)) + ".")
    return Section(f"<h3>{marked(look.sentence(thing['text']))}</h3>{told.markup}", 2 * ROW_MM + SMALL_MM + told.mm)


def _step(found: Found, step: Found) -> tuple[Cell | str, ...]:
    """A row: when a step came and by how much too late, or when it was due."""
    t, due = step["t_s"], step["due_s"]
    late = due is not None and (found["simulated_s"] if t is None else t) > due
    by = "" if due is None else f", due {moment(found, due)}"
    if t is None:
        when = Cell(f"◆ never{by}" if late else f"○ not done{by}", "late" if late else "")
    else:
        when = Cell(
            f"◆ {moment(found, t)}, {span(t - due)} late" if late else f"● {moment(found, t)}{by}",
            "late" if late else "good",
        )
    did = ": ".join(p for p in (step["by"], step["act"]) if p)
    return STEPS[step["step"]], when, did, str(step["showed"])


def false_alarms(found: Found) -> Section:
    """Acts that nothing shown pointed at, and what they cost."""
    rows = [
        (moment(found, a["t_s"]), a["text"], Cell("◆ loses a mark", "late") if a["loses"] else "○ costs nothing")
        for a in found["false_alarms"]
    ]
    return section("False alarms", table(("When", "What", "Mark"), rows)) if rows else NOTHING


# what would have helped


def findings(found: Found) -> Section:
    """Where the plan allows longer than the plant does."""
    told = [f["text"] for f in found.get("findings", ())]
    if not told:
        return NOTHING
    items = "".join(f"<li>{marked(look.sentence(t))}</li>" for t in told)
    body = Section(f"<ul>{items}</ul>", sum(LINE_MM * lines(t, LINE - 4) for t in told) + 3.0)
    return section("The plan beside the plant", body, kind="finding")


# score and sign-off


def score(found: Found) -> Section:
    """Each mark with its evidence."""
    rows = [
        (
            m["mark"],
            Cell("● met", "good") if m["met"] else Cell("◆ not met", "late"),
            m["clock"][11:],
            Cell(m["evidence"], note=m["from"]),
        )
        for m in found["marks"]
    ]
    return section("The score, line by line", table(("Mark", "Result", "Time", "Evidence"), rows)) if rows else NOTHING


def alarm_load(found: Found) -> Section:
    """Alarms for one operator."""
    rows = []
    for post, a in found["alarm_load"].items():
        soon = a["acknowledged_in_a_minute"]
        rows.append((post, a["alarms"], f"{a['an_hour']:.1f}", a["peak_10_min"], f"{100 * a['flood_share']:.0f} %",
                     "none came" if soon is None else f"{100 * soon:.0f} %"))  # fmt: skip
    heads = ("Post", "Alarms", "An hour", "Peak in 10 min", "Time in flood", "Acknowledged within 1 min")
    told = note("ISA-18.2: about 6 an hour for one operator, at most 10 in 10 min, under 1 % of the time in flood.")
    return section("Alarm load for one operator", table(heads, [[str(c) for c in r] for r in rows]), told)


def best_and_worst(found: Found) -> Section:
    """The acts with most time to spare, and those that came too late or never, by what they were worth."""
    shut = [w for w in found.get("windows", ()) if w["closes_s"] is not None]
    good, bad = [w for w in shut if in_time(w)][:3], [w for w in shut if not in_time(w)][:3]
    if not shut or not found["finished"]:
        return NOTHING

    def listed(rows: list[Found]) -> str:
        return (
            "".join(
                f"<li><b>{moment(found, w['done_s'])[:5] if w['done_s'] is not None else not_done(w)}</b> {marked(act_name(w))}{'' if w['done_s'] is None else ': ' + escaped(verdict(w))}</li>"
                for w in rows
            ) or "<li>none</li>"
        )  # fmt: skip

    markup = f'<div class="two"><div><h3 class="good">● Best</h3><ul>{listed(good)}</ul></div><div><h3 class="late">◆ Worst</h3><ul>{listed(bad)}</ul></div></div>'
    mm = LINE_MM * (1 + max(sum(lines(act_name(w), 30) for w in rows) for rows in (good, bad, shut[:1]))) + 4.0
    return section("Best and worst acts", Section(markup, mm))


def to_put_right(found: Found) -> Section:
    """What would have made the night better and is no act of the crew: to be owned and dated by hand."""
    mends = (
        [r for r in found.get("one_thing", ()) if r["kind"] in {"barrier", "fault-out"}]
        if found["score"] is not None
        else []
    )
    rows = [(f"{r['change']} ({r['was']})", "", "") for r in mends if r["effect"] == "better"][:4]
    return section("To put right", table(("What", "Who", "By"), rows)) if rows else NOTHING


def ratings(found: Found) -> Section:
    """The evaluators' marks beside the machine's, which they never replace."""
    rows = [
        (r["mark"] or "note", r["machine"], ", ".join(p for p in (r["rating"], RATINGS.get(r["rating"], "")) if p), r["text"],
         f"{moment(found, r['t_s'])} {r['by']}")
        for r in found["ratings"]
    ]  # fmt: skip
    return (
        section("Ratings", table(("Mark", "Machine", "Evaluator", "Reason given", "When, by"), rows))
        if rows
        else NOTHING
    )


def to_sign(found: Found) -> Section:
    """Where three people sign, beside the seal of the run that they sign for."""
    blanks = "".join(f"<div>{who}, date</div>" for who in ("apprentice", "mentor", "evaluator"))
    seal = (
        f"<p>Seal of this run: <b>{escaped(found['seal'])}</b>. <code>twin verify</code> prints the same.</p>"
        if found["seal"]
        else ""
    )
    return Section(
        f'<section class="signing">{seal}<div class="sign">{blanks}</div></section>',
        3 * LINE_MM + 3 * ROW_MM + 3 * SMALL_MM,
    )


def marks_met(found: Found) -> str:
    """How many marks were met, and which were lost."""
    lost = [m["mark"] for m in found["marks"] if not m["met"]]
    return (
        f"{plural(len(found['marks']) - len(lost), 'mark')} of {len(found['marks'])} met"
        + (f"; lost: {', '.join(lost)}" if lost else "")
        + "."
    )
