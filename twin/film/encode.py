"""A film to a file: MP4 through an ffmpeg of the machine, GIF or WebP through Pillow, PNG of one moment.

ffmpeg is a separate program that is started as a process: the one on the PATH, else the one that the optional extra
`film` (imageio-ffmpeg, GPL) brings. Without one, films are GIF or WebP, and say so.
"""

import multiprocessing
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from multiprocessing import connection
from pathlib import Path
from typing import Any

from twin.base.fault import Fault, replaced
from twin.base.json import Json
from twin.film.frame import Film
from twin.film.scene import Scene

FRAMES_A_SECOND = 24
PROCESSES = 2
GIF_DPI, GIF_FRAMES_A_SECOND, GIF_MOST = 75, 8, 240  # 960 x 540
_X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-tune", "stillimage", "-g", "96", "-pix_fmt", "yuv420p",
         "-threads", "1", "-movflags", "+faststart")  # fmt: skip
Told = Callable[[float], None]
Work = tuple[str, Scene, list[int], str]  # ffmpeg, scene, frames, file


def ffmpeg() -> str:
    """The ffmpeg to start, "" when there is none."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg
    except ImportError:
        return ""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return ""


def png(scene: Scene, tick: int, path: Path) -> None:
    """One moment as a picture."""
    from PIL import Image

    with replaced(path) as part:
        Image.fromarray(Film(scene).draw(tick)[..., :3].copy()).save(part, format="PNG")


def mp4(scene: Scene, path: Path, told: Told | None = None) -> None:
    """The film as MP4 (H.264), drawn by two processes. Raises Fault without ffmpeg or when it fails."""
    program = ffmpeg()
    if not program:
        raise Fault("MP4 needs ffmpeg, and none is here.", "make film installs one; or name a .gif or .webp file.")
    with replaced(path) as part:
        _mp4(program, scene, part, told)


def _mp4(program: str, scene: Scene, path: Path, told: Told | None) -> None:
    frames = scene.frames()
    parts = max(1, min(PROCESSES, os.cpu_count() or 1, len(frames) // 50))
    with tempfile.TemporaryDirectory() as folder:
        cuts = [round(i * len(frames) / parts) for i in range(parts + 1)]
        files = [str(Path(folder) / f"part{i}.mp4") for i in range(parts)]
        work = [(program, scene, frames[a:b], f) for a, b, f in zip(cuts, cuts[1:], files, strict=False)]
        if parts == 1:
            _encoded(*work[0], told)
        else:
            _together(work, told)
        listing = Path(folder) / "parts.txt"
        listing.write_text("".join(f"file '{f}'\n" for f in files), encoding="utf-8")
        _run([program, "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", "-movflags",
              "+faststart", "-f", "mp4", str(path)])  # fmt: skip


def _together(work: list[Work], told: Told | None) -> None:
    """Each stretch of frames in a process of its own; they tell their progress through pipes."""
    context = multiprocessing.get_context("spawn")
    shares = dict.fromkeys(range(len(work)), 0.0)
    running: dict[Any, tuple[int, Any]] = {}
    for number, job in enumerate(work):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_part, args=(job, theirs), daemon=True)
        process.start()
        theirs.close()
        running[ours] = (number, process)
    failed = ""
    while running:
        for pipe in connection.wait(list(running)):
            number, process = running[pipe]
            told_by: Any = pipe
            try:
                word = told_by.recv()
            except EOFError:
                word = "a process ended early" if shares[number] < 1.0 else None
            if isinstance(word, float):
                shares[number] = word
            else:
                failed = failed or str(word or "")
                process.join()
                del running[pipe]
            if told:
                told(sum(shares.values()) / len(work))
    if failed:
        raise Fault(f"the film could not be drawn: {failed}", "Name a .gif or .webp file instead.")


def _part(work: Work, pipe: Any) -> None:
    """One process: its stretch of frames to its own file."""
    try:
        _encoded(*work, pipe.send)
    except Exception as error:  # told in the other process
        pipe.send(str(error))
    pipe.close()


def _encoded(program: str, scene: Scene, frames: list[int], path: str, told: Told | None) -> None:
    film = Film(scene)
    first = film.draw(frames[0])
    height, width = first.shape[:2]
    command = [program, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{width}x{height}", "-r",
               str(FRAMES_A_SECOND), "-i", "-", *_X264, path]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    try:
        for number, tick in enumerate(frames):
            process.stdin.write(film.draw(tick).tobytes())
            if told and number % 12 == 0:
                told((number + 1) / len(frames))
        process.stdin.close()
    except BrokenPipeError:
        pass  # what ffmpeg says of it comes below
    errors = process.stderr.read().decode(errors="replace") if process.stderr else ""
    if process.wait() != 0:
        raise Fault(f"ffmpeg could not make the film: {errors.strip()[:200]}", "Name a .gif or .webp file instead.")
    if told:
        told(1.0)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Fault(f"ffmpeg could not join the film: {done.stderr.strip()[:200]}")


def moving_picture(scene: Scene, path: Path, told: Told | None = None) -> None:
    """The film as GIF or WebP, by the ending of the path: smaller and with fewer frames than MP4."""
    from PIL import Image

    frames = scene.frames()
    step = max(1, -(-len(frames) // GIF_MOST))
    film = Film(scene, GIF_DPI)
    pictures = []
    chosen = frames[::step]
    for number, tick in enumerate(chosen):
        picture = Image.fromarray(film.draw(tick)[..., :3].copy())
        if path.suffix == ".gif":  # one palette of 255 colours for all: the last picture has the most
            picture = picture.quantize(255, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        pictures.append(picture)
        if told:
            told((number + 1) / len(chosen))
    duration = round(1000 / GIF_FRAMES_A_SECOND)
    form = "GIF" if path.suffix == ".gif" else "WEBP"
    more: Json = {"quality": 80, "method": 2} if form == "WEBP" else {"optimize": False, "disposal": 1}
    with replaced(path) as part:
        pictures[0].save(
            part, format=form, save_all=True, append_images=pictures[1:], duration=duration, loop=0, **more
        )
