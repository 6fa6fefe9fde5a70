"""What people are told to do: orders from the moment they are given to their end, and the lines of the plan.

An order is asked for, perhaps approved, begun by the part whose thing it is about, and ends PROVEN, FAILED or TIMED OUT.
A line of the plan gives its orders after its post's reaction, and ends when its proof or all its orders have come.
"""

from dataclasses import replace

import numpy as np

from twin.base.arrays import NEVER
from twin.engine.orders import names_of
from twin.engine.parts import WORDS, does
from twin.engine.row import Row, facts_of
from twin.engine.stage import Stage
from twin.engine.tasks import SPARE_ORDERS, tasks
from twin.language.sentence import tokens
from twin.parts import interlock, people
from twin.parts.action import (
    ACTIVE,
    CONSENT,
    FAILED,
    IDLE,
    LEFT,
    PHASES,
    PROVE,
    PROVEN,
    REACT,
    TIMED_OUT,
    WAIT,
    WALK,
    WORK,
    Action,
    Begun,
    Order,
    answers,
)
from twin.parts.part import Does
from twin.text.say import Said, say

CONSENT_S = 300
_TASKS = tasks()


class Plan:
    """Orders and lines of all worlds of a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.model = stage, stage.model
        self.first = {name: stage.model.tasks.first(name) for name in ("lines", "orders", "repeats", "injects")}
        facts = facts_of(stage.model)
        self.rows = [Row(stage, self, at, facts) for at in range(len(stage.numbers))]

    def put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        """A cell enters a phase; one that goes on falls asleep."""
        self.stage.put(row, cell, phase, due)
        if phase in ACTIVE:
            self.sleep(row, cell)

    def sleep(self, row: int, cell: int) -> None:
        """A cell sleeps until its time or its proof."""
        self.stage.sleep(row, cell, self.proof_of(row, cell))

    def proof_of(self, row: int, cell: int) -> int:
        """The edge column that proves what a cell waits for, -1 when only time does."""
        if self.stage.world.table.phase[row, cell] not in {PROVE, TIMED_OUT}:
            return -1
        kind, number = self.model.tasks.kind(cell)
        if kind == "orders":
            order = self.stage.orders.get((row, cell))
            return order.proof if order else -1
        if kind == "lines":
            return self._line_proof(number) if self.model.plan[number].has_proof else -1
        proof = _TASKS[kind][1].proof if kind in _TASKS else None
        return proof(self.rows[row], number) if proof is not None else -1

    def late(self, row: int) -> list[int]:
        """Cells that timed out and that a later proof may still make PROVEN."""
        late = np.flatnonzero(self.stage.world.table.phase[row] == TIMED_OUT).tolist()
        return [cell for cell in late if self.proof_of(row, cell) >= 0]

    def _line_proof(self, line: int) -> int:
        return self.stage.columns.end + len(self.model.plan) + line

    # an order is given

    def give(self, row: int, post: int, action: Action, line: int, *, by_plan: bool, cell: int = -1) -> Said | None:
        """A post does something or tells somebody to. Returns why not, or None when it is under way or done."""
        name = self.model.posts.names[post]
        why = self.model.posts.refusal(name, action)
        if why is None and cell < 0:
            cell = self._spare(row)
            if cell < 0:
                why = say("why.too-many-orders")
        if why is None:
            why = self._start(row, Order(post, action, line, by_plan, self.stage.world.tick, cell))
        if why is not None:
            self.refuse(row, name, action, why)
        return why

    def refuse(self, row: int, post: str, action: Action, why: Said) -> None:
        """Tells that an order of a post is refused, and why."""
        said = say("order.refused", who=post, act=action.sentence, why=why)
        self.stage.emit(row, "refused", action.thing or action.verb, said, post)

    def _spare(self, row: int) -> int:
        first = self.model.tasks.after("orders") - SPARE_ORDERS
        phases = self.stage.world.table.phase[row, first : first + SPARE_ORDERS].tolist()
        free = [i for i, phase in enumerate(phases) if phase not in ACTIVE]
        idle = [i for i in free if phases[i] == IDLE]
        return first + (idle or free)[0] if free else -1

    def _start(self, row: int, order: Order) -> Said | None:
        """Begins an order, or asks for the consents that it needs; why not."""
        action, posts = order.action, self.model.posts
        needed = posts.consent.get((posts.names[order.post], action.verb), ())
        if not needed:
            return self._do(row, order)
        order = replace(order, consents=frozenset(str(p) for p in needed))
        for asked in sorted(order.consents):
            if self.stage.on_plan(row, self.model.post(asked)) and not order.by_plan:
                return say("why.does-not-approve", post=asked)
        who, asked_of = posts.names[order.post], tuple(say("plain", text=p) for p in sorted(order.consents))
        said = say("said.asks", who=who, posts=asked_of, act=action.sentence)
        self.stage.emit(row, "said", action.thing, said, who)
        self.stage.orders[(row, order.cell)] = order
        self.put(row, order.cell, CONSENT, self.stage.world.tick + self._consent_ticks(row, order))
        return None

    def _consent_ticks(self, row: int, order: Order) -> int:
        """How long an order waits for consent: the slowest reaction when only posts on the plan are asked."""
        asked = [self.model.post(p) for p in sorted(order.consents)]
        if not all(self.stage.on_plan(row, p) for p in asked):
            return CONSENT_S
        name = f"{order.action.sentence}.consent"
        return max(int(np.ceil(self.stage.reaction_s(row, p, name, 0))) for p in asked)

    def _do(self, row: int, order: Order) -> Said | None:
        """Carries an order out as far as it goes now; returns why it cannot be."""
        begun = interlock.refusal(self.rows[row], order) or self.begin(row, order)
        if isinstance(begun, Said):
            return begun
        self._accepted(row, begun.order)
        self.rows[row].keep(begun)
        if begun.phase not in ACTIVE:
            self._noted(row, begun.order, begun.phase)
            self._ended(row, begun.order)
        elif begun.phase == PROVE and self.stage.shows(row, begun.order.proof):
            self.finish(begun.order, row, PROVEN)
        return None

    def begin(self, row: int, order: Order) -> Begun | Said:
        """Does what can be done at once, and says what the order waits for then."""
        return self._does(order).begin(self.rows[row], order)

    @staticmethod
    def _does(order: Order) -> Does:
        its = does(order.action.verb, order.action.kind)
        assert its is not None, order.action
        return its

    def _accepted(self, row: int, order: Order) -> None:
        """An order was given: it is told, counts for cues, and marks the lines that ask for it."""
        action = order.action
        post = self.model.posts.names[order.post]
        self.stage.emit(
            row, "command", action.thing or action.verb, say("order.given", who=post, act=action.sentence), post
        )
        self.stage.note(row, order)
        self.stage.happen(row, action.verb, action.thing, observed=False)
        for about in tokens(action.to) if action.verb == "tell" else ():
            self.stage.happen(row, action.verb, names_of(action.thing, about), observed=False)
        for number in self._lines_for(row, order):
            self._line_done(row, number)

    def _lines_for(self, row: int, order: Order) -> list[int]:
        """The lines that an order is for: of its post, asked for by their cue; what another line gave is for that alone."""
        asked = self.stage.past.asked[row]
        return [
            number for number, line in enumerate(self.model.plan)
            if number in asked and line.post == order.post and order.line in {-1, number}
            and any(order.action.answers(a) for a in line.actions)
        ]  # fmt: skip

    def _line_done(self, row: int, number: int) -> None:
        """An act that a line asks for was given: with it the line is under way, and proven where its proof holds already."""
        world = self.stage.world
        world.accepted[row, number] = True
        if self.model.plan[number].has_proof and self.stage.shows(row, self._line_proof(number)):
            world.proven[row, number] = True

    def _did(self, row: int, number: int, end: str = "") -> list[bool]:
        """Which acts of a line were given (or ended so) for it: since its cue, or before and not failed or taken back until then."""
        line, cue = self.model.plan[number], self.stage.past.asked[row][number]
        done = [False] * len(line.actions)
        for act in self.stage.past.acts[row]:
            for n, action in enumerate(line.actions):
                mine = act.post == self.model.posts.names[line.post] and act.line in {-1, number}
                if mine and answers((act.verb, act.thing, act.to), action.key):
                    failed = act.tick < cue and act.end in {PHASES[FAILED], PHASES[TIMED_OUT]}
                    done[n] = act.end == end or (done[n] and not failed)
                elif act.tick < cue and act.thing == action.thing and WORDS.verbs[act.verb].undoes == action.verb:
                    done[n] = False
        return done

    # an order goes on, and ends

    def go_on(self, row: int, order: Order) -> None:
        """The next step of an order whose cell woke."""
        phase = int(self.stage.world.table.phase[row, order.cell])
        its, at = self._does(order), self.rows[row]
        if phase == WALK:
            people.arrived(at, order)
            if its.work is None:
                self.finish(order, row, PROVEN)
            else:
                self.put(row, order.cell, WORK, self.stage.world.tick + its.work(at, order))
        elif phase == WORK:
            why = its.worked(at, order) if its.worked is not None else None
            self.finish(order, row, FAILED if why else PROVEN, why)
        elif phase == CONSENT:
            self._consent_ends(row, order)
        elif phase == WAIT:
            self.finish(order, row, TIMED_OUT, say("why.nobody-free"))
        elif self.stage.shows(row, order.proof):
            self.finish(order, row, PROVEN, say("why.late") if phase == TIMED_OUT else None)
        elif phase == PROVE:
            found = its.due(at, order) if its.due is not None else False
            if isinstance(found, Said):
                self.finish(order, row, TIMED_OUT, found)
            elif found:
                self.finish(order, row, PROVEN)
            else:
                unseen = say("why.nothing-shows", thing=order.thing) if order.proof < 0 else None
                self.finish(order, row, TIMED_OUT, unseen)

    def consent(self, order: Order, row: int, post: str) -> None:
        """A post approves; with the last consent the order begins."""
        order = replace(order, consents=order.consents - {post})
        self.stage.orders[(row, order.cell)] = order
        if order.consents:
            return
        begun = self.begin(row, order)
        if isinstance(begun, Said):
            self.finish(order, row, FAILED, begun)
            return
        self._accepted(row, begun.order)
        self.rows[row].keep(begun)
        if begun.phase == PROVEN:
            self.finish(begun.order, row, PROVEN)

    def _consent_ends(self, row: int, order: Order) -> None:
        """Posts on the plan approve what the plan asks, at their reaction; without every consent the order fails."""
        by_plan = {p for p in order.consents if order.by_plan and self.stage.on_plan(row, self.model.post(p))}
        for post in sorted(by_plan):
            self.consent(self.stage.orders[(row, order.cell)], row, post)
        missing = sorted(order.consents - by_plan)
        if missing:
            names = tuple(say("plain", text=p) for p in missing)
            self.finish(order, row, FAILED, say("why.did-not-approve", posts=names))

    def finish(self, order: Order, row: int, phase: int, why: Said | None = None) -> None:
        """An order ends PROVEN, FAILED or TIMED OUT."""
        order = self.stage.orders[(row, order.cell)]
        self.stage.put(row, order.cell, phase)
        post = self.model.posts.names[order.post]
        act, ended = order.action.sentence, say(f"phase.{PHASES[phase]}")
        said = say("order.ends", act=act, who=post, phase=ended)
        if why is not None:
            said = say("order.ends-why", act=act, who=post, phase=ended, why=why)
        self.stage.emit(row, "order", order.thing or order.action.verb, said, post)
        self._noted(row, order, phase, why)
        people.release(self.rows[row], order)
        self._ended(row, order)
        if phase == TIMED_OUT and order.proof >= 0:
            self.sleep(row, order.cell)

    def _noted(self, row: int, order: Order, phase: int, why: Said | None = None) -> None:
        """An order ended: lines without a proof of their own are proven once all their acts are."""
        self.stage.note(row, order, PHASES[phase], why)
        for number in self._lines_for(row, order) if phase == PROVEN else ():
            if not self.model.plan[number].has_proof and all(self._did(row, number, PHASES[PROVEN])):
                self.stage.world.proven[row, number] = True

    def _ended(self, row: int, order: Order) -> None:
        """Tells the plan line of an order that it has ended."""
        if order.line >= 0:
            self.check_line(row, order.line)

    # lines of the plan

    def begin_line(self, row: int, number: int) -> None:
        """The cue of a line came: its post notices, and acts after its reaction time."""
        world, line = self.stage.world, self.model.plan[number]
        cell = self.first["lines"] + number
        if not self.stage.on_plan(row, line.post) or world.line_dropped[row, number]:
            return
        epoch = int(world.table.epoch[row, cell])
        world.table.epoch[row, cell] += 1
        reaction = self.stage.reaction_s(row, line.post, f"{line.name}.reaction", epoch)
        delay = reaction + float(world.line_delay_s[row, number])
        self.put(row, cell, REACT, world.tick + max(1, int(np.ceil(delay))))

    def line_goes_on(self, row: int, number: int) -> None:
        """The post of a line has reacted, or its proof has come."""
        world, cell = self.stage.world, self.first["lines"] + number
        if world.table.phase[row, cell] == REACT:
            self._give_all(row, number)
            self.put(row, cell, PROVE)
        self.check_line(row, number)

    def _give_all(self, row: int, number: int) -> None:
        """All orders of a line, save those of its last round that are still under way."""
        table, line = self.stage.world.table, self.model.plan[number]
        cells = [self.first["orders"] + order for order in line.orders]
        for cell in cells:  # what an earlier round came to is no proof of this one
            if table.phase[row, cell] not in ACTIVE:
                table.put(row, cell, IDLE)
        for action, cell in zip(line.actions, cells, strict=True):
            left_out = (line.name, action.sentence) in self.stage.overrides[row].acts_dropped
            if table.phase[row, cell] in ACTIVE or left_out:
                continue
            if self.give(row, line.post, action, number, by_plan=True, cell=cell):
                table.put(row, cell, FAILED)

    def check_line(self, row: int, number: int) -> None:
        """Ends a line when its proof holds, or when all its orders have ended."""
        world, line = self.stage.world, self.model.plan[number]
        cell = self.first["lines"] + number
        phase = int(world.table.phase[row, cell])
        if phase not in {PROVE, TIMED_OUT}:
            return
        phases = [int(world.table.phase[row, self.first["orders"] + o]) for o in line.orders]
        if line.has_proof:
            proven = bool(world.accepted[row, number]) and self.stage.shows(row, self._line_proof(number))
        else:
            proven = all(p == PROVEN for p in phases)
        if proven:
            world.proven[row, number] = True
            world.table.put(row, cell, PROVEN)
        elif phase == PROVE and not any(p in ACTIVE for p in phases):
            failed = any(p == FAILED for p in phases)
            self.put(row, cell, FAILED if failed and not line.has_proof else TIMED_OUT)
            self.sleep(row, cell)

    def repeat(self, row: int, number: int) -> None:
        """A line that comes round again and again while its cue holds."""
        world, cell = self.stage.world, self.first["repeats"] + number
        if not world.holds[row, number]:
            self.put(row, cell, IDLE)
            return
        self.put(row, cell, WORK, world.tick + self.model.plan[number].every_ticks)
        self._round(row, number)
        if world.table.phase[row, self.first["lines"] + number] not in ACTIVE:
            self.begin_line(row, number)

    def _round(self, row: int, number: int) -> None:
        """A line that comes round again and again asks for its acts now."""
        if self.model.plan[number].every_ticks:
            self.stage.past.rounds[row].setdefault(number, []).append(self.stage.world.tick)

    def cue_comes(self, row: int, number: int) -> None:
        """The cue of a line begins to hold."""
        world = self.stage.world
        if number not in self.stage.past.asked[row]:
            self.stage.past.asked[row][number] = world.tick
            if any(self._did(row, number)):
                self._line_done(row, number)
        self._round(row, number)
        if world.table.phase[row, self.first["lines"] + number] not in ACTIVE:
            self.begin_line(row, number)
        every = self.model.plan[number].every_ticks
        if every:
            self.put(row, self.first["repeats"] + number, WORK, world.tick + every)

    # seats

    def sit_down(self, row: int, post: int) -> None:
        """A person sits down: the plan's lines of this post are left as they are."""
        self.stage.write("posts").on_plan[row, post] = False
        for number, line in enumerate(self.model.plan):
            cell = self.first["lines"] + number
            if line.post == post and self.stage.world.table.phase[row, cell] in ACTIVE:
                self.put(row, cell, LEFT)

    def hand_back(self, row: int, post: int) -> None:
        """A post goes back to the plan: lines whose cue stands and that are not proven begin."""
        self.stage.write("posts").on_plan[row, post] = True
        world = self.stage.world
        for number, line in enumerate(self.model.plan):
            if line.post == post and world.holds[row, number] and not world.proven[row, number]:
                self.begin_line(row, number)
