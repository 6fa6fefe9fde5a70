"""The page in a real browser: no console message, nothing cut, nothing covered, the film seeks and plays."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.film.browser import Browser
from twin.cli.main import main

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
