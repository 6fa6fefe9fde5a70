"""An attached terminal's end of the socket: what the screens of a drill ask of a store, answered from another process."""

import contextlib
import queue
import socket
import threading
from pathlib import Path

import numpy as np

from tui import codec
from tui.meeting import at_the_other_end, found, owner_of
from twin.base.fault import Fault
from twin.base.json import Json
from twin.engine import replay
from twin.engine.orders import INSTRUCTOR
from twin.engine.session import Session
from twin.journal.chain import Record
from twin.seat.desk import Desk
from twin.seat.facts import Facts
from twin.seat.picture import Snapshot
from twin.seat.traces import Trace
from twin.text.say import Said

ANSWER_S = 0.4  # how long a completion may take


class Client:
    """The far end of a running drill, for one console."""

    def __init__(self, run: Path, seats: tuple[str, ...], key: str = "") -> None:
        self.seats = seats
        self.answers: list[tuple[Said, bool]] = []
        self.traces: dict[str, Trace] = {}
        self.fault, self.ended, self.score = "", False, ""
        self.lived: Session | None = None  # once it has ended: the run, for its debrief
        self.frozen, self.pace, self.before = False, 1.0, 1.0
        self.waits_for: tuple[str, ...] = ()
        self.watched: Snapshot | None = None  # what the instructor looks at
        self._picture: Snapshot | Desk | None = None
        self._words: queue.Queue[tuple[str, list[str]]] = queue.Queue()
        self._first = threading.Event()
        self._welcome: Json = {}
        self._socket = self._connected(run)
        self._file = self._socket.makefile("rb")
        self._send({"seats": list(seats), "key": key})
        first = self._read_line()
        if "welcome" not in first:
            self._close()
            raise Fault(str(first.get("refused", "the drill did not answer.")))
        self._welcome = first
        self.facts: Facts = codec.unpack(Facts, first["facts"])
        threading.Thread(target=self._listen, name="far end", daemon=True).start()
        if not self._first.wait(20.0):
            self._close()
            raise Fault("the drill sends no picture.", "Try again.")

    @staticmethod
    def _connected(run: Path) -> socket.socket:
        for path, uid in found(run):
            its = socket.socket(socket.AF_UNIX)
            try:
                its.connect(str(path))
            except PermissionError:
                its.close()
                raise Fault("this drill is not open to you.", "Its owner opens it: twin drill --open group.") from None
            except OSError:
                its.close()
                continue
            if at_the_other_end(its) != uid:
                its.close()
                raise Fault("somebody else listens in the name of this run.", "Tell the owner of the run.")
            return its
        if owner_of(run):
            raise Fault(
                f"no drill is open on {run}.", "Name the run that the drill's screen shows; it opens with --open."
            )
        raise Fault(f"there is no run {run} that you can see.", "See ls runs.")

    # what screens read

    @property
    def snapshot(self) -> Snapshot:
        assert isinstance(self._picture, Snapshot)
        return self._picture

    @property
    def desk(self) -> Desk:
        assert isinstance(self._picture, Desk)
        return self._picture

    @property
    def title(self) -> str:
        return str(self._welcome["welcome"])

    @property
    def assessed(self) -> bool:
        """Whether the run is without hints."""
        return bool(self._welcome["assessed"])

    @property
    def idle(self) -> bool:
        return True

    def may(self, post: str, verb: str) -> bool:
        """Whether a post may do this."""
        return verb in self._welcome["may"].get(post, [])

    def of_kinds(self, *kinds: str) -> list[str]:
        """Names of things of these kinds."""
        return [n for k in kinds for n in self._welcome["kinds"].get(k, [])]

    # what screens ask

    def start(self) -> None:
        """The drill runs already."""

    def stop(self) -> None:
        """Goes away; the seat is kept for a while."""
        self._close()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
        self._socket.close()

    def order(self, text: str, post: str = "", hint: str = "") -> None:
        self._send({"order": text, "post": post, "hint": hint})

    def run_or_freeze(self) -> None:
        self._send({"space": True})

    def faster(self, factor: float) -> None:
        self._send({"faster": factor > 1.0})

    def want(self, names: tuple[str, ...]) -> None:
        self._send({"want": list(names)})

    def watch(self, post: str) -> None:
        self._send({"watch": post})

    def complete(self, text: str) -> list[str]:
        """Words that may come next, as the drill knows them; none when it is slow."""
        self._send({"complete": text})
        with contextlib.suppress(queue.Empty):
            while True:
                of, words = self._words.get(timeout=ANSWER_S)
                if of == text[:400]:
                    return words
        return []

    # the socket

    def _send(self, message: Json) -> None:
        try:
            self._socket.sendall(codec.line(message))
        except OSError:
            self._gone()

    def _gone(self) -> None:
        if not self.ended:
            self.fault = "the drill's own terminal is gone"

    def _read_line(self) -> Json:
        try:
            raw = self._file.readline(codec.LONGEST_LINE)
        except (OSError, ValueError):
            raw = b""
        return codec.parse(raw) if raw else {}

    def _listen(self) -> None:
        while True:
            try:
                message = self._read_line()
                if not message:
                    self._gone()
                    return
                self._take(message)
            except Fault as fault:
                self.fault = str(fault)
                return
            except Exception as error:  # whatever the other end made up
                self.fault = f"the other end sent what cannot be read ({type(error).__name__})"
                return

    def _take(self, message: Json) -> None:
        if "picture" in message:
            kind = Desk if INSTRUCTOR in self.seats else Snapshot
            self.frozen, self.pace, self.before = (
                bool(message["frozen"]),
                float(message["speed"]),
                float(message["before"]),
            )
            self.waits_for = tuple(str(post) for post in message["waits_for"])
            self.seats, self.fault = tuple(message["seats"]), str(message["fault"])
            self.traces = {
                str(name): Trace(
                    np.array(values, dtype=float),
                    str(unit),
                    int(first),
                    int(last),
                    tuple((float(at), float(sign), str(priority), str(alarm)) for at, sign, priority, alarm in limits),
                )
                for name, (values, unit, first, last, limits) in message["traces"].items()
            }
            self.watched = codec.unpack(Snapshot | None, message["watched"])
            self._picture = codec.unpack(kind, message["picture"])
            self._first.set()
        elif "answer" in message:
            said, bad = message["answer"]
            self.answers.append((codec.unpack(Said, said), bool(bad)))
        elif "words" in message:
            self._words.put((str(message["of"]), [str(w) for w in message["words"]]))
        elif "end" in message:
            self.score = str(message["end"])
            with contextlib.suppress(Fault, replay.Differs, IndexError, KeyError, TypeError, ValueError):
                self.lived = _lived_again(message["run"], str(message["seal"]))
            self.ended = True
        elif "refused" in message:
            self.fault = str(message["refused"])


def _lived_again(records: list[list[object]], seal: str) -> Session:
    """A run from the records that came when it ended."""
    read = [Record(int(str(line)), str(kind), dict(body), "") for line, kind, body in records]  # type: ignore[call-overload]
    its = replay.replay(read, check=False)
    its.last_digest()
    its.read_seal = seal
    return its
