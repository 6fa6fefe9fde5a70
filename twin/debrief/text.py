"""The debrief in lines for a terminal."""

from twin.base.fault import shown
from twin.base.json import Json

Found = Json


def told(found: Found, *, only_answers: bool = False) -> list[str]:
    """What a person reads: first what happened, then what would have helped."""
    lines = (
        []
        if only_answers
        else [
            *_head(found),
            *_story(found),
            *_steps(found),
            *_acts(found),
            *_misled(found),
            *_load(found),
            *_ratings(found),
        ]
    )
    if "windows" in found:
        lines += [*_title(found), *_baselines(found), *_windows(found), *_one_thing(found), *_luck(found)]
    if "second_chance" in found:
        lines += _second(found)
    return [shown(line) for line in lines]


def moment(found: Found, tick: float | None) -> str:
    """hh:mm:ss of a tick, `never` for none."""
    if tick is None:
        return "never"
    start = found["clock"][0][11:19]
    at = sum(int(p) * f for p, f in zip(start.split(":"), (3600, 60, 1), strict=True)) + int(tick)
    return f"{at // 3600 % 24:02d}:{at // 60 % 60:02d}:{at % 60:02d}"


def span(seconds: float) -> str:
    """A span in words: 40 s, 11 min, 2 h 16 min."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def matters(found: Found, row: Found) -> bool:
    """Whether a row of one thing different came to something else than the run did."""
    return bool(row["effect"] != "same")


def verdict(w: Found) -> str:
    """How a window was met: never done, so much too late, or so much to spare."""
    if w["done_s"] is None:
        return "not all of it done" if w["what"] == "line" else "never done"
    late = w["done_s"] - w["closes_s"]
    return f"{span(late)} too late" if late > 0 else f"{span(-late)} to spare"


def in_time(w: Found) -> bool:
    """Whether an act was done before its window closed."""
    return w["done_s"] is not None and bool(w["done_s"] <= w["closes_s"])


def beside(found: Found) -> list[tuple[str, Found]]:
    """The run between its two baselines, each with its name."""
    return [("nobody acts", found["baselines"]["none"]), ("this crew", {"score": found["score"], **found["totals"]}),
            ("the plan in time", found["baselines"]["plan"])]  # fmt: skip


def _head(found: Found) -> list[str]:
    lines = ["TRAINING, NOT LIVE PLANT", f"{found['title']} (seed {found['seed']}, world {found['world']})"]
    if found["seal"]:
        lines.append(f"seal {found['seal']}")
    if not found["finished"]:
        lines += ["", found["headline"]["text"]]
    else:
        lines += ["", f"score {found['score']}"]
    for m in found["marks"]:
        lines.append(f"  {'+' if m['met'] else '-'} {m['mark']:<16} {m['clock'][11:]}  {m['evidence']}")
    lost = found["totals"]
    lines.append(f"  spilled {lost['spilled_m3']:.1f} m3 ({lost['spilled_kg'] / 1000:.1f} t)")
    return lines + [f"  {t['text']}" for t in found["trade"]]


def _title(found: Found) -> list[str]:
    """The night in a sentence, then where the plan allows longer than the plant does."""
    return ["", found["headline"]["text"], *(f["text"] for f in found["findings"])]


def _steps(found: Found) -> list[str]:
    """Five steps for each thing that went wrong, and alarms without a cause."""
    lines: list[str] = []
    for t in found["things"]:
        lines += ["", f"{t['text']} from {moment(found, t['onset_s'])}"]
        lines += [_step(found, s) for s in t["steps"]]
        if t["gap"]:
            lines.append(f"  known {moment(found, t['gap']['known_s'])}, acted on {span(t['gap']['seconds'])} later")
    lines += [""] if found["false_alarms"] else []
    return [*lines, *(f"  {moment(found, a['t_s'])}  {a['text']}" for a in found["false_alarms"])]


def _step(found: Found, s: Found) -> str:
    due = f" (until {moment(found, s['due_s'])})" if s["due_s"] is not None else ""
    if s["t_s"] is None:
        return f"  {s['step']:<8} never{due}"
    showed = f"; shown then: {s['showed']}" if s["showed"] else ""
    return f"  {s['step']:<8} {moment(found, s['t_s'])}{due}  {s['by']}: {s['act']}{showed}"


def _story(found: Found) -> list[str]:
    return ["", "What happened", *(f"  {s['clock'][11:19]}  {s['text']}" for s in found["story"])]


def _acts(found: Found) -> list[str]:
    if not found["acts"]:
        return ["", "The plan asked for nothing"]
    lines = ["", "What the plan asked for", f"  {'cue':<9} {'post':<13} {'done':<9} act"]
    for a in found["acts"]:
        lines.append(
            f"  {moment(found, a['expected_s']):<9} {a['post']:<13} {moment(found, a['done_s']):<9} {a['act']}: {how(found, a)}"
        )
    return lines


def who_did(a: Found) -> str:
    """Who did what the plan asked another for: a post, or a trip that somebody gave."""
    by = a["instead"]
    return str(by["post"]) if by["act"] == a["act"] else f"{by['act']} by {by['post']}"


def how(found: Found, a: Found) -> str:
    """How an act that the plan asked for was done: when, by whom, and what came of it."""
    if a["done_s"] is None:
        if "tried_s" in a:
            back = (
                f", taken back {moment(found, a['undone_s'])} by {a['undone_by']}" if a["undone_s"] is not None else ""
            )
            return f"tried {moment(found, a['tried_s'])}, {a['end']}" + (f": {a['why']}" if a["why"] else "") + back
        by = a["instead"]
        return f"never done; {who_did(a)} did it {moment(found, by['t_s'])}" if by else "never done"
    late = (
        f"{span(a['late_s'])} late"
        if a["late_s"]
        else "in time"
        if a["done_s"] >= a["expected_s"]
        else "before its cue"
    )
    end = ", not ended" if not a["end"] else "" if a["end_s"] == a["done_s"] else f", {a['end']}"
    end += f" {a['why']}, {moment(found, a['end_s'])}" if a["why"] else ""
    return (
        late
        + end
        + (f", taken back {moment(found, a['undone_s'])} by {a['undone_by']}" if a["undone_s"] is not None else "")
    )


def _misled(found: Found) -> list[str]:
    lines = ["", "Misled"] if found["misled"] else ["", "No instrument misled the crew"]
    for m in found["misled"]:
        gap = m["gap"]
        how = "should have acted and did not" if gap is None else (
            f"up to {gap['value']:.2f} {gap['unit']} beside the truth at {moment(found, gap['at_s'])}"
        )  # fmt: skip
        since = f"wrong since {moment(found, m['since_s'])}" if m["since_s"] else "wrong from the start"
        doubt = (
            f"first doubted {moment(found, m['first_doubt_s'])}" if m["first_doubt_s"] is not None else "never doubted"
        )
        lines.append(f"  {m['instrument']}: {since}, misled from {moment(found, m['onset_s'])}, {how}; {doubt}")
    return lines


def _load(found: Found) -> list[str]:
    lines = ["", "Alarm load for one operator (ISA-18.2: about 6 an hour, at most 10 in 10 min)"]
    for post, a in found["alarm_load"].items():
        soon = a["acknowledged_in_a_minute"]
        lines.append(
            f"  {post}: {a['alarms']} alarms, {a['an_hour']:.1f} an hour, peak {a['peak_10_min']} in 10 min, "
            f"{100 * a['flood_share']:.0f} % of the time in flood"
            + (f", {100 * soon:.0f} % acknowledged in a minute" if soon is not None else "")
        )
    return lines


RATINGS = {"P": "performed without challenges", "S": "performed with some challenges", "M": "performed with major challenges",
           "U": "unable to be performed", "": ""}  # fmt: skip
"""HSEEP's four, by their letter."""


