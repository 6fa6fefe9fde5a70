"""The running drill's end of the socket: who attaches, with which seat; what each may see goes out, what each types comes in.

A terminal that reads slowly misses pictures, one that sends garbage or too much is let go, one that says nothing is not
waited for, one that disappears leaves its seat: none holds up another, for each has its own threads and its own last picture.
"""

import contextlib
import os
import queue
import secrets
import socket
import threading
import time
from pathlib import Path
from typing import Any

from tui import codec
from tui.console import Console, author_of
from tui.meeting import OPEN, at_the_other_end, place
from tui.store import Store
from twin.base.fault import Fault
from twin.base.json import Json
from twin.engine.orders import INSTRUCTOR
from twin.language.words import VERBS
from twin.seat import facts
from twin.seat.desk import Desk
from twin.seat.picture import Snapshot
from twin.text.say import say

MOST_CONSOLES = 32
MOST_WAITING = 64  # that have not said who they are; the one that waited longest makes room
HELLO_S = 5.0  # for the first line
COMERS_A_SECOND = 100  # who comes and goes all the time is not let in faster
LINES_A_SECOND, MOST_AT_ONCE = 50.0, 60.0  # what a terminal may send; a person types far less
FLUSH_S = 1.0  # what the last words may take when the drill ends
SEND_S = 5.0  # a terminal that takes nothing for so long is let go


