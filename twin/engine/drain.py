"""What the inbox does: commands of people, and cells of the process table whose time or proof has come.

All that is written between two scans is written here, world by world, in the order (row, rank, source).
"""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.base import chance
from twin.base.arrays import NEVER
from twin.base.units import show
from twin.engine import errands, verbs
from twin.engine import world as worlds_
from twin.engine.instructor import INSTRUCTOR, MOST_STANDING, Standing, holds
from twin.engine.orders import OUTSIDE, Answer, Order
from twin.farm import state
from twin.farm.words import EVENTS
from twin.response import crew, table
from twin.response.deed import HANDS, Deed

if TYPE_CHECKING:
    from twin.engine.block import Block
REACTION_SIGMA = 0.4
CONSENT_S = 300


class Drain:
    """The writing half of a block."""

    def __init__(self, block: "Block") -> None:
        self.block = block
        self.model = block.model
        self.cells = block.model.cells
        self.copy: state.Controls | None = (
            None  # the controls that may be written in place until the plant has read them
        )

    # notes

    def run(self, notes: list[tuple[Any, ...]]) -> None:
        """All notes of one scan."""
        for note in notes:
            if note[1] == OUTSIDE:
                answer = self._outside(note[0], note[3])
                if note[4] is not None:
                    note[4](answer)
            elif self.block.world.table.count[note[0], note[2]] == note[3]:  # else the cell has gone on
                self._advance(note[0], note[2])

    def _outside(self, row: int, command: Any) -> "Answer":
        posts = self.model.authority.posts
        deed: Deed = command.deed
        if command.post == INSTRUCTOR and not command.acts_for:
            return self._instructed(row, command)
        if command.acts_for:
            command = dataclasses.replace(command, post=command.acts_for)
        post = posts.index(command.post)
        if command.for_plan:
            reason = self.give(row, post, deed, line=-1, by_plan=bool(self.controls.on_plan[row, post]))
            return Answer(not reason, reason)
        if self.controls.on_plan[row, post] and deed.verb not in {"take"}:
            reason = f"{command.post} is on the plan; take it first."
            self.block.emit(row, "refused", deed.thing or deed.verb, f"{command.post}: {deed.sentence}: {reason}")
            return Answer(False, reason)
        reason = self.give(row, post, deed, line=-1, by_plan=False)
        return Answer(not reason, reason)

    def _instructed(self, row: int, command: Any) -> Answer:
        """The instructor acts on the world, now or when a condition holds."""
        standing = self.block.standing
        if command.cue is not None:
            if len(standing) >= MOST_STANDING:
                return Answer(False, "too many conditions wait: let some fire first.")
            standing.append(Standing(row, command.deed, command.sentence, self.block.world.tick, cue=command.cue))
            self.block.emit(row, "armed", command.deed.thing or command.deed.verb, f"instructor: {command.sentence}")
            return Answer(True)
        reason = verbs.instructed(self, row, command.deed)
        return Answer(not reason, reason)

    def stand(self) -> None:
        """What of the instructor is due at this scan: ways, returns, and conditions that the last scan found to hold."""
        tick = self.block.world.tick
        waiting, self.block.standing = self.block.standing, []
        for its in waiting:
            if its.form == "over":
                verbs.on_its_way(self, its)
            elif its.due <= tick and its.form == "back":
                verbs.back(self, its)
            elif its.due <= tick:
                verbs.instructed(self, its.row, its.deed)
            if (its.form == "over" and tick < its.due) or its.due > tick:
                self.block.standing.append(its)

    def look(self) -> None:
        """At the end of a scan: conditions that hold are due at the next one."""
        for n, its in enumerate(self.block.standing):
            if its.form == "when" and its.due >= NEVER and holds(self.block, its):
                self.block.standing[n] = dataclasses.replace(its, due=self.block.world.tick + 1)

    @property
    def controls(self) -> state.Controls:
        """What is set now; to be read only."""
        return self.block.world.controls

    def write(self) -> state.Controls:
        """The controls, copied before the first write, so that who kept them sees that they changed."""
        world = self.block.world
        if self.copy is None or world.controls is not self.copy:
            world.controls = self.copy = worlds_.copied_controls(world.controls)
        return world.controls

    # orders

    def give(self, row: int, post: int, deed: Deed, line: int, by_plan: bool, cell: int = -1) -> str:
        """A post does something or tells somebody to. Returns why not, or "" when it is under way or done."""
        name = self.model.authority.posts[post]
        reason = self.model.authority.refusal(name, deed, self.model.names)
        if not reason and cell < 0:
            cell = self._spare(row)
            if cell < 0:
                reason = "too many orders are open: wait for one to end."
        if not reason:
            reason = self._start_order(row, cell, post, deed, line, by_plan)
        if reason:
            self.block.emit(row, "refused", deed.thing or deed.verb, f"{name}: {deed.sentence}: {reason}")
            return reason
        return ""

    def _spare(self, row: int) -> int:
        first = self.cells.end - table.SPARE_ORDERS
        phases = self.block.world.table.phase[row, first:]
        free = [i for i, phase in enumerate(phases.tolist()) if phase not in table.ACTIVE]
        idle = [i for i in free if phases[i] == table.IDLE]
        if idle:
            return first + idle[0]
        return first + free[0] if free else -1

    def _start_order(self, row: int, cell: int, post: int, deed: Deed, line: int, by_plan: bool) -> str:
        world = self.block.world
        order = Order(post, deed, line, by_plan, world.tick)
        needed = self.model.authority.consent.get((self.model.authority.posts[post], deed.verb), ())
        if needed:
            order = self._asking(row, cell, order, needed)
            missing = [p for p in sorted(order.consents) if self._cannot_ask(row, p, by_plan=by_plan)]
            if missing:
                return f"{missing[0]} does not approve: on the plan it approves only what the plan asks."
            name = self.model.authority.posts[post]
            asked = ", ".join(sorted(order.consents))
            self.block.emit(row, "said", deed.thing, f"{name} asks {asked} to approve: {deed.sentence}")
            self.block.orders[(row, cell)] = order
            self._put(row, cell, table.CONSENT, world.tick + self._consent_ticks(row, order))
            return ""
        return self._do(row, cell, order)

    def _asking(self, row: int, cell: int, order: "Order", needed: tuple[str, ...]) -> "Order":
        return dataclasses.replace(order, consents=frozenset(str(p) for p in needed))

    def _consent_ticks(self, row: int, order: "Order") -> int:
        """How long an order waits for consent: the slowest reaction when only posts on the plan are asked."""
        asked = [self.model.post(p) for p in sorted(order.consents)]
        if not all(self.controls.on_plan[row, p] for p in asked):
            return CONSENT_S
        return max(int(np.ceil(self._reaction(row, p, f"{order.deed.sentence}.consent", 0))) for p in asked)

    def _reaction(self, row: int, post: int, name: str, count: int) -> float:
        """Seconds in which a post reacts this time."""
        median = float(self.controls.reacts_s[row, post]) * (2.0 if self.block.world.slow[row] else 1.0)
        return chance.lognormal(median, REACTION_SIGMA, self.block.seed, self.block.numbers[row], name, count)

    def _cannot_ask(self, row: int, post: str, *, by_plan: bool) -> bool:
        on_plan = self.controls.on_plan[row, self.model.post(post)]
        return bool(on_plan) and not by_plan

    def _do(self, row: int, cell: int, order: "Order") -> str:
        """Carries an order out as far as it goes now; returns why it cannot be."""
        result = verbs.begin(self, row, cell, order)
        if isinstance(result, str):
            return result
        self.accepted(row, result.order)
        self.block.orders[(row, cell)] = result.order
        self._put(row, cell, result.phase, result.due)
        if result.phase not in table.ACTIVE:
            self.noted(row, result.order, result.phase)
            self.ended(row, cell)
        elif result.phase == table.PROVE and self.shows(row, result.order.proof):
            self.finish(row, cell, table.PROVEN)
        return ""

    def accepted(self, row: int, order: "Order") -> None:
        """An order was given: it is told, counts for cues, and marks the lines that ask for it."""
        deed = order.deed
        post = self.model.authority.posts[order.post]
        self.block.emit(row, "command", deed.thing or deed.verb, f"{post}: {deed.sentence}")
        self.block.note(row, order.post, deed)
        self.block.happen(row, deed.verb, deed.thing, observed=False)
        for number, line in enumerate(self.model.lines):
            if any(_same(d, deed) for d in line.deeds):
                self.block.world.accepted[row, number] = True
                if line.has_proof and self.shows(row, self.line_proof(number)):
                    self.block.world.proven[row, number] = True

    def noted(self, row: int, order: "Order", phase: int) -> None:
        """An order ended: lines without a proof of their own are proven once all their acts are, whoever gave them."""
        self.block.note(row, order.post, order.deed, table.PHASES[phase])
        if phase != table.PROVEN:
            return
        for number, line in enumerate(self.model.lines):
            if line.has_proof or not any(_same(d, order.deed) for d in line.deeds):
                continue
            done = {(a.verb, a.thing, a.to) for a in self.block.acts[row] if a.end == table.PHASES[table.PROVEN]}
            if all((d.verb, d.thing, d.to) in done for d in line.deeds):
                self.block.world.proven[row, number] = True

    def _put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        self.block.world.table.put(row, cell, phase, due)
        if phase in table.ACTIVE:
            self.block.wait(row, cell)

    def put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        """A cell enters a phase; its waiter starts."""
        self._put(row, cell, phase, due)

    def shows(self, row: int, column: int) -> bool:
        """Whether a proof holds as of the last scan."""
        if column < 0:
            return False
        world, at = self.block.world, self.block.at
        if column >= at.holds:
            return bool(world.holds[row, column - at.holds])
        return bool(world.edges[row, column])

    def finish(self, row: int, cell: int, phase: int, why: str = "") -> None:
        """An order ends PROVEN, FAILED or TIMED OUT."""
        order = self.block.orders[(row, cell)]
        self.block.world.table.put(row, cell, phase)
        post = self.model.authority.posts[order.post]
        text = f"{order.deed.sentence} by {post}: {table.PHASES[phase]}" + (f", {why}" if why else "")
        self.block.emit(row, "order", order.deed.thing or order.deed.verb, text)
        self.noted(row, order, phase)
        errands.release(self, row, cell, order)
        self.ended(row, cell)
        if phase == table.TIMED_OUT and order.proof >= 0:
            self.block.wait(row, cell)

    def ended(self, row: int, cell: int) -> None:
        """Tells the plan line of an order that it has ended."""
        line = self.block.orders[(row, cell)].line
        if line >= 0:
            self._check_line(row, line)

    def orders_in(self, row: int, phase: int) -> list[tuple[int, "Order"]]:
        """The orders of one world that are in a phase, by cell."""
        first = self.cells.orders
        cells = np.flatnonzero(self.block.world.table.phase[row, first:] == phase) + first
        return [(cell, self.block.orders[(row, cell)]) for cell in cells.tolist()]

    # cells

    def proof_of(self, row: int, cell: int) -> int:
        """The edge column that proves what a cell waits for, -1 when only time does."""
        kind, number = self.cells.kind(cell)
        phase = self.block.world.table.phase[row, cell]
        if phase not in {table.PROVE, table.TIMED_OUT}:
            return -1
        if kind == "orders":
            order = self.block.orders.get((row, cell))
            return order.proof if order else -1
        if kind == "lines" and self.model.lines[number].has_proof:
            return self.line_proof(number)
        if kind == "trips" and self.model.interlock_proof[number] >= 0:
            return self.block.at.holds + int(self.model.interlock_proof[number])
        return -1

    def line_proof(self, line: int) -> int:
        return self.block.at.holds + len(self.model.lines) + line

    def late_proofs(self, row: int) -> list[int]:
        """Cells that timed out and that a later proof may still make PROVEN."""
        late = np.flatnonzero(self.block.world.table.phase[row] == table.TIMED_OUT).tolist()
        return [cell for cell in late if self.proof_of(row, cell) >= 0]

    def _advance(self, row: int, cell: int) -> None:
        kind, number = self.cells.kind(cell)
        getattr(self, f"_advance_{kind}")(row, cell, number)

    def _advance_injects(self, row: int, cell: int, number: int) -> None:
        inject = self.model.injects[number]
        self._put(row, cell, table.PROVEN)
        self.block.world.accepted[row, len(self.model.lines) + number] = True
        self.block.world.proven[row, len(self.model.lines) + number] = True
        for i, deed in enumerate(inject.deeds):
            if inject.post >= 0:
                self.give(row, inject.post, deed, line=-1, by_plan=True)
            elif deed.cell not in self.block.sound[row]:
                verbs.inject(self, row, inject, inject.first_act + i, deed)

    def _advance_reverts(self, row: int, cell: int, number: int) -> None:
        self._put(row, cell, table.IDLE)
        verbs.revert(self, row, number)

    def _advance_senders(self, row: int, cell: int, number: int) -> None:
        starts = self.block.world.table.phase[row, cell] == table.STARTING
        self._put(row, cell, table.IDLE)
        controls = self.write()
        name = self.model.plant.transfers[number]
        controls.sending[row, number] = starts
        if not starts:
            controls.running[row, number] = False
        self.block.emit(row, "transfer", name, f"the sender of {name} {'pumps' if starts else 'has stopped'}")
        for its, order in self.orders_in(row, table.PROVE):
            if (order.deed.thing, order.deed.verb) == (name, "start" if starts else "stop"):
                self.finish(row, its, table.PROVEN)

    def _advance_trips(self, row: int, cell: int, number: int) -> None:
        world = self.block.world
        name = self.model.interlocks.names[number]
        column = self.proof_of(row, cell)
        if world.table.phase[row, cell] == table.REACT:
            for deed in self.model.interlock_deeds[number]:
                verbs.by_interlock(self, row, deed)
            if self.model.interlock_proof[number] < 0:
                self._put(row, cell, table.IDLE)
                return
            self._put(row, cell, table.PROVE, world.tick + int(self.model.interlocks.proof_ticks[number]))
            column = self.proof_of(row, cell)
            if not self.shows(row, column):
                return
        if self.shows(row, column):
            self._put(row, cell, table.PROVEN)
            self.block.emit(row, "trip-proven", name, f"{name}: the stroke is proven")
        else:
            self._put(row, cell, table.FAILED)
            self.block.emit(row, "trip-unproven", name, f"{name}: NOT PROVEN in time")

    def _advance_bypasses(self, row: int, cell: int, number: int) -> None:
        self._put(row, cell, table.IDLE)
        name = self.model.interlocks.names[number]
        self.write().bypassed[row, number] = False
        self.block.emit(row, "bypass", name, f"the bypass of {name} ended by itself: it is in service again")

    def _advance_shelves(self, row: int, cell: int, number: int) -> None:
        self._put(row, cell, table.IDLE)
        self.write().shelved[row, number] = False

    def _advance_sightings(self, row: int, cell: int, number: int) -> None:
        self._put(row, cell, table.IDLE)
        word, thing, _ = self.model.happened[number]
        self.block.happen(row, word, thing, observed=True)

    def _advance_repeats(self, row: int, cell: int, number: int) -> None:
        world = self.block.world
        line = self.model.lines[number]
        if not world.holds[row, number]:
            self._put(row, cell, table.IDLE)
            return
        self._put(row, cell, table.WORK, world.tick + line.every_ticks)
        if world.table.phase[row, self.cells.lines + number] not in table.ACTIVE:
            self.begin_line(row, number)

    def _advance_lines(self, row: int, cell: int, number: int) -> None:
        world = self.block.world
        if world.table.phase[row, cell] == table.REACT:
            line = self.model.lines[number]
            first = self.cells.orders
            for order in line.orders:  # what an earlier round came to is no proof of this one
                if world.table.phase[row, first + order] not in table.ACTIVE:
                    world.table.put(row, first + order, table.IDLE)
            for deed, order in zip(line.deeds, line.orders, strict=True):
                if world.table.phase[row, first + order] in table.ACTIVE:
                    continue  # its last round is still under way
                if (line.name, deed.sentence) in self.block.overrides[row].acts_dropped:
                    continue
                reason = self.give(row, line.post, deed, line=number, by_plan=True, cell=first + order)
                if reason:
                    self.block.world.table.put(row, first + order, table.FAILED)
            self._put(row, cell, table.PROVE)
        self._check_line(row, number)

    def _check_line(self, row: int, number: int) -> None:
        """Ends a line when its proof holds, or when all its orders have ended."""
        world = self.block.world
        cell = self.cells.lines + number
        phase = int(world.table.phase[row, cell])
        if phase not in {table.PROVE, table.TIMED_OUT}:
            return
        line = self.model.lines[number]
        phases = [int(world.table.phase[row, self.cells.orders + o]) for o in line.orders]
        if line.has_proof:
            proven = bool(world.accepted[row, number]) and self.shows(row, self.line_proof(number))
        else:
            proven = all(p == table.PROVEN for p in phases)
        if proven:
            world.proven[row, number] = True
            world.table.put(row, cell, table.PROVEN)
        elif phase == table.PROVE and not any(p in table.ACTIVE for p in phases):
            failed = any(p == table.FAILED for p in phases)
            self._put(row, cell, table.FAILED if failed and not line.has_proof else table.TIMED_OUT)
            self.block.wait(row, cell)

    def _advance_orders(self, row: int, cell: int, number: int) -> None:
        verbs.advance(self, row, cell, self.block.orders[(row, cell)])

    # the plan

    def begin_line(self, row: int, number: int) -> None:
        """The cue of a line came: its post notices, and acts after its reaction time."""
        world = self.block.world
        line = self.model.lines[number]
        cell = self.cells.lines + number
        if not self.controls.on_plan[row, line.post] or world.line_dropped[row, number]:
            return
        epoch = int(world.table.epoch[row, cell])
        world.table.epoch[row, cell] += 1
        reaction = self._reaction(row, line.post, f"{line.name}.reaction", epoch)
        delay = reaction + float(world.line_delay_s[row, number])
        self._put(row, cell, table.REACT, world.tick + max(1, int(np.ceil(delay))))

    def take(self, row: int, post: int) -> None:
        """A person sits down: the plan's lines of this post are left as they are."""
        self.write().on_plan[row, post] = False
        for number, line in enumerate(self.model.lines):
            cell = self.cells.lines + number
            if line.post == post and self.block.world.table.phase[row, cell] in table.ACTIVE:
                self._put(row, cell, table.LEFT)

    def hand(self, row: int, post: int) -> None:
        """A post goes back to the plan: lines whose cue stands and that are not proven begin."""
        self.write().on_plan[row, post] = True
        for number, line in enumerate(self.model.lines):
            if line.post == post and self.block.world.holds[row, number] and not self.block.world.proven[row, number]:
                self.begin_line(row, number)

    # edges

    def edge(self, row: int, column: int, rising: bool) -> None:
        """One column of the plant and its protection changed."""
        at = self.block.at
        starts = [(name, getattr(at, name)) for name in at.__slots__]
        kind, first = next((n, s) for n, s in reversed(starts) if column >= s)
        getattr(self, f"_edge_{kind}")(row, column - first, rising)
        self.block._wake_watchers(row, column, rising)

    def _edge_announced(self, row: int, a: int, rising: bool) -> None:
        name = self.model.alarms.names[a]
        if rising:
            first = ", first out" if self.block.world.alarms.first_out[row, a] else ""
            self.block.emit(row, "alarm", name, f"{name}: {self._reading(row, name)}{first}")
        elif not self.block.world.alarms.standing[row, a]:
            self.block.emit(row, "alarm-cleared", name, f"{name} returned to normal")

    def _reading(self, row: int, alarm: str) -> str:
        """What an alarm says: its sentence, and the reading where it has one."""
        spec = self.model.spec.farm.of("alarms")[alarm]
        test = spec.when.terms[0].atom
        reading = getattr(test, "reading", None)
        name = getattr(reading, "text", "")
        column = self.model.board.at.get(name)
        if column is None or self.model.board.dimensions[column] == "flag":
            return str(spec.when.text)
        value = show(float(self.block.world.board[row, column]), self.model.board.dimensions[column])
        return f"{spec.when.text} ({value})"

    def _edge_tripped(self, row: int, k: int, rising: bool) -> None:
        name = self.model.interlocks.names[k]
        if not rising:
            return
        acts = ", ".join(d.sentence for d in self.model.interlock_deeds[k])
        self.block.emit(row, "trip", name, f"{name} trips: {acts}")
        self._put(row, self.cells.trips + k, table.REACT, self.block.world.tick)

    def _edge_overflow(self, row: int, m: int, rising: bool) -> None:
        vessels = self.model.plant.vessels
        name = vessels.names[m]
        if m < vessels.n_tanks:
            if rising:
                flow = show(float(self.block.world.farm.overflow_m3_s[row, m]), "volume flow", 0)
                self.block.emit(row, "overflow", name, f"{name} overflows, {flow}")
                self._see(row, "overflow", name)
            else:
                gross = show(float(self.block.world.farm.escaped_m3[row, m]), "volume", 1)
                self.block.emit(row, "overflow-ends", name, f"{name} no longer overflows, {gross} so far")
                self._see(row, "overflow-ends", name)
        elif rising:
            self.block.emit(row, "bund-full", name, f"{name} runs over")
            self._see(row, "bund-full", name)

    def _edge_closed(self, row: int, v: int, rising: bool) -> None:
        if rising:
            name = self.model.plant.valves[v]
            self.block.emit(row, "valve", name, f"{name} shows closed")

    def _edge_opened(self, row: int, v: int, rising: bool) -> None:
        if rising:
            name = self.model.plant.valves[v]
            self.block.emit(row, "valve", name, f"{name} shows open")

    def _edge_alive(self, row: int, u: int, rising: bool) -> None:
        name = self.model.plant.utilities[u]
        self.block.emit(row, "power", name, f"{name} {'is back' if rising else 'is lost'}")

    def _edge_flood(self, row: int, _: int, rising: bool) -> None:
        count = int(self.block.world.alarms.risen[row].sum())
        kind = "flood" if rising else "flood-ends"
        self.block.emit(row, kind, "alarms", f"{count} alarms in ten minutes")

    def _edge_metered(self, row: int, x: int, rising: bool) -> None:
        if not rising:
            return
        name = self.model.plant.transfers[x]
        self.block.emit(row, "transfer", name, f"the meter ends {name}")
        verbs.by_interlock(self, row, Deed("stop", "transfer", name, f"stop {name}"))

    def _edge_landed(self, row: int, m: int, rising: bool) -> None:
        if rising:
            name = self.model.plant.vessels.names[m]
            self.block.emit(row, "roof-landed", name, f"the floating roof of {name} stands on its legs")

    def cue_edge(self, row: int, column: int, rising: bool) -> None:
        """One sentence began or ceased to hold."""
        model = self.model
        n_lines = len(model.lines)
        if not rising:
            return
        if column < n_lines:
            self.block.asked[row].setdefault(column, self.block.world.tick)
            if self.block.world.table.phase[row, self.cells.lines + column] not in table.ACTIVE:
                self.begin_line(row, column)
            every = model.lines[column].every_ticks
            if every:
                self._put(row, self.cells.repeats + column, table.WORK, self.block.world.tick + every)
        elif column < 2 * n_lines:
            number = column - n_lines
            if model.lines[number].has_proof and self.block.world.accepted[row, number]:
                self.block.world.proven[row, number] = True
        elif 2 * n_lines <= column < 2 * n_lines + len(model.injects):
            number = column - 2 * n_lines
            world = self.block.world
            cell = self.cells.injects + number
            if world.line_dropped[row, n_lines + number] or world.table.phase[row, cell] in table.ACTIVE:
                return
            delay = model.injects[number].delay_ticks + round(float(world.line_delay_s[row, n_lines + number]))
            self._put(row, cell, table.REACT, world.tick + max(0, delay))
            # what scan k notices acts in scan k + 1

    # what is known

    def know(self, row: int, kind: str, subject: str) -> None:
        """Marks an event for the cues: the truth at once, the plan's world when it is known at the desk."""
        self.block.happen(row, kind, subject, observed=False)
        if EVENTS[kind].known_by in {"desk", "post", "all"}:
            self.block.happen(row, kind, subject, observed=True)

    def _see(self, row: int, word: str, thing: str) -> None:
        """People near enough see it; the desk knows when one of them has reported."""
        point = self.model.names.point(thing)
        here = self.block.world.crews
        if point is None:
            return
        for g in range(len(self.model.crews.names)):
            if self._sees(row, g, thing, point) and here.arrives[row, g] >= NEVER:
                self.saw(row, g, word, thing)
                return

    def _sees(self, row: int, g: int, thing: str, point: tuple[float, float]) -> bool:
        here = self.block.world.crews
        dx, dy = float(here.x_m[row, g]) - point[0], float(here.y_m[row, g]) - point[1]
        away = float(np.sqrt(dx * dx + dy * dy))
        hour = self.model.clock.hour(self.block.world.tick)
        tank = self.model.spec.farm.of("tanks").get(thing)
        bund = self.model.spec.farm.of("places").get(tank.bund) if tank is not None and tank.bund else None
        if bund is not None and bund.wall_m > crew.WALL_HIDES_M:
            return away <= crew.NEXT_TO_IT_M
        return away <= crew.sight_m(hour)

    def saw(self, row: int, g: int, word: str, thing: str) -> None:
        """One crew saw an event: it says so, and after one exchange by radio the desk knows."""
        who = self.model.crews.names[g]
        self.block.emit(row, "seen", thing, f"{who} sees: {EVENTS[word].about} ({thing})")
        for key, number in self.model.happened_at.items():
            if key[0] == word and key[1] in {thing, ""} and key[2]:
                self._put(row, self.cells.sightings + number, table.WORK, self.block.world.tick + crew.RADIO_S)

    def look_round(self, row: int, g: int) -> list[str]:
        """What a crew that just arrived, or is asked, can see of overflows: the tanks concerned."""
        found = []
        vessels = self.model.plant.vessels
        for m in np.flatnonzero(self.block.world.farm.overflow_m3_s[row] > 0.0).tolist():
            name = vessels.names[m]
            point = self.model.names.point(name)
            if point is not None and self._sees(row, g, name, point):
                found.append(name)
                self.saw(row, g, "overflow" if m < vessels.n_tanks else "bund-full", name)
        return found

    def ramp(self) -> None:
        """Quantities on their way to a new value."""
        world = self.block.world
        controls = self.write()
        for r, (_, deed) in enumerate(self.model.ramps):
            began = world.ramp_start[:, r]
            at_work = began < NEVER
            address = deed.address
            assert address is not None
            assert deed.value is not None
            share = np.minimum((world.tick - np.where(at_work, began, world.tick)) / deed.over_ticks, 1.0)
            source = world.ramp_from[:, r]
            target = source + deed.value if deed.is_change else np.full(len(source), deed.value)
            target = np.minimum(np.maximum(target, address.least), address.most)
            cells = getattr(controls, address.array)
            cells[:, address.index] = np.where(at_work, source + (target - source) * share, cells[:, address.index])
            world.ramp_start[:, r] = np.where(share >= 1.0, NEVER, began)

    def uses_hands(self, order: "Order") -> bool:
        """Whether an order is carried out at the thing rather than from a desk."""
        return self.model.authority.posts[order.post] in HANDS


def _same(one: Deed, other: Deed) -> bool:
    """Whether two deeds are the same act, however they are worded."""
    return (one.verb, one.thing, one.to) == (other.verb, other.thing, other.to)
