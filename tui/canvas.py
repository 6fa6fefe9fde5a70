"""The widget that shows a page and repaints only the cells that changed."""

from typing import Any

from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.cells import Page


class Canvas(Widget):
    """Shows the last page given to `show`."""

    DEFAULT_CSS = "Canvas { width: 100%; height: 100%; }"

    def __init__(self, theme_name: str) -> None:
        super().__init__()
        self.look = theme_name
        self.page = Page(1, 1)
        self.sent = 0  # cells sent to the terminal since the start, for the benchmark

    def show(self, page: Page) -> None:
        """A new page: spans that differ from the last one are refreshed."""
        old, self.page = self.page, page
        if (old.columns, old.rows) != (page.columns, page.rows):
            self.refresh()
            return
        for y, (before, now) in enumerate(zip(old.cells, page.cells, strict=True)):
            if before == now:
                continue
            changed = [x for x in range(page.columns) if before[x] != now[x]]
            first, last = changed[0], changed[-1]
            self.sent += last - first + 1
            self.refresh(Region(first, y, last - first + 1, 1))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def render_line(self, y: int) -> Strip:
        if y >= self.page.rows:
            return Strip.blank(self.size.width)
        return self.page.strip(y, self.look)


def show_on(screen: Screen[Any], page: Page) -> None:
    """A page on the canvas of a screen; on none while there is none: before the screen is composed, or as it goes."""
    for its in screen.query(Canvas):
        its.show(page)
