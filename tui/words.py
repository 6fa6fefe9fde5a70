"""All words of the console in one table: a second language is a file like this one."""

BADGE = "TWIN"
TRAINING = "TRAINING, NOT LIVE PLANT"
W = {
    "run": "RUN x{speed:g}",
    "frozen": "FROZEN",
    "ended": "ENDED",
    "sim": "SIM",
    "guided": "GUIDED",
    "assessed": "ASSESSED",
    "alarms": "ALARMS {count}",
    "unacked": "{count} unack",
    "flood": "FLOOD {rate}/10 min",
    "trip": "{count} TRIP",
    "bypass": "{count} BYPASS",
    "wind": "WIND {wind}",
    "tanks": "TANKS {count}",
    "abnormal first": "abnormal first",
    "normal": "normal",
    "first out": "first out {tag}",
    "shelved": "{count} shelved",
    "no alarm": "no alarm",
    "log": "LOG AND RADIO",
    "procedure": "PROCEDURE",
    "no lines": "the plan has no line for this seat",
    "pending": "PENDING",
    "nothing pending": "nothing pending",
    "trend": "TREND",
    "trend add": "no signal chosen: move to a tank or an alarm and press t",
    "why": "WHY IT HAPPENS",
    "do": "WHAT TO DO",
    "now": "now",
    "limit": "limit",
    "raised": "raised",
    "assessed help": "assessed: cause and limit only",
    "send this": "Enter sends",
    "no step": "the plan has no step for you; : gives any order",
    "confirm": "This needs its word. Type {word} and Enter, or Esc to leave it.",
    "confirm does": "does    {sentence}",
    "confirm who": "by      {post}",
    "refused": "{post}: {reason}",
    "asked": "asked: {sentence}",
    "leave?": "Leave? Everything is kept.  y leave   Esc stay",
    "small": "This window is {columns}x{rows}; 80x24 is needed. The plant runs on.",
    "plant stopped": "The plant stopped: {why}  q leaves; the run is kept.",
    "hint": "HINT {line}: {do}  because {because}   x hides, X no more",
    "keys title": "KEYS",
    "lobby choose": "Choose a drill",
    "lobby seat": "Your seat",
    "lobby mode": "Mode",
    "lobby guided": "Guided    hints, named at the end",
    "lobby assessed": "Assessed  no hints, no steps",
    "lobby last": "Last time",
    "lobby never": "not yet",
    "lobby start": "Enter starts {title} as {seat}, {mode}",
    "lobby plan": "plan",
    "lobby you": "you",
    "lobby counts": "What counts",
    "lobby unfinished": "Unfinished run",
    "lobby continue": "c  continue {name}",
    "lobby space": "Space takes or leaves a seat. Seats nobody takes act by the plan.",
    "before": "The time before the drill",
    "end title": "END OF DRILL",
    "end hints": "Hints taken",
    "end none": "none",
    "end proof": "proof   twin verify {path}",
    "end again": "Enter back to the list   q leave",
    "end trade": "stopping cost the ship {hours:.0f} h: shown, never scored",
}  # fmt: skip

COUNTS = (
    ("1", "nobody killed, nobody hurt"),
    ("0", "containment: nothing leaves a tank"),
    ("0", "detection: you act before the plant does"),
    ("0", "isolation: the flow is stopped, and proven"),
    ("0", "call and muster: help and head count by the plan"),
    ("0", "environment: nothing past the bund"),
    ("0", "plant saved: no equipment lost"),
)

SEATS = {
    "control-room": "Control room",
    "field": "Field operator",
    "supervisor": "Shift supervisor",
    "fire-crew": "Fire crew",
    "safety": "Safety officer",
    "principal": "Main person in charge",
}

TABS = (("1", "Tanks"), ("2", "Alarms"), ("3", "Log"), ("6", "Plan"), ("7", "Trend"))
"""Tabs of this version; 4 map, 5 crews and 8 trips come with their parts."""

ROOM_KEYS = (("a", "Ack"), ("h", "Help"), ("o", "Order"), ("r", "Radio"), ("t", "Trend"), ("p", "Plan"),
             (":", "Command"), ("?", "Keys"), ("q", "Leave"))  # fmt: skip
HELP_KEYS = (("enter", "Send step"), ("a", "Ack"), ("s", "Shelve"), (":", "Command"), ("esc", "Back"))
LOBBY_KEYS = (("enter", "Start"), ("space", "Seat"), ("g", "Mode"), ("c", "Continue"), ("?", "Keys"), ("q", "Leave"))

ALL_KEYS = (
    ("1 2 3 6 7", "tanks, alarms, log, plan, trend"),
    ("arrows", "move; Enter acts on the row; Esc goes back"),
    ("a  A", "acknowledge this alarm, or all"),
    ("s", "shelve this alarm, with time and reason"),
    ("h", "help on this alarm; Enter there sends the step"),
    ("o  :", "give an order: Tab completes, Up and Down are the history"),
    ("r", "radio: say something to a post"),
    ("t", "trend of this tank or alarm"),
    ("p", "procedure: the lines of your role card"),
    ("space", "freeze the clock, or run on"),
    (",  .", "slower, faster"),
    ("x  X", "hide the hint; no more hints"),
    ("q", "leave: everything is kept, --resume goes on"),
    (":skip to next alarm", "the clock goes on at full speed; :skip 5 min, :end"),
)