def _ratings(found: Found) -> list[str]:
    lines = ["", "Marks of evaluators"] if found["ratings"] else []
    for r in found["ratings"]:
        rated = f"{r['rating']}, {RATINGS[r['rating']]}" if r["rating"] in RATINGS and r["rating"] else ""
        parts = [p for p in (r["mark"], rated, r["text"], f"machine: {r['machine']}" if r["machine"] else "") if p]
        lines.append(f"  {moment(found, r['t_s'])}  {'; '.join(parts)} ({r['by']})")
    return lines


def _baselines(found: Found) -> list[str]:
    rows = [f"  {name:<17} {its['score']:>8}  {its['spilled_m3']:8.1f} m3" for name, its in beside(found)]
    return ["", "Beside it", *rows]


WITHOUT_CLOSING = {
    "open": "open to the end",
    "harmful": "harmful: never doing it ends better",
    "useless": "made no difference",
}


def _windows(found: Found) -> list[str]:
    lines = ["", "Windows: the last moment at which each act would still have helped as much as on its cue"]
    for w in found["windows"]:
        done = f"done {moment(found, w['done_s'])}" if w["done_s"] is not None else verdict(w)
        if w["closes_s"] is None:
            lines.append(f"  {w['act']} ({w['post']}): {WITHOUT_CLOSING[w['kind']]}; {done}")
            continue
        how = verdict(w) if w["done_s"] is None else f"{done}, {verdict(w)}"
        lines.append(f"  {w['act']} ({w['post']}): closed {moment(found, w['closes_s'])} ({w['by']}); {how}")
    return lines


