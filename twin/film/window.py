"""The film in a window: slider, play, speed, next event, choice of signals; where a display exists."""

from dataclasses import dataclass, field
from typing import Any

from twin.base.fault import Fault
from twin.base.json import Json
from twin.film.frame import DPI, HEIGHT_IN, WIDTH_IN, Film
from twin.film.scene import Scene

SPEEDS_MIN = (1.5, 3.0, 6.0)  # minutes of the plant a second
TURN_MS = 40


def open_window(scene: Scene) -> None:
    """Shows the film until the window is closed. Raises Fault where no display or no window toolkit is there."""
    import matplotlib as mpl

    try:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=(WIDTH_IN, HEIGHT_IN + 0.9), dpi=DPI)
    except (ImportError, RuntimeError) as error:
        raise Fault(f"no window can be opened: {error}", "Name a file: twin replay RUN --out film.html") from None
    if mpl.get_backend().lower() in {"agg", "pdf", "svg", "ps", "cairo", "template"}:
        plt.close(figure)
        raise Fault("no window can be opened: there is no display, or no toolkit (Tk, Qt).",
                    "Name a file: twin replay RUN --out film.html")  # fmt: skip
    player = Player(scene, figure)
    player.build()
    plt.show()


@dataclass(slots=True)
class Player:
    """The picture of the film above, its controls below."""

    scene: Scene
    figure: Any
    tick: int = 0
    speed: int = 1
    running: bool = False
    hidden: set[int] = field(default_factory=set)  # panels whose signal nobody wants to see
    film: Film = field(init=False)
    widgets: Json = field(default_factory=dict)
    _picture: Any = None
    _timer: Any = None

    def __post_init__(self) -> None:
        self.film = Film(self.scene)
        self.tick = self.scene.first

    def build(self) -> None:
        """Picture and controls."""
        from matplotlib.widgets import Button, CheckButtons, Slider

        low = 0.9 / (HEIGHT_IN + 0.9)
        ax = self.figure.add_axes((0, low, 1, 1 - low))
        ax.axis("off")
        self._picture = ax.imshow(self.film.draw(self.tick).copy(), aspect="auto", interpolation="none")
        add = self.figure.add_axes
        slider = Slider(
            add((0.09, 0.7 * low, 0.46, 0.2 * low)), "", self.scene.first, self.scene.last, valinit=self.tick, valstep=1
        )
        slider.valtext.set_visible(False)
        slider.on_changed(lambda value: self.go(int(value)))
        names = [t.title.partition(",")[0] for t in self.scene.trends]
        checks = CheckButtons(add((0.60, 0.04 * low, 0.26, 0.92 * low)), names, [True] * len(names))
        checks.on_clicked(lambda name: self.choose(names.index(str(name))))
        self.widgets = {"slider": slider, "signals": checks}
        for i, (key, label) in enumerate(
            (("play", "Play"), ("speed", f"{SPEEDS_MIN[1]:g} min/s"), ("next", "Next event"))
        ):
            self.widgets[key] = Button(add((0.09 + 0.12 * i, 0.12 * low, 0.11, 0.4 * low)), label)
        self.widgets["play"].on_clicked(lambda _: self.play())
        self.widgets["speed"].on_clicked(lambda _: self.faster())
        self.widgets["next"].on_clicked(lambda _: self.next_event())
        self._timer = self.figure.canvas.new_timer(interval=TURN_MS)
        self._timer.add_callback(self.turn)
        self._timer.start()

    def go(self, tick: int) -> None:
        """Shows a moment."""
        self.tick = min(max(tick, self.scene.first), self.scene.last)
        self._picture.set_data(self.film.draw(self.tick).copy())
        self.figure.canvas.draw_idle()

    def play(self) -> None:
        """Plays, or stops."""
        self.running = not self.running
        self.widgets["play"].label.set_text("Stop" if self.running else "Play")

    def faster(self) -> None:
        """The next of the three speeds."""
        self.speed = (self.speed + 1) % len(SPEEDS_MIN)
        self.widgets["speed"].label.set_text(f"{SPEEDS_MIN[self.speed]:g} min/s")

    def next_event(self) -> None:
        """Jumps to the next thing that happened."""
        later = [tick for tick, _, _ in self.scene.marks if tick > self.tick]
        if later:
            self.widgets["slider"].set_val(later[0])

    def choose(self, panel: int) -> None:
        """Shows or hides one trend."""
        self.hidden ^= {panel}
        self.film.show_panel(panel, panel not in self.hidden)
        self.go(self.tick)

    def turn(self) -> None:
        """One step of play."""
        if self.running:
            step = max(1, round(SPEEDS_MIN[self.speed] * 60 * TURN_MS / 1000))
            self.widgets["slider"].set_val(min(self.tick + step, self.scene.last))
            if self.tick >= self.scene.last:
                self.play()
