"""The pages of `progress --html` as a real browser shows them, with the network off."""

from __future__ import annotations

import pytest
from browser import Browser, browser_path
from conftest import BANK, LESSON, NOW
from history import study

from tutor.corpus.corpus import bundled_docs, open_corpus
from tutor.learner.lesson_map import lesson_map
from tutor.learner.overview import overview_of
from tutor.learner.records import open_records
from tutor.screen.html import page_of

pytestmark = pytest.mark.browser
STRANGE = "Donaudampfschifffahrtsgesellschaft" * 4 + " لماذا يرتفع العجين 为什么面团会发起来" + "为什么面团会发起来" * 5
LESSONS = ["math/bayes", "ml/softmax-and-cross-entropy"]

# Each text with less contrast than 4.5:1 to the ground that it stands on.
PALE = """(() => {
  const shine = color => color.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (!/rgba\\(.*, 0\\)|transparent/.test(color)) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const pale = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (![...element.childNodes].some(node => node.nodeType == 3 && node.data.trim()) || element.closest('title')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [shine(element.namespaceURI.includes('svg') ? style.fill : style.color), shine(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) pale.push(`${element.textContent}: ${contrast.toFixed(2)}`);
  }
  return pale;
})()"""
COUNT = "document.body.querySelectorAll('*').length"
TOO_WIDE = """[...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => `${one.tagName} ${one.className}`)"""
SMALLEST = """Math.min(...[...document.querySelectorAll('svg text')].filter(one => one.getClientRects().length)
  .map(one => one.getBoundingClientRect().height))"""


@pytest.fixture(scope="module")
def browser():
    path = browser_path()
    if not path:
        pytest.skip("pages are looked at in Chromium or Chrome, and none is installed")
    with Browser(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """{name: the file of a page}, of weeks of learning, of a lesson, of nothing at all, of a lesson with strange titles."""
    folder = tmp_path_factory.mktemp("pages")
    strange = folder / "docs" / ("a-very-long-name-" * 8)
    strange.mkdir(parents=True)
    (strange / "bread.md").write_text(LESSON.replace("title: Bread", f"title: {STRANGE}"), encoding="utf-8")
    (strange / "bread.quiz.yaml").write_text(BANK.replace("oxygen", STRANGE), encoding="utf-8")
    study(folder / "docs", folder / "strange", [f"{strange.name}/bread"], NOW, days=8)
    study(bundled_docs(), folder / "home", LESSONS, NOW, days=8)
    corpus = open_corpus(bundled_docs())
    with (
        open_records(folder / "home", now=lambda: NOW, read_only=True) as lived_in,
        open_records(folder / "new", now=lambda: NOW, read_only=True) as empty,
        open_records(folder / "strange", now=lambda: NOW, read_only=True) as odd,
    ):
        pages = {
            "progress": page_of(overview_of(corpus, lived_in, NOW)),
            "map": page_of(lesson_map(corpus, lived_in, LESSONS[-1], NOW)),
            "nothing": page_of(overview_of(corpus, empty, NOW)),
            "strange": page_of(overview_of(open_corpus(folder / "docs"), odd, NOW)),
            "strange map": page_of(lesson_map(open_corpus(folder / "docs"), odd, f"{strange.name}/bread", NOW)),
        }
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.mark.parametrize("name", ["progress", "map", "nothing", "strange", "strange map"])
@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_reads_well_and_asks_nobody_for_anything(browser, shown, name, width, scheme):
    browser.complaints.clear()
    browser.open(shown[name], width, scheme=scheme)
    for unfolded in ("", "document.querySelectorAll('details').forEach(one => one.open = true)"):
        browser.evaluate(unfolded or "0")
        assert browser.evaluate("document.documentElement.scrollWidth") == width
        assert browser.evaluate(TOO_WIDE) == []
        assert browser.evaluate(PALE) == []
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)", "the style was refused"
    assert browser.complaints == []


def test_the_two_schemes_differ_and_letters_in_charts_stay_legible(browser, shown):
    grounds = set()
    for scheme in ("light", "dark"):
        browser.open(shown["progress"], 360, scheme=scheme)
        grounds.add(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert browser.evaluate(SMALLEST) >= 9
    assert len(grounds) == 2


def test_on_paper_nothing_is_cut_off_and_ink_is_dark_even_where_the_screen_is(browser, shown):
    for name in ("progress", "map"):
        browser.open(shown[name], 720, scheme="dark", media="print")
        assert browser.evaluate("document.documentElement.scrollWidth") == 720 and browser.evaluate(COUNT) > 50
        assert browser.evaluate(PALE) == []
        assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_script_in_a_page_would_not_run(browser, shown, tmp_path):
    text = shown["nothing"].read_text(encoding="utf-8").replace("</main>", "<script>document.title = 'run'</script></main>")
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    browser.open(tmp_path / "page.html")
    assert browser.evaluate("document.title") == "Your progress" and browser.complaints
