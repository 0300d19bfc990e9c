"""The page of a report in a real browser: Debian's Chromium, driven by playwright."""

import shutil

import pytest
from reports import write_hard_page

# A browser is started, and a page of everything that is hard to show is made for it.
pytestmark = pytest.mark.slow

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": 390, "desktop": 1280}
SCHEMES = ["light", "dark"]
MIN_CONTRAST, MIN_LARGE_CONTRAST = 4.5, 3.0
"""Of the Web Content Accessibility Guidelines, level AA."""

# Of each text its size in pixels, the colour of its letters and that behind them.
TEXTS = """
() => {
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'none';
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    texts.push({
      text: text,
      size: parseFloat(style.fontSize),
      colour: element.closest('svg') ? style.fill : style.color,
      behind: behind(element.closest('svg') || element),
    });
  }
  return texts;
}
"""

# What reaches over the right edge of the window, unless it can be scrolled to.
OVERFLOWING = """
() => [...document.body.querySelectorAll('*')]
  .filter(e => !e.closest('.scroll') && !e.closest('svg svg, svg *'))
  .filter(e => e.getBoundingClientRect().right > window.innerWidth + 0.5)
  .map(e => e.outerHTML.slice(0, 100))
"""


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip(
        "playwright.sync_api",
        reason="the page is not opened in a browser: playwright is not installed",
    )
    if CHROMIUM is None:
        pytest.skip("the page is not opened in a browser: there is no chromium here")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(write_hard_page(), encoding="utf-8")
    return path


@pytest.fixture(params=[(w, s) for w in WIDTHS for s in SCHEMES], ids="-".join)
def opened(request, browser, path):
    """Return the page as it is shown, and what the browser complains of or asks for."""
    width, scheme = request.param
    page = browser.new_page(
        viewport={"width": WIDTHS[width], "height": 800}, color_scheme=scheme
    )
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(path.as_uri())
    # Unfold the rest of the columns, so that it is looked at as well.
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    yield page, heard, scheme
    page.close()


def luminance(colour):
    channels = colour[colour.index("(") + 1 : -1].split(",")[:3]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (float(channel) / 255 for channel in channels)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour, other):
    low, high = sorted([luminance(colour), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test__contrast__black_on_white__as_the_guidelines_have_it():
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    grey = contrast("rgb(119, 119, 119)", "rgb(255, 255, 255)")
    assert grey == pytest.approx(4.48, abs=0.01)


def test__page__opened__no_error_and_no_request(opened, path):
    _, heard, _ = opened
    assert heard == [path.as_uri()]


def test__page__any_width__nothing_reaches_over_the_edge(opened):
    page, _, _ = opened
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test__page__any_scheme__texts_stand_out(opened):
    page, _, scheme = opened
    texts = page.evaluate(TEXTS)
    assert len(texts) > 200
    page_is_dark = luminance(texts[0]["behind"]) < 0.5
    assert page_is_dark == (scheme == "dark")
    faint = [
        one
        for one in texts
        if contrast(one["colour"], one["behind"])
        < (MIN_LARGE_CONTRAST if one["size"] >= 24 else MIN_CONTRAST)
    ]
    assert faint == []


def test__page__pictures__wide_enough_to_read_and_named(opened):
    page, _, _ = opened
    pictures = page.locator("svg[role=img]")
    boxes = [pictures.nth(k).bounding_box() for k in range(pictures.count())]
    assert len(boxes) > 20
    assert min(box["width"] for box in boxes) > 250
    assert page.locator("img:not([alt]), svg[role=img]:not([aria-label])").count() == 0
    assert page.get_by_role("img", name="Rows in two principal components").count() == 2


def test__page__narrow__table_of_findings_is_still_a_table(opened):
    page, _, _ = opened
    table = page.locator("table.findings").first
    assert table.get_by_role("rowheader").count() == 8
    assert table.get_by_role("cell").count() == 24
