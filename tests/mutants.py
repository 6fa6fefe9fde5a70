"""Plants mistakes one by one in a copy of the tree, and asks whether the tests that belong to them see each: `make mutants`.

A mistake is a piece of source that must stand there once, what it becomes, and the tests that must then fail. The first
are those that lived when the house was looked at before it was put in order; the others are of the same kinds: who sees
what, judgement, the disk, what starts afresh, what is derived.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CORES = min(2, os.cpu_count() or 1)


class Mutant(NamedTuple):
    """One planted mistake."""

    name: str
    file: str
    sound: str
    planted: str
    tests: str


MUTANTS = (
    # those that lived
    Mutant("a name after the spill counts as detection", "twin/debrief/naming.py",
           "not since <= act.tick <= until", "not since <= act.tick", "tests/laws/test_judgement.py"),
    Mutant("`before` is read as not after", "twin/debrief/score.py",
           "holds = first < second", "holds = first <= second", "tests/laws/test_judgement.py"),
    Mutant("fsync is dropped", "twin/journal/chain.py",
           "            os.fsync(self._stream.fileno())\n        except", "        except", "tests/journal/test_chain.py"),
    Mutant("a bias moves a switch", "twin/parts/gauge.py",
           "    value = select(gauges.is_switch, lagged > 0.5, value)  # a bias does not move the point of a switch\n", "",
           "tests/laws/test_instruments.py"),
    # gauges, permissives, sentences, radio
    Mutant("friction of a float is forgotten", "twin/parts/gauge.py",
           "np.minimum(np.maximum(before, now - gauges.play), now + gauges.play)", "now", "tests/laws/test_gauge_kinds.py"),
    Mutant("a servo jumps", "twin/parts/gauge.py",
           "np.minimum(np.maximum(now - before, -gauges.follows), gauges.follows)", "(now - before)", "tests/laws/test_gauge_kinds.py"),
    Mutant("a head gauge knows the density", "twin/parts/gauge.py",
           "found[:, its.at] = found[:, its.at] * heavier", "heavier.sum()", "tests/laws/test_gauge_kinds.py"),
    Mutant("a spike stays", "twin/parts/gauge.py",
           "controls.spikes * (noise > SPIKES_ABOVE)", "controls.spikes", "tests/laws/test_gauge_kinds.py"),
    Mutant("a man at the wheel asks the permissive", "twin/parts/interlock.py",
           "if not asked or row.by_hand(order):", "if not asked:", "tests/laws/test_permissives.py"),
    Mutant("a permissive trips", "twin/parts/interlock.py",
           "& works & ~interlocks.permissive", "& works", "tests/laws/test_permissives.py"),
    Mutant("a transfer goes round a permissive", "twin/parts/interlock.py",
           'orders |= {("start", name) for name, things in ways.items() if _thing(act) in things}', "orders |= set()",
           "tests/laws/test_permissives.py"),
    Mutant("brackets of one sentence stand in another", "twin/engine/cues.py",
           "before += len(draft.groups)", "before += 0", "tests/laws/test_sentences.py"),
    Mutant("a limit does not count itself", "twin/engine/cues.py",
           "at = float(np.nextafter(at, -direction * np.inf))", "pass", "tests/laws/test_sentences.py"),
    Mutant("a difference is taken the other way", "twin/parts/value.py",
           "now[:, both] - less", "less - now[:, both]", "tests/laws/test_sentences.py"),
    Mutant("who has no radio is told all the same", "twin/parts/post.py",
           "if not (row.speaks(who) and row.speaks(order.thing)):", "if not row.speaks(who):", "tests/laws/test_radio.py"),
    Mutant("what is seen without a radio is heard", "twin/engine/row.py",
           'if kind == "seen" and not self.speaks(by):', "if not kind:", "tests/laws/test_radio.py"),
    Mutant("a standard volume is one of the day", "twin/parts/transfer_entry.py",
           "float(density(liquid, AT_15C_K)) / float(density(liquid, day_k))", "1.0", "tests/laws/test_amounts.py"),
    Mutant("gasoline gives off nothing as it comes in", "twin/parts/vent.py",
           "its.volatile * comes_m3", "0.0 * comes_m3", "tests/laws/test_breathing.py -k volatile"),
    Mutant("roofs keep the rain", "twin/engine/plant.py",
           "(p.area_m2 or 0.0) + _roofs_m2(farm, n)", "(p.area_m2 or 0.0)", "tests/laws/test_rain.py -k roofs"),
    Mutant("an interceptor mixes", "twin/parts/tank.py",
           "kept: Floats = select(its.separates, parts, over)", "kept: Floats = over", "tests/laws/test_rain.py -k interceptor"),
    Mutant("rain harms the brook", "twin/debrief/score.py",
           "oil = farm.volume_m3[row].sum(axis=0) - farm.volume_m3[row, vessels.water]", "oil = farm.volume_m3[row].sum(axis=0)",
           "tests/laws/test_rain.py -k brook"),
    # lists, names, the door
    Mutant("T-1/A speaks of T-1 too", "twin/language/names.py",
           "said = whole.sub('\"', said)", "pass", "tests/files/test_names.py"),
    Mutant("what lies outside needs no reason", "twin/cli/validate.py",
           'if not (r["inside"] or r["because"])', "if not r", "tests/drills/test_stories.py -k reason"),
    Mutant("a comma ends a number", "twin/engine/tables.py",
           'cell if read.comma else _DECIMAL.sub(r"\\1.\\2", cell)', "cell", "tests/files/test_tables.py"),
    Mutant("a script's yes is no", "twin/engine/values.py",
           'return "yes" if value else "no"', 'return "no" if value else "yes"', "tests/drills/test_door.py"),
    Mutant("a measure is of the first world", "twin/api.py",
           "measure(World(block, row))", "measure(World(block, 0))", "tests/drills/test_door.py"),
    # the network
    Mutant("a tank gives more than it holds", "twin/physics/piping.py",
           "np.minimum(throttled, from_start)", "throttled", "tests/laws/test_flow.py"),
    Mutant("a limit once touched is kept", "twin/physics/network.py",
           "select(presses * bound >= 0.0, bound, 0)", "bound", "tests/laws tests/oracles/test_epanet.py"),
    Mutant("a line that enters above the surface is tied to it", "twin/physics/piping.py",
           "surface[:, end] > its.end_m", "surface[:, end] > -1e9", "tests/oracles/test_epanet.py"),
    Mutant("losses of entrance and exit change places", "twin/physics/piping.py",
           "ENTRANCE_K, EXIT_K = 0.5, 1.0", "ENTRANCE_K, EXIT_K = 1.0, 0.5", "tests/oracles/test_epanet.py"),
    Mutant("transfers of one sender do not add up", "twin/parts/node.py",
           "gathered(wanted_m3_s, its.transfers)", "gathered(wanted_m3_s, its.transfers[:, :1])", "tests/laws/test_transfers.py"),
    Mutant("a meter does not allow for its valve", "twin/parts/transfer.py",
           "moved_m3 + its.coasts_s * passed_m3 >= its.amount_m3", "moved_m3 >= its.amount_m3", "tests/laws/test_transfers.py"),
    Mutant("the throttle opens when the transfer is stopped", "twin/parts/transfer.py",
           "select(asked > 0.0, asked, its.most_m3_s)", "select(asked > 0.0, asked, EVERYTHING)", "tests/laws/test_transfers.py"),
    # kinds
    Mutant("what comes round again is left out", "twin/physics/mixing.py",
           "down[:, r.to_edges] +=", "made[:, :0] +=", "tests/laws/test_mixing.py"),
    Mutant("a dry world asks whether its neighbours are wet", "twin/parts/line.py",
           "mixes = moves & _mixes(its, new, held)", "mixes = moves & some(_mixes(its, new, held))",
           "tests/laws/test_heat.py -k as_warm_as_the_day"),
    # what lets go
    Mutant("a ship that is stopped first still strikes", "twin/parts/leak.py",
           "np.minimum(surge.fell(its.memory, flows), np.maximum(against, 0.0))", "surge.fell(its.memory, flows)",
           "tests/laws/test_leaks.py"),
    Mutant("a wave needs no time", "twin/physics/surge.py",
           "at = [int(t) for t in periods_s]", "at = [2 * int(t) for t in periods_s]", "tests/laws/test_leaks.py"),
    Mutant("only the hose itself is stopped", "twin/engine/holes.py",
           "return longest, [*comes", "return [line], [*comes", "tests/laws/test_leaks.py"),
    Mutant("a burst hose is whole the second after", "twin/parts/leak.py",
           "burst=now.burst | (pressure", "burst=(pressure", "tests/laws/test_leaks.py"),
    Mutant("a hole lies where what takes it begins", "twin/parts/line_facts.py",
           "enters = floor.get(its.start, 0.0) + leaves - floor[its.end]", "pass", "tests/laws/test_leaks.py"),
    Mutant("what leaks is not spilled", "twin/engine/flow.py",
           "world.tanks.spilled_m3 + world.leaks.leaked_m3", "world.tanks.spilled_m3", "tests/laws/test_leaks.py"),
    Mutant("what breaks through a wall is spilled twice", "twin/parts/line_facts.py",
           "len(ends.holes) - walls", "len(ends.holes)", "tests/laws/test_leaks.py -k wall"),
    Mutant("oil on open ground harms nothing", "twin/debrief/score.py",
           "if oil[vessels.ground] > 1e-9:", "if oil[vessels.ground] > 1e9:", "tests/laws/test_leaks.py -k wall"),
    Mutant("a seal leaks past a shut valve", "twin/engine/holes.py",
           "_shuts(its.through[: its.through.index(name)], valves)", "()", "tests/laws/test_leaks.py -k seal"),
    # the vapour space
    Mutant("a vent lets in what it lets out", "twin/parts/vent.py",
           'sets = its.opens_pa if outwards else its.sucks_pa', "sets = its.opens_pa", "tests/laws/test_breathing.py"),
    Mutant("a blocked vent passes", "twin/parts/vent.py",
           "passes = ~set_.blocked & to.alive", "passes = to.alive", "tests/laws/test_breathing.py"),
    Mutant("a regulator has its nitrogen from nowhere", "twin/parts/vent.py",
           "~set_.blocked & to.alive[:, its.supply]", "~set_.blocked", "tests/laws/test_breathing.py -k nitrogen"),
    Mutant("a sticking vent lifts at its set pressure", "twin/parts/vent.py",
           "Side(s.opens_pa + set_.sticks_pa,", "Side(s.opens_pa,", "tests/laws/test_breathing.py -k sticking"),
    Mutant("what is torn still holds its pressure", "twin/parts/vent.py",
           "found = select(opened, 0.0, found)", "pass", "tests/laws/test_breathing.py"),
    Mutant("rain leaves a roof in the sun", "twin/parts/vent.py",
           "select(to.rain_m_s > 0.0, 0.0, 0.5", "select(to.rain_m_s > 9.0, 0.0, 0.5", "tests/laws/test_breathing.py -k rain"),
    Mutant("a vent beyond full opening goes on straight", "twin/physics/breathing.py",
           "root = np.sqrt(select(beyond, ", "root = (select(beyond, ", "tests/laws/test_breathing.py -k root"),
    Mutant("Newton goes to and fro", "twin/physics/breathing.py",
           " & (np.abs(off) <= 0.5 * last)", "", "tests/laws/test_breathing.py -k answer_is_found"),
    Mutant("a pit holds what its lines bring and nothing else", "twin/engine/plant.py",
           "    for _ in spills:", "    for _ in ():", "tests/laws/test_products.py"),
    Mutant("a stopped control valve goes on at its set point", "twin/engine/row.py",
           "= position, False", "= position, its.automatic[self.at, valve]", "tests/laws/test_kinds.py"),
    Mutant("a control valve on the way of a transfer waits for nobody", "twin/parts/valve.py",
           " and v.name not in around.on_ways", "", "tests/laws/test_kinds.py"),
    Mutant("a pump draws from the height of the gate", "twin/parts/pump.py",
           "suction_m - its.height_m", "suction_m", "tests/laws/test_pumps.py"),
    Mutant("a pump against a shut line is asked nothing", "twin/physics/piping.py",
           "select(surface > its.start_m[its.pumped], surface, -UNBOUND)", "surface", "tests/laws/test_pumps.py"),
    Mutant("a check valve passes back", "twin/parts/valve.py",
           "select(its.by_itself, select(its.check & set_.stuck, 1.0, set_.passing), either)", "forth", "tests/laws/test_kinds.py"),
    Mutant("a spring takes a valve nowhere without air", "twin/parts/valve.py",
           "select(falls, its.fails_to, demand), turns | (falls & ~set_.motor_fault)", "demand, turns", "tests/laws/test_kinds.py"),
    Mutant("a trip does not hold a pump off", "twin/parts/pump.py",
           "        drives = drives & ~held_off\n", "        pass\n", "tests/laws/test_pumps.py"),
    Mutant("a dry pump is taken for one against a shut line", "twin/parts/pump.py",
           "(suction_m - its.height_m < -LIFTS_UP_TO_M)", "(suction_m < -1e30)", "tests/laws/test_pumps.py"),
    Mutant("a relief valve has no spring", "twin/parts/line.py",
           "select(shut[:, its.spring], its.spring_m, 0.0)", "holds", "tests/laws/test_kinds.py"),
    Mutant("a pump curve jumps where its flow turns round", "twin/physics/pumps.py",
           "(flow > 0.0) & (flow * flow >", "(flow * flow >", "tests/laws/test_shapes.py"),
    Mutant("limits that depend on one another take turns", "twin/physics/network.py",
           "CAREFUL_FROM = 12", "CAREFUL_FROM = 1000", "tests/laws/test_worlds.py"),
    Mutant("batches mix in a line", "twin/physics/fronts.py",
           "ALIKE = 0.005", "ALIKE = 2.0", "tests/laws/test_products.py"),
    Mutant("a tank gives water that it never had", "twin/physics/piping.py",
           "dt_s * outlets, mixing.LEAST), held", "dt_s * outlets, 1e-12), held",
           "tests/laws/test_products.py -k nearly_empty"),
    Mutant("a line behind an empty pit stands full", "twin/parts/line_entry.py",
           "{n: ends.products[int(near[n])] for n, its in entries.items() if n in near and _keeps(its, ends)}",
           "{n: ends.products[int(near.get(n, 0))] for n, its in entries.items() if _keeps(its, ends)}",
           "tests/laws/test_products.py -k behind_an_empty_pit"),
    Mutant("a start overrules the man at the wheel", "twin/engine/row.py",
           "if self.ask(valve, 1.0):", "if self.ask(valve, 1.0) is not None:", "tests/laws/test_kinds.py -k by_hand"),
    Mutant("a valve that holds must come to its end", "twin/engine/row.py",
           "if proof >= 0 or self.controls(valves.Controls).automatic[self.at, valve]:", "if proof >= 0:",
           "tests/laws/test_kinds.py -k comes_to_no_end"),
    Mutant("a running transfer overrules what is said of its valves", "twin/engine/start.py",
           "if (row, array, index) not in self.said:", "if self.said:", "tests/laws/test_kinds.py -k stands_above"),
    Mutant("a pump without a height stands on the ground", "twin/engine/plant.py",
           "height_of(its.at, of_start)", "height_of(its.at)", "tests/laws/test_pumps.py -k no_height"),
    Mutant("water is drawn with what lies on it", "twin/physics/piping.py",
           "np.maximum(under, last)", "last", "tests/laws/test_products.py"),
    Mutant("water counts as contamination", "twin/parts/vessels.py",
           'q in {t.product, "water"}', "q == t.product", "tests/laws/test_products.py"),
    Mutant("what stands in lines is left out of the balance", "twin/engine/flow.py",
           " + world.lines.content_m3[:, :-1].sum(axis=(2, 3))", "", "tests/laws/test_products.py"),
    Mutant("rain falls through every roof", "twin/parts/vessels.py",
           'a * (t.roof == "open")', "a", "tests/laws/test_products.py"),
    # heat
    Mutant("warmth takes up room in a joint", "twin/physics/mixing.py",
           "summed(alone[:, :-1], 1)", "summed(alone, 1)", "tests/laws/test_mixing.py"),
    Mutant("a hot batch mixes with what stood before it", "twin/physics/fronts.py",
           "ALIKE_K = 2.0", "ALIKE_K = 1e9", "tests/laws/test_heat.py -k batch"),
    Mutant("what a hot sender offers counts as cold", "twin/parts/node.py",
           "if some(set_.temperature_k != its.day_k):", "if not its:", "tests/laws/test_heat.py -k receipt"),
    Mutant("a warm tank stands as high as a cold one", "twin/parts/tank.py",
           "volume_m3[:, q] * swells(its, q, temperature)", "volume_m3[:, q]", "tests/laws/test_heat.py -k heater"),
    Mutant("what runs over leaves its warmth behind", "twin/parts/tank.py",
           "warmth_m3k=carried[:, -1]", "warmth_m3k=now.warmth_m3k", "tests/laws/test_heat.py -k runs_over"),
    Mutant("a cool world mixes because one beside it is warm", "twin/parts/line.py",
           "return ~(cool & throughout(", "return ~(every(cool) & throughout(",
           "tests/laws/test_heat.py -k as_warm_as_the_day"),
    # nights
    Mutant("every word is drawn", "twin/engine/start.py",
           "made.happened[row, model.happened_at[(DRAWN, word, False)]] = True", "made.happened[row] = True", "tests/laws/test_draws.py"),
    Mutant("luck draws another night", "twin/debrief/luck.py",
           "world=w, override=held)", "world=w)", "tests/laws/test_draws.py"),
    Mutant("a stop takes the wheel from the man who turns it", "twin/engine/row.py",
           "        if by_hand is False and its.by_hand[self.at, valve] and not self._motor_turns(valve):\n            return False\n", "",
           "tests/laws/test_draws.py"),
    Mutant("a man at the wheel slows a trip", "twin/parts/valve.py",
           "set_.by_hand & ~(turns & (forced >= 0.0))", "set_.by_hand", "tests/laws/test_draws.py"),
    Mutant("a preset that is off still acts", "twin/parts/transfer.py",
           "& running & ~off)", "& running)", "tests/laws/test_draws.py"),
    # judgement
    Mutant("`within` forgets its last second", "twin/debrief/score.py",
           "after - second <= that.within_s", "after - second < that.within_s", "tests/laws/test_judgement.py"),
    Mutant("two doubts of what nothing points at are allowed", "twin/debrief/score.py",
           "if len(light) > FREE:", "if len(light) > FREE + 1:", "tests/laws/test_judgement.py"),
    Mutant("nobody has to have seen what he names", "twin/debrief/naming.py",
           "return self.asked(act) or bool(", "return True or bool(", "tests/laws/test_judgement.py"),
    Mutant("stopping is naming", "twin/debrief/naming.py",
           "(its.stopping_names and act.verb in STOPS", "(act.verb in STOPS", "tests/laws/test_judgement.py"),
    Mutant("what works lists has to be found", "twin/debrief/wrong.py",
           "if w.thing not in its.out_of_service:", "if w.thing:", "tests/laws/test_judgement.py"),
    Mutant("an objective replaces the default rule of detection", "twin/debrief/score.py",
           'if mark == "detection" or not objectives else None', "if not objectives else None", "tests/laws/test_judgement.py"),
    Mutant("a message is done whatever it names", "twin/parts/action.py",
           "set(asked[2].split()) <= set(done[2].split())", "True", "tests/laws/test_judgement.py"),
    Mutant("an act is for every line that asks for it", "twin/engine/plan.py",
           "and order.line in {-1, number}", "", "tests/laws/test_judgement.py"),
    Mutant("out of old readings values are worked out", "twin/parts/value.py",
           "if all(row.sound(column) for column in its.made_from(k)):", "if its.names:", "tests/drills/test_recognition.py"),
    Mutant("a group is whatever changes nothing alone", "twin/debrief/groups.py",
           " and not self._same(batch, self._of(batch, g))", "", "tests/drills/test_answers.py"),
    Mutant("a call is at risk only when somebody saw it", "twin/engine/compile.py",
           'add(line.cue, line), -1))', 'plan.index(line), -1))', "tests/laws/test_judgement.py"),
    Mutant("a mark lost still adds its naught", "twin/debrief/score.py",
           "sum(m.met for m in marks)", "sum(True for m in marks)", "tests/laws/test_judgement.py"),
    Mutant("an order is PROVEN whatever the person found", "twin/engine/plan.py",
           "self.finish(order, row, FAILED if why else PROVEN, why)", "self.finish(order, row, PROVEN, why)",
           "tests/laws/test_people.py"),
    # the disk
    Mutant("a new file's name is not on the disk", "twin/journal/chain.py",
           "            os.fsync(folder)\n", "            pass\n", "tests/journal/test_chain.py"),
    Mutant("the seal does not cover what went before", "twin/journal/chain.py",
           'if found["prev"] != prev or found["n"] != number:', 'if found["n"] != number:', "tests/journal/test_chain.py"),
    Mutant("a header may say who was taken from the plan", "twin/engine/replay.py",
           'if key in _MADE_WITH or (key == "start" and session.foreign):', 'if key in {*_MADE_WITH, "start", "taken"}:',
           "tests/journal/test_verify.py"),
    Mutant("a header's command lines are not held against the run", "twin/engine/replay.py",
           "        if told[i].body != due:\n", "        if told[i].body != due and done:\n            continue\n        if told[i].body != due:\n",
           "tests/journal/test_verify.py"),
    Mutant("from another machine, only marks and totals are compared", "twin/engine/replay.py",
           '- {"digest", "mass_balance_error"}', '- {"digest", "mass_balance_error", "events", "signals"}', "tests/journal/test_verify.py"),
    Mutant("the first course of a second chance is believed", "twin/engine/replay.py",
           "if found != its.digest and not session.foreign:", "if found != its.digest and session.foreign:", "tests/journal/test_verify.py"),
    Mutant("--force replaces a run that somebody lives", "twin/journal/chain.py",
           "        _lock(old, path)  # held until the new one stands in its place\n", "", "tests/files/test_arguments.py"),
    # time, and what starts afresh
    Mutant("a condition fires in the scan that finds it", "twin/engine/inbox.py",
           "waits = [its for its in stage.standing if its.fires]",
           "waits = [its for its in stage.standing if its.fires and its.armed % 7]", "tests/screens/test_trainer.py tests/frozen"),
    Mutant("a way ends one scan late", "twin/engine/changes.py",
           "np.where(share >= 1.0, NEVER, began)", "np.where(share > 1.0, NEVER, began)", "tests/frozen tests/laws"),
    Mutant("a new value does not end a way", "twin/engine/changes.py",
           "                its.began[row, slot] = NEVER\n", "                pass\n", "tests/frozen tests/screens/test_trainer.py"),
    Mutant("a snapshot shares the process table", "twin/engine/world.py",
           '{"table": world.table.copy(), ', '{"table": world.table, ', "tests/journal/test_snapshots.py"),
    Mutant("gaps do not start afresh with their transfer", "twin/engine/row.py",
           "self.stage.afresh[self.at, gaps] = True", "pass", "tests/laws/test_instruments.py tests/frozen"),
    # who sees what
    Mutant("people see a spill behind a wall", "twin/parts/people.py",
           "row.stands_in_walls(thing) > WALL_HIDES_M", "row.stands_in_walls(thing) > 2 * WALL_HIDES_M",
           "tests/laws/test_people.py"),
    Mutant("a seat in the field hears what the desk hears", "twin/seat/view.py",
           "return not posts <= set(HANDS)", "return True", "tests/frozen"),
    Mutant("an outdoor seat sees alarms", "twin/seat/view.py",
           "    if outside(seats):\n        return []\n    model, world", "    model, world", "tests/screens/test_rights.py"),
    Mutant("a word to one post is heard by all", "twin/seat/view.py",
           "event.subject in posts or event.by in posts\n    if heard in", "True\n    if heard in",
           "tests/frozen tests/screens/test_server.py"),
    Mutant("a refusal is heard by everybody", "twin/seat/view.py",
           "    if heard in {Heard.OWN, Heard.ASKER}:\n        return event.by in posts\n",
           "    if heard in {Heard.OWN, Heard.ASKER}:\n        return True\n", "tests/frozen"),
    Mutant("a seat in the field is shown trips", "twin/seat/picture.py",
           "return () if outside else tuple(", "return tuple(", "tests/screens/test_rights.py"),
    Mutant("a seat is drawn what it has no board for", "twin/seat/traces.py",
           "if name in shown and (its", "if (its", "tests/screens/test_rights.py"),
    Mutant("anybody hands anybody's seat to the plan", "twin/parts/post.py",
           'if action.verb == "hand" and action.thing != post:', "if False:", "tests/screens/test_rights.py"),
    Mutant("an attached terminal has the clock", "tui/store.py",
           "if self.there.taught or console is not self.here:", "if self.there.taught:", "tests/screens/test_rights.py"),
    Mutant("an order that is refused takes the seat", "twin/engine/session.py",
           " or self.model.posts.refusal(post, order.action) is not None", "", "tests/screens/test_rights.py"),
    Mutant("an assessed run tells what to do", "twin/seat/view.py",
           '"" if session.setup.assessed else spec.action', "spec.action", "tests/screens/test_rights.py"),
    Mutant("an assessed clock is frozen", "twin/seat/player.py",
           'if held and (word in {"freeze", "skip"}', 'if False and (word in {"freeze", "skip"}', "tests/screens/test_offers.py"),
    Mutant("a drill's own lines are read off the procedure", "twin/seat/view.py",
           "or line.name not in of_the_night(session.model)", "or True", "tests/screens/test_offers.py"),
    Mutant("what another post checked at its desk is known here", "twin/seat/found.py",
           "(its.name in by_hand or its.post in mine)", "True", "tests/screens/test_evidence.py"),
    Mutant("a doubted reading is drawn like a sound one", "twin/seat/view.py",
           'else "doubted" if name in doubted else ""', 'else ""', "tests/screens/test_evidence.py"),
    Mutant("the noise of a meter is called a flow", "twin/seat/picture.py",
           "not elsewhere and abs(meter.value) > _noise(session, meter)", "not elsewhere", "tests/screens/test_evidence.py"),
    Mutant("a meter that counts behind a valve shown shut is hidden", "twin/seat/picture.py",
           "elsewhere = transfer not in open_ways and any(meter.thing in t.through for t in open_ways)",
           "elsewhere = transfer not in open_ways", "tests/screens/test_evidence.py"),
    Mutant("the time to a limit lags behind what flows", "twin/seat/traces.py",
           "now = short if abs(short - long) > CHANGED * short else long", "now = long", "tests/screens/test_evidence.py"),
    Mutant("an acknowledged alarm of high priority stands below others", "twin/seat/view.py",
           "PRIORITIES.index(r.priority), r.state not in UNSEEN,", "r.state not in UNSEEN, PRIORITIES.index(r.priority),",
           "tests/screens/test_evidence.py"),
    Mutant("an order that failed leaves the list by itself", "twin/seat/picture.py",
           "if o.failed or o.ended >= since", "if o.ended >= since", "tests/screens/test_offers.py"),
    Mutant("a skip passes a silent limit", "twin/seat/skip.py",
           "if late and not rings", "if False and not rings", "tests/screens/test_offers.py"),
    Mutant("a skip goes on where nothing moves", "twin/seat/skip.py",
           'else say("skip.still")', "else None", "tests/screens/test_offers.py"),
    Mutant("keys act behind another page", "tui/room.py",
           'and ui.tab in {"1", "2"} and not ui.keys', "", "tests/screens/test_play.py"),
    Mutant("one screen freezes and the others run on", "tui/store.py",
           "if word in teacher.CLOCK_WORDS:", "if False:", "tests/screens/test_server.py"),
    Mutant("the day gives again what was mastered", "twin/seat/offers.py",
           "if o.name not in clean]", "]", "tests/screens/test_lobby.py"),
    Mutant("in mono an empty bar looks full", "tui/paint/tanks.py",
           "page.ascii_only or page.mono", "page.ascii_only", "tests/screens/test_evidence.py"),
    Mutant("an assessed help says what comes of doing nothing", "tui/paint/alarms.py",
           "    if not ui.guided:\n", "    if False:\n", "tests/screens/test_designed.py"),
    Mutant("a terminal may send as much as it likes", "tui/server.py",
           "if self._owed < 0.0:", "if self._owed < -1e9:", "tests/screens/test_server.py"),
    Mutant("what says nothing is waited for", "tui/server.py",
           "if len(waiting) >= MOST_WAITING:", "if len(waiting) >= 10 * MOST_WAITING:", "tests/screens/test_server.py"),
    Mutant("one client's bad text stops the plant", "tui/store.py",
           "            if self.session.tick != began:  # the plant itself failed: nobody can go on with it\n                    raise",
           "            raise", "tests/screens/test_server.py"),
    # what is derived
    Mutant("an edge nobody can find is still looked for", "twin/engine/edges.py",
           "if not its.edge.found:", "if its.edge.found:", "tests/frozen"),
    Mutant("an array of a part is left out of the digest", "twin/engine/digest.py",
           "    return attrgetter(*places(value))", "    return attrgetter(*list(places(value))[:-1])",
           "tests/frozen tests/laws/test_worlds.py"),
)  # fmt: skip


def planted(mutant: Mutant, tree: Path) -> bool:
    """Whether the tests of a mistake fail with it planted in a tree; the tree is mended again."""
    file = tree / mutant.file
    source = file.read_text(encoding="utf-8")
    if source.count(mutant.sound) != 1:
        raise SystemExit(f"{mutant.name}: its place in {mutant.file} is not there once; mend tests/mutants.py")
    file.write_text(source.replace(mutant.sound, mutant.planted), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not long and not machine", "-p", "no:cacheprovider",
             *mutant.tests.split()],
            cwd=tree, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tree)},
        )  # fmt: skip
    finally:
        file.write_text(source, encoding="utf-8")
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{mutant.name}: the tests did not run.\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 1


def main(names: list[str]) -> int:
    """Plants each, in as many trees at a time as there are cores; 1 when one lives."""
    chosen = [m for m in MUTANTS if not names or any(n in m.name for n in names)]
    lived, trees = [], Queue[Path]()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(CORES) as workers:
        for n in range(CORES):
            trees.put(Path(folder) / f"tree-{n}")
        skip = shutil.ignore_patterns(".git", ".venv", "runs", ".*_cache", "__pycache__")
        for tree in list(trees.queue):
            shutil.copytree(ROOT, tree, ignore=skip)

        def lives(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                return not planted(mutant, tree)
            finally:
                trees.put(tree)

        for mutant, alive in zip(chosen, workers.map(lives, chosen), strict=True):
            print(f"{'LIVES ' if alive else 'caught'}  {mutant.name}", flush=True)
            lived += [mutant.name] if alive else []
    print(f"{len(chosen) - len(lived)} of {len(chosen)} caught")
    return 1 if lived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
