"""The six figures of a debrief, each from the report and (for one) the signals: titles are sentences with a number."""

import matplotlib as mpl

from twin.film import look
from twin.film.answers import luck, one_thing, second_chance
from twin.film.lanes import lanes
from twin.film.panels import Drawn, Found
from twin.film.scene import Scene
from twin.film.truth import truth_against_gauge
from twin.film.windows import windows


def all_of(found: Found, scene: Scene, *, titles: bool = True) -> list[Drawn]:
    """Every figure that this debrief has something for, in the order of the page."""
    makers = (truth_against_gauge, lanes, windows, one_thing, second_chance, luck)
    with mpl.rc_context(look.STYLE):
        made = [maker(found, scene, titles) for maker in makers]
    return [m for m in made if m is not None]
