"""`twin debrief`, `twin export` and `twin replay`: what a run came to, for people and for other tools."""

import contextlib
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from twin.base import sheet
from twin.base.fault import Fault, Place, replaced, vacant
from twin.base.json import Json
from twin.cli.main import DONE, print_json
from twin.cli.progress import Progress
from twin.debrief import export, report, whatif
from twin.debrief.text import told
from twin.engine import replay
from twin.engine.session import Session
from twin.journal import chain
from twin.language.nodes import Text
from twin.language.sentence import Sentence


def do_debrief(args: Namespace) -> int:
    """`twin debrief`: first what happened, which takes as long as living it again; then what would have helped."""
    out = Path(args.out) if args.out else None
    if out is not None and out.suffix not in {".html", ".htm"}:
        raise Fault(f"{out.name} is no page.", "Name a file that ends in .html.")
    if args.quick and (out or args.figures):
        raise Fault("a quick debrief has no page and no figures.", "Leave out --quick, or --out and --figures.")
    if out is not None:
        free(out, args.force)
    if args.figures:
        _free_folder(Path(args.figures), args.force)
    its = lived(Path(args.run), args.course)
    if not args.json:
        sys.stdout.write("\n".join(told(report.report(its))) + "\n")
        sys.stdout.flush()
    if args.quick or (not its.over and not out and not args.figures):  # an unfinished run is not judged
        if args.json:
            print_json(report.report(its))
        return DONE
    found = _with_answers(its)
    if args.json:
        print_json(found)
    else:
        sys.stdout.write("\n".join(told(found, only_answers=True)) + "\n")
    if out is not None or args.figures:
        _pictures(its, found, out, Path(args.figures) if args.figures else None)
    return DONE


def _with_answers(its: Session) -> Json:
    """The debrief with what would have helped; without it where the run is unfinished."""
    if not its.over:
        return report.report(its)
    bar = Progress("what if")
    answers = whatif.answers(its, bar.show)
    bar.end()
    return report.report(its, answers)


def asked_picture(args: Namespace) -> Path | None:
    """The picture that `--out` names; raises Fault where it names none, or what is there already."""
    if not args.out:
        return None
    out = Path(args.out)
    if out.suffix not in {".png", ".svg"}:
        raise Fault(f"{out.name} is no picture.", "Name a file that ends in .png or .svg.")
    free(out, args.force)
    return out


def keep_picture(figure: Any, out: Path) -> None:
    """A figure as PNG or SVG, by the ending of its file: there whole or not at all."""
    from twin.film import page

    with replaced(out) as part:
        if out.suffix == ".svg":
            part.write_bytes(page.svg(figure))
        else:
            figure.savefig(part, dpi=150, format="png")
    sys.stderr.write(f"picture: {out}\n")


def free(path: Path, force: bool) -> None:
    """Raises Fault, before the work, where a file cannot be made at its end."""
    vacant(path, force)
    if not path.absolute().parent.is_dir():
        raise Fault(f"there is no folder {path.parent}.", "Make it first, or name another place.")


def _free_folder(folder: Path, force: bool) -> None:
    if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
        raise Fault(f"{folder} exists already, and is no folder.", "Name another one.")
    if folder.exists() and not force:
        raise Fault(f"{folder} exists already.", "Name another folder, or add --force to write into it.")


def _pictures(its: Session, found: Json, out: Path | None, folder: Path | None) -> None:
    """The page, and each figure alone as PNG and SVG."""
    from twin.film import figures, page

    drawn, its_scene = _drawable(its, found)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for one in figures.all_of(drawn, its_scene):
            one.figure.savefig(folder / f"{one.name}.png", dpi=150)
            (folder / f"{one.name}.svg").write_bytes(page.svg(one.figure))
            sys.stderr.write(f"{folder / one.name}.png, .svg\n")
    if out is not None:
        reel = _reel(found, its_scene)
        with written(out) as stream:
            stream.write(page.page(found, its_scene, figures.all_of(drawn, its_scene, titles=False), reel))
        sys.stderr.write(f"page: {out}\n")


def _drawable(its: Session, found: Json) -> tuple[Json, Any]:
    """The debrief and its scene as pictures can show them; says what they cannot."""
    from twin.film import fonts
    from twin.film.scene import scene

    (drawn, its_scene), lacking = fonts.fitted(found, scene(its, found))
    if lacking:
        sys.stderr.write(lacking + "\n")
    return drawn, its_scene


def _reel(found: Json, scene: Any) -> Any:
    """The film of a page: MP4 where there is an ffmpeg, else a moving picture, which is said."""
    from twin.film import encode, page
    from twin.film.frame import plan_alone

    still = _moment_that_counts(found)
    bar = Progress("film")
    picture = page.svg(plan_alone(scene, still))
    with tempfile.TemporaryDirectory() as folder:
        if encode.ffmpeg():
            encode.mp4(scene, Path(folder) / "film.mp4", bar.show)
            reel = page.Reel((Path(folder) / "film.mp4").read_bytes(), "video/mp4", picture, still)
        else:
            sys.stderr.write(
                "No ffmpeg is here: the film is a moving picture without a slider. make film installs one.\n"
            )
            encode.moving_picture(scene, Path(folder) / "film.webp", bar.show)
            reel = page.Reel((Path(folder) / "film.webp").read_bytes(), "image/webp", picture, still)
    bar.end()
    return reel


