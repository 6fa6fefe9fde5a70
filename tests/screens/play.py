"""A person at the keyboard of the console, for tests and pictures."""

from tui.app import Console
from tui.canvas import Canvas
from tui.end import End
from tui.room import Room
from tui.store import Store
from tui.teach import Teach
from twin.base.fault import Place
from twin.language.nodes import Text
from twin.language.sentence import Sentence

PATIENCE_S = 30.0


class Player:
    """A person at a keyboard: presses keys, waits until the plant has done what was asked, reads the screen."""

    def __init__(self, console: Console, pilot: object) -> None:
        self.console, self.pilot = console, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)  # type: ignore[attr-defined]
        await self.settle()

    async def type(self, text: str) -> None:
        names = {" ": "space", ":": "colon", "-": "minus", ".": "full_stop", '"': "quotation_mark", "%": "percent_sign"}
        await self.press(*[names.get(c, c) for c in text], "enter")

    async def settle(self) -> None:
        """Until the store has taken everything in and the screen shows it."""
        for _ in range(int(PATIENCE_S / 0.02)):
            screen = self.console.screen
            if not any(s.query(Canvas) for s in self.console.screen_stack):
                await self.pilot.pause(0.02)  # type: ignore[attr-defined]
                continue  # the first screen is not there yet
            if not isinstance(screen, (Room, Teach)) or (
                screen.store.idle and screen.heard == len(screen.store.answers)
            ):
                break
            await self.pilot.pause(0.02)  # type: ignore[attr-defined]
        await self.pilot.pause(0.2)  # type: ignore[attr-defined]
        for _ in range(100):
            if self.text().strip():
                return  # a screen that has just come is drawn
            await self.pilot.pause(0.05)  # type: ignore[attr-defined]

    async def answers(self) -> None:
        """Until the end has found what would have helped."""
        for _ in range(int(PATIENCE_S / 0.05)):
            if isinstance(self.console.screen, End) and self.console.screen.ready:
                break
            await self.pilot.pause(0.05)  # type: ignore[attr-defined]
        await self.pilot.pause(0.3)  # type: ignore[attr-defined]

    async def live_to(self, moment: str) -> None:
        """The plant lives up to a moment and stands still, whatever the people may do with its clock."""
        screen = self.console.screen
        assert isinstance(screen, Room)
        assert isinstance(screen.store, Store)
        its = screen.store.player

        def skip() -> None:
            its.live.freeze()
            tick = its.session.model.clock.tick(Sentence(Text(moment, Place("test", 1, 1))).moment())
            if tick > its.session.tick:
                its.skip_to(tick, screen.store.seats)

        screen.store.hand_in(skip, screen.store.here)
        await self.settle()

    def text(self) -> str:
        shown = [c for screen in self.console.screen_stack for c in screen.query(Canvas)]
        if not shown:
            return ""  # one screen is just taking the place of another
        page = shown[-1].page  # the palette lies over it
        return "\n".join(page.text(y) for y in range(page.rows))

    async def give(self, line: str) -> None:
        """`:text` is typed and entered, `answers` waits for those of the end, `@10:01` lives up to then and stands still
        (as no key does in an assessed run), anything else are keys."""
        if line == "answers":
            await self.answers()
        elif line.startswith("@"):
            await self.live_to(line[1:])
        elif line.startswith(":"):
            await self.press("colon")
            await self.type(line[1:])
        else:
            await self.press(*line.split())