class Server:
    """Listens for terminals of one drill."""

    def __init__(self, store: Store, run: Path, who: str = "owner") -> None:
        self.store, self.run, self.who = store, run, who
        self.path: Path | None = None
        self._socket: socket.socket | None = None
        self._links: dict[_Link, None] = {}  # in the order in which they came

    def start(self) -> None:
        """Opens the socket; a drill without one is a drill for this terminal alone."""
        try:
            path = place(self.run, self.who)
            path.unlink(missing_ok=True)
            its = socket.socket(socket.AF_UNIX)
            its.bind(str(path))
            path.chmod(OPEN[self.who])
            its.listen(64)
        except (OSError, Fault) as error:
            why = error.message if isinstance(error, Fault) else error.strerror
            self.store.here.say(say("console.no others", why=str(why)), bad=True)
            return
        self.path = path
        self._socket = its
        threading.Thread(target=self._listen, args=(its,), name="server", daemon=True).start()

    def stop(self) -> None:
        """Lets everybody go."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            if self.path is not None:
                self.path.unlink(missing_ok=True)
        until = time.monotonic() + FLUSH_S
        while any(link.owes for link in self._links) and time.monotonic() < until:
            time.sleep(0.01)
        for link in list(self._links):
            link.close()

    def end(self, score: str) -> None:
        """The drill is over: every terminal is told what it came to, and given what it needs to show the debrief."""
        journal = self.store.session.journal
        kept = [r for r in journal.records if r.kind != "mark" or len(r.body) > 1] if journal else []
        message: Json = {"end": score, "run": [[r.line, r.kind, r.body] for r in kept], "seal": self.store.session.seal}
        if len(codec.line(message)) > codec.LONGEST_LINE:
            message["run"] = []  # the debrief is on the drill's own screen alone
        for link in list(self._links):
            if link.seated:
                link.send(message)

    def _listen(self, its: socket.socket) -> None:
        while True:
            try:
                far, _ = its.accept()
            except OSError:
                return
            waiting = [link for link in list(self._links) if link.console is None]
            if len(waiting) >= MOST_WAITING:
                waiting[0].close()
            link = _Link(self, far)
            self._links[link] = None
            link.start()
            time.sleep(1 / COMERS_A_SECOND)

    @property
    def seated(self) -> int:
        """How many terminals have said who they are."""
        return sum(link.console is not None for link in list(self._links))

    def forget(self, link: "_Link") -> None:
        self._links.pop(link, None)


class _Link:
    """One attached terminal: a thread that reads it, a thread that writes to it."""

    def __init__(self, server: Server, far: socket.socket) -> None:
        self.server, self.far, self.store = server, far, server.store
        self.console: Console | None = None
        self.said = 0
        self.seated = False
        self._came = self._counted = time.monotonic()
        self._owed = MOST_AT_ONCE  # lines it may still send at once
        self._out: queue.Queue[bytes | None] = queue.Queue(maxsize=64)
        self._picture: bytes | None = None
        self._fresh = threading.Event()
        self._closed = threading.Event()

    def start(self) -> None:
        self.far.settimeout(SEND_S)
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._write, daemon=True).start()

    def close(self) -> None:
        if self._closed.is_set():
            return
        self._closed.set()
        self._fresh.set()
        with contextlib.suppress(OSError):
            self.far.shutdown(socket.SHUT_RDWR)
        self.far.close()
        self.server.forget(self)
        console = self.console
        if console is not None:
            self.store.hand_in(lambda: self.store.detach(console), console)

    @property
    def owes(self) -> bool:
        """Whether answers wait to be sent."""
        return self._out.unfinished_tasks > 0

    def send(self, message: Json) -> None:
        """An answer, in order; a terminal that lets them pile up is let go."""
        try:
            self._out.put_nowait(codec.line(message))
            self._fresh.set()
        except queue.Full:
            self.close()

    # out

    def publish(self, console: Console, packed: dict[int, Any]) -> None:
        """A new picture, in place of one that was not sent yet; called by the plant's thread."""
        new, self.said = console.answers[self.said :], len(console.answers)
        for said, bad in new:
            self.send({"answer": [codec.pack(said), bad]})
        shown: Desk | Snapshot | None = console.desk if console.teaches else console.snapshot
        traces = {
            name: [its.values.tolist(), its.unit, its.first, its.last, its.limits]
            for name, its in console.traces.items()
        }
        message = {
            "picture": codec.pack(shown, packed), "watched": codec.pack(console.watched, packed), "frozen": self.store.live.frozen, "speed": self.store.live.speed, "seats": console.seats,
            "waits_for": self.store.waits_for,
            "traces": traces, "before": self.store.before, "fault": self.store.fault,
        }  # fmt: skip
        self._picture = codec.line(message)
        self._fresh.set()

    def _write(self) -> None:
        while not self._closed.is_set():
            self._fresh.wait()
            self._fresh.clear()
            try:
                while True:
                    try:
                        data = self._out.get_nowait()
                    except queue.Empty:
                        break
                    if data is not None:
                        self.far.sendall(data)
                    self._out.task_done()
                picture, self._picture = self._picture, None
                if picture is not None:
                    self.far.sendall(picture)
            except OSError:
                self.close()

    # in

    def _read(self) -> None:
        """Lines of at most LONGEST_ASKED bytes; anything else ends the connection, with a sentence where that can be."""
        rest = b""
        try:
            while not self._closed.is_set():
                if not self.seated and time.monotonic() - self._came > HELLO_S:
                    raise Fault("no word came.")
                try:
                    data = self.far.recv(4096)
                except TimeoutError:
                    continue
                if not data:
                    break
                *lines, rest = (rest + data).split(b"\n")
                if len(rest) > codec.LONGEST_ASKED:
                    raise Fault("that line is too long.")
                for raw in lines:
                    self._count()
                    self._take(codec.parse(raw[: codec.LONGEST_ASKED]))
        except Fault as fault:
            self._refuse(fault)
        except (OSError, KeyError, TypeError, ValueError):
            self._refuse(Fault("this is no message."))
        self.close()

    def _count(self) -> None:
        """Raises Fault for a terminal that sends more lines than a person can."""
        now = time.monotonic()
        self._owed = min(MOST_AT_ONCE, self._owed + (now - self._counted) * LINES_A_SECOND) - 1.0
        self._counted = now
        if self._owed < 0.0:
            raise Fault("too many lines at once.")

    def _refuse(self, fault: Fault) -> None:
        with contextlib.suppress(OSError):
            self.far.sendall(codec.line({"refused": fault.message}))

    def _take(self, message: Json) -> None:
        console = self.console
        if console is None:
            self._hello(message)
            return
        if "order" in message:
            text, post, hint = (str(message.get(k, ""))[:1200] for k in ("order", "post", "hint"))
            self.store.order(text, post, hint, console)
        elif "complete" in message:
            words = self.store.complete(str(message["complete"])[:400], console.seats)
            self.send({"words": words[:40], "of": str(message["complete"])[:400]})
        elif "want" in message:
            names = tuple(str(n)[:40] for n in list(message["want"])[:4])
            self.store.hand_in(lambda: setattr(console, "wanted", names), console)
        elif "watch" in message:
            self.store.watch(str(message["watch"])[:40], console)
        elif "faster" in message:
            self.store.faster(2.0 if message["faster"] else 0.5, console)
        elif "space" in message:
            self.store.run_or_freeze(console)
        else:
            raise Fault("this is no message.")

    def _hello(self, message: Json) -> None:
        """Who comes: a post, and for the instructor's seat the run's owner or its key."""
        seats = tuple(str(s) for s in list(message["seats"])[:8])
        model = self.store.session.model
        for seat in seats:
            if seat not in (*model.posts.names, INSTRUCTOR):
                raise Fault(f"{seat!r} is no post.", f"Posts: {', '.join(model.posts.names)}.")
        if not seats or (INSTRUCTOR in seats and len(seats) > 1):
            raise Fault("name your seat.", "twin drill --attach RUN --post control-room")
        known = secrets.compare_digest(str(message.get("key", "")).encode(), self.store.key.encode())
        if INSTRUCTOR in seats and not known and at_the_other_end(self.far) != os.getuid():
            raise Fault("the instructor's seat needs the run's owner or its key.", "Add --key KEY; the run showed it.")
        if self.server.seated >= MOST_CONSOLES:
            raise Fault("all places are taken.", "Ask somebody to leave.")
        console = self.console = Console(seats, author=author_of(at_the_other_end(self.far)))
        done = threading.Event()
        failed: list[Fault] = []

        def attach() -> None:
            try:
                if not self._closed.is_set():  # else it went away while it waited, and its seat stays free
                    self.store.attach(console)
            except Fault as fault:
                failed.append(fault)
            done.set()

        self.store.hand_in(attach, console)
        if not done.wait(20.0):
            raise Fault("the drill does not answer.", "Try again.")
        if failed:
            raise failed[0]
        self.send(self._welcome(console))
        console.publish = self.publish
        self.seated = True
        self.store.hand_in(lambda: None, console)

    def _welcome(self, console: Console) -> Json:
        """What a terminal needs to know of the farm to offer orders: names and what its posts may do, no readings."""
        model = self.store.session.model
        kinds = sorted({k for verb in VERBS.values() for k in verb.on if k not in {"", "any", "path"}})
        return {
            "welcome": model.spec.title,
            "teaches": console.teaches,
            "assessed": self.store.session.setup.assessed,
            "may": {post: sorted(model.posts.may[post]) for post in console.seats if post in model.posts.may},
            "kinds": {kind: model.names.of_kinds(kind) for kind in kinds},
            "facts": codec.pack(facts.of(model)),
            "scenario": self.store.session.setup.scenario,
        }