def _moment_that_counts(found: Json) -> int:
    """The moment that stands for the night on paper: the closing of the act that mattered, else the first mark lost."""
    shut = [w["closes_s"] for w in found.get("windows", ()) if w["closes_s"] is not None]
    lost = [m["t_s"] for m in found["marks"] if not m["met"]]
    return int((shut or sorted(lost) or [found["simulated_s"]])[0])


def do_replay(args: Namespace) -> int:
    """`twin replay`: a window, a film in a file, or a picture of one moment."""
    out = Path(args.out) if args.out else None
    if out is not None and out.suffix not in {".html", ".htm", ".gif", ".webp", ".mp4", ".png"}:
        raise Fault(f"{out.name} is no film.", "Name a file that ends in .html, .mp4, .gif, .webp or .png.")
    if args.at and (out is None or out.suffix != ".png"):
        raise Fault("--at is for a picture.", "Name one: --out moment.png")
    if out is not None:
        free(out, args.force)
    its = lived(Path(args.run), args.course)
    from twin.film import encode, page, window

    found = report.report(its)
    _, its_scene = _drawable(its, found)
    if out is None:
        window.open_window(its_scene)
        return DONE
    bar = Progress("film")
    if out.suffix == ".png":
        encode.png(its_scene, _moment(its, args.at) if args.at else its.tick, out)
    elif out.suffix == ".mp4":
        encode.mp4(its_scene, out, bar.show)
    elif out.suffix in {".gif", ".webp"}:
        encode.moving_picture(its_scene, out, bar.show)
    else:
        reel = _reel(found, its_scene)
        with written(out) as stream:
            stream.write(page.film_page(found, its_scene, reel))
    bar.end()
    if args.json:
        print_json({"file": str(out)})
    else:
        print(out)
    return DONE


def _moment(its: Session, text: str) -> int:
    """The tick of a moment as people write it; raises Fault when it lies outside the run."""
    sentence = Sentence(Text(text, Place("--at", 1, 1)))
    tick = its.model.clock.tick(sentence.moment())
    sentence.finish()
    if not 0 <= tick <= its.tick:
        span = f"{its.model.clock.text(0)} to {its.model.clock.text(its.tick)}"
        raise Fault(f"{text} lies outside the run.", f"It goes from {span}.")
    return tick


def lived(path: Path, course: int = 0) -> Session:
    """A run file lived again, its last course or an earlier one (from 1). Raises Fault when it cannot be."""
    try:
        records, torn = chain.read(path)
    except chain.Broken as broken:
        raise Fault(f"{path}: {broken.what}", "`twin verify` says the same.") from None
    if not records:
        raise Fault(f"{path} holds no whole record.")
    if torn:
        sys.stderr.write(f"{torn} bytes of a torn last line are left out.\n")
    rewinds = [i for i, r in enumerate(records) if r.kind == "rewind"]
    if course > len(rewinds) + 1:
        raise Fault(f"{path} has {len(rewinds) + 1} courses.", f"Name one from 1 to {len(rewinds) + 1}.")
    seal, stop = chain.spoken(records), None
    if 0 < course <= len(rewinds):
        stop = int(records[rewinds[course - 1]].body["tick"])
        records = records[: rewinds[course - 1]]
    bar = Progress("living it again")
    try:
        its = replay.replay(records, check=False, progress=bar.show)
    except replay.Differs as differs:
        raise Fault(f"{path}: line {differs.line}: {differs.reason}", "`twin verify` says more.") from None
    finally:
        bar.end()
    if stop is not None:
        its.advance(stop)
    if its.tick == 0:
        raise Fault(f"{path}: nothing was lived yet.", f"Go on with twin run --resume {path}")
    its.block.last_digest()
    its.read_seal = seal
    return its


def do_export(args: Namespace) -> int:
    """`twin export`: signals, and the events beside them."""
    if args.alarms:
        return _alarms(args)
    if not args.out:
        raise Fault("where to?", "Add --out FILE.csv; or --alarms FILE.csv for the alarms of a farm.")
    out = Path(args.out)
    if out.suffix not in {".csv", ".parquet"}:
        raise Fault(f"{out.name} is no table.", "Name a file that ends in .csv or .parquet.")
    if args.excel and out.suffix != ".csv":
        raise Fault("--excel is about CSV.", "Leave it out, or name a file that ends in .csv.")
    beside = out.with_name(f"{out.stem}-events{out.suffix}")
    for path in (out, beside):
        free(path, args.force)
    its = lived(Path(args.run), args.course)
    for path, table in ((out, export.signals(its)), (beside, export.events(its))):
        if out.suffix == ".csv":
            export.write_csv(table, path, excel=args.excel)
        else:
            export.write_parquet(table, path)
    if args.json:
        print_json({"signals": str(out), "events": str(beside)})
    else:
        print(f"{out}: every signal, a row a second\n{beside}: every event, by its number")
    return DONE


def _alarms(args: Namespace) -> int:
    """The alarm rationalisation table of a farm."""
    from twin.engine import checks, tables

    out = Path(args.alarms)
    if args.out or out.suffix != ".csv":
        raise Fault("the alarms of a farm are one table.", "twin export FARM --alarms FILE.csv")
    free(out, args.force)
    listed = list(tables.alarm_rows(checks.open_either(args.run).spec.farm))
    sheet.write(out, tables.HEADS, listed, excel=args.excel)
    if args.json:
        print_json({"alarms": str(out), "rows": len(listed)})
    else:
        print(f"{out}: {len(listed)} alarms")
    return DONE


@contextlib.contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that is there whole or not at all."""
    with replaced(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream
