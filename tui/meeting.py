"""Where the terminals of a drill meet: a folder of its owner, a name made from the run, and who may come.

The folder is found again from every terminal, whatever TMPDIR says there: the owner's run-time directory where only the
owner comes, else one of the owner's under /var/tmp, where others can pass but write nothing.
"""

import contextlib
import hashlib
import os
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from twin.base.fault import Fault

OPEN = {"owner": 0o600, "group": 0o660, "machine": 0o666}
"""Who may come, and the mode of the socket that lets them."""


def _name(run: Path) -> str:
    return hashlib.sha256(str(run.resolve()).encode()).hexdigest()[:24] + ".socket"


def _private(uid: int) -> Path:
    return Path(f"/run/user/{uid}/tankfarm-twin")


def _passable(uid: int) -> Path:
    return Path(f"/var/tmp/tankfarm-twin-{uid}")


def place(run: Path, who: str) -> Path:
    """Where the socket of a run is to lie; its folder is made. Raises Fault where the folder is not to be trusted."""
    uid = os.getuid()
    folder = _private(uid) if who == "owner" and _sound(_private(uid).parent, uid) else _passable(uid)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o711)
    if not _sound(folder, uid):
        raise Fault(f"{folder} is not a folder of yours alone.", "Remove it, or ask who made it.")
    return folder / _name(run)


def _sound(folder: Path, uid: int) -> bool:
    """Whether this is a real directory of root's or this user's that nobody else writes to."""
    try:
        its = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(its.st_mode) and its.st_uid in {0, uid} and not its.st_mode & 0o022


def found(run: Path) -> Iterator[tuple[Path, int]]:
    """Where the socket of a run may lie, each with the user whose it would be: of the run's owner, or of oneself."""
    owners = dict.fromkeys([*owner_of(run), os.getuid()])
    for uid in owners:
        for folder in (_private(uid), _passable(uid)):
            if _sound(folder, uid) and (folder / _name(run)).is_socket():
                yield folder / _name(run), uid


def owner_of(run: Path) -> list[int]:
    """Whose a run is; nothing where that cannot be seen."""
    try:
        return [run.stat().st_uid]
    except OSError:
        return []


def at_the_other_end(its: socket.socket) -> int:
    """The user at the other end, as the kernel says it."""
    _, uid, _ = struct.unpack("3i", its.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(uid)