def _one_thing(found: Found) -> list[str]:
    lines = ["", f"One thing different (as it was: {found['score']}, {found['totals']['spilled_m3']:.1f} m3)"]
    rows = [row for row in found["one_thing"] if matters(found, row)]
    for row in rows:
        worse = "; worse" if row["effect"] == "worse" else ""
        lines.append(
            f"  {row['score']:>8} {row['spilled_m3']:8.1f} m3  {row['kind']:<12} {row['change']} ({row['was']}{worse})"
        )
    if len(found["one_thing"]) > len(rows):
        lines.append(f"  {len(found['one_thing']) - len(rows)} more would have made no difference")
    return lines


def _luck(found: Found) -> list[str]:
    its = found["luck"]
    end = f"worse in {its['worse']}, the same in {its['same']}, better in {its['better']} of {its['worlds']}"
    return [
        "",
        f"Luck: the same acts in {its['worlds']} other worlds end {end}"
        + (": a near miss" if its["near_miss"] else ": bad luck" if its["bad_luck"] else ""),
        *([f"  {its['differed']['text']}"] if its["differed"] else []),
    ]


def _second(found: Found) -> list[str]:
    its = found["second_chance"]
    return [
        "", f"Second chance from {moment(found, its['tick_s'])}, before the window of {its['act']} closed",
        f"  first course  {its['parent']['score']:>8}  {its['parent']['spilled_m3']:8.1f} m3",
        f"  second course {found['score']:>8}  {found['totals']['spilled_m3']:8.1f} m3",
    ]  # fmt: skip


def lanes(found: Json) -> list[tuple[str, int | None, int | None]]:
    """Acts of either course after the moment gone back to: (act, first course, second course)."""
    chance = found["second_chance"]
    both: dict[str, list[int | None]] = {}
    for n, acts in enumerate((chance["parent"]["acts"], found["acts"])):
        for a in acts:
            pair = both.setdefault(a["act"], [None, None])
            done = a["done_s"]
            if done is not None and done > chance["tick_s"] and (pair[n] is None or done < (pair[n] or 0)):
                pair[n] = done
    return [(act, a, b) for act, (a, b) in both.items() if (a, b) != (None, None)]
