"""The page in a real browser: no console message, nothing cut, nothing covered, the film seeks and plays."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.film.browser import Browser
from tests.film.night import crew, full, late, second, unfinished
from twin.cli.main import main
from twin.film import figures, page
from twin.film.frame import plan_alone
from twin.film.scene import Scene

NIGHTS: dict[str, Callable[[], tuple[dict[str, Any], Scene]]] = {
    "late": lambda: late()[1:], "half right": lambda: (full(crew("half right")[1]), crew("half right")[2]),
    "wrong order": lambda: (full(crew("wrong order")[1]), crew("wrong order")[2]),
    "foolish": lambda: (full(crew("foolish")[1]), crew("foolish")[2]), "second chance": lambda: (full(second()[1]), second()[2]),
    "unfinished": lambda: (unfinished(full(late()[1])), late()[2]),
}  # fmt: skip
SMALL = """[...document.querySelectorAll('main *')].filter(e => e.children.length === 0 && e.textContent.trim() && e.offsetParent !== null)
  .map(e => [parseFloat(getComputedStyle(e).fontSize), e.closest('.banner,.note,small,.sign,td::before,script,style') ? 13 : 16, e.textContent.slice(0, 40)])
  .filter(([size, least]) => size < least)"""
OUTSIDE = """[...document.querySelectorAll('main *')].filter(e => e.offsetParent !== null && !e.closest('.wide')
  && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.tagName + ': ' + e.textContent.slice(0, 60))"""


pytestmark = pytest.mark.machine

CUT = """[...document.querySelectorAll('main *')].filter(e => e.children.length === 0 && e.textContent.trim() &&
  (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' || e.getBoundingClientRect().right > innerWidth + 1))
  .map(e => e.tagName + ': ' + e.textContent.slice(0, 60))"""
COVERED = """(() => { const all = [...document.querySelectorAll('h1,h2,h3,p,td,th,li,button,output,figcaption,.score strong,.three div,.sign div,img,video')]
  .filter(e => e.offsetParent !== null).map(e => [e, e.getBoundingClientRect()]); const bad = [];
  for (let i = 0; i < all.length; i++) for (let j = i + 1; j < all.length; j++) { const [a, p] = all[i], [b, q] = all[j];
    if (a.contains(b) || b.contains(a)) continue;
    const x = Math.min(p.right, q.right) - Math.max(p.left, q.left), y = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (x > 2 && y > 3) bad.push(a.textContent.slice(0, 40) + ' / ' + b.textContent.slice(0, 40)); } return bad; })()"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    run = str(folder / "late.twin")
    assert main(["run", "gauge-sticks", "--set", "plan.doubt-gauge.delay=14 min", "--out", run]) == 0
    assert main(["debrief", run, "--out", str(folder / "debrief.html")]) == 0
    assert main(["replay", run, "--out", str(folder / "film.html")]) == 0
    return folder


@pytest.fixture(
    params=[("debrief.html", (900, 1200)), ("debrief.html", (1600, 900)), ("film.html", (1400, 900))], ids=str
)
def browser(request: pytest.FixtureRequest, pages: Path, tmp_path: Path) -> Iterator[Browser]:
    name, size = request.param
    its = Browser(tmp_path / "profile", pages / name, size)
    yield its
    its.close()


def test_the_page_in_a_browser(browser: Browser) -> None:
    browser.wait(
        "document.querySelector('video') && document.readyState === 'complete' && [...document.images].every(i => i.complete && i.naturalWidth > 0)"
    )
    browser.wait("document.querySelector('video')?.readyState >= 2")
    assert browser.js(CUT) == []
    assert browser.js(COVERED) == []
    assert browser.js("document.documentElement.scrollWidth <= innerWidth")
    browser.wait("document.querySelector('output').textContent === '02:10:00'")
    browser.js("document.querySelector('[data-next]').click()")
    browser.wait("document.querySelector('output').textContent.startsWith('02:31')")
    browser.wait("!document.querySelector('video').seeking")
    share = browser.js("document.querySelector('video').currentTime / document.querySelector('video').duration")
    assert abs(share - 1304 / 1500) < 0.01
    browser.js("const s = document.querySelector('input'); s.value = 5000; s.dispatchEvent(new Event('input'))")
    browser.wait("document.querySelector('output').textContent === '02:22:30'")
    browser.js("document.querySelector('[data-play]').click()")
    time.sleep(1.0)
    assert browser.js("document.querySelector('video').currentTime / document.querySelector('video').duration") > 0.501
    assert browser.messages == []


@pytest.fixture(params=list(NIGHTS))
def printed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    """The page of a night with every part of a debrief; its film is a still, for films have a test of their own."""
    found, scene = NIGHTS[request.param]()
    reel = page.Reel(b"", "image/webp", page.svg(plan_alone(scene, scene.last)), scene.last)
    path = tmp_path / "page.html"
    path.write_text(page.page(found, scene, figures.all_of(found, scene, titles=False), reel), encoding="utf-8")
    its = Browser(tmp_path / "profile", path, (900, 1200))
    its.wait("document.readyState === 'complete' && !!document.querySelector('.sign')")
    yield its
    its.close()


def test_the_page_prints_on_four_sheets_and_reads_on_a_phone(printed: Browser) -> None:
    assert printed.sheets() == 4
    printed.js("document.querySelectorAll('section > .screen').forEach(e => e.remove())")
    printed.ask("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
    printed.wait("innerWidth === 390")
    assert printed.js("document.documentElement.scrollWidth") == 390
    assert printed.js(OUTSIDE) == []
    assert printed.js(SMALL) == []
    assert printed.js(COVERED.replace(",img,video", "")) == []
    shown = printed.js("[...document.querySelectorAll('.figure .wide img')].map(i => i.getBoundingClientRect().width)")
    assert min(shown) >= 681, "a figure keeps its size, and with it the size of its text"


def test_the_film_reads_on_a_phone(pages: Path, tmp_path: Path) -> None:
    its = Browser(tmp_path / "profile", pages / "debrief.html", (900, 1200))
    its.phone()
    assert its.js("document.documentElement.scrollWidth") == 390
    assert its.js("12.5 * document.querySelector('video').getBoundingClientRect().width / 1280") >= 11
    its.wait("document.querySelector('video').readyState >= 2")
    its.js("const s = document.querySelector('input'); s.value = 10000; s.dispatchEvent(new Event('input'))")
    its.wait("document.querySelector('.says').textContent.startsWith('LT-101 shows too little and is doubted')")
    assert its.messages == []
    its.close()
