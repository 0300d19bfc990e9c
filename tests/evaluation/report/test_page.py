import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.random import RandomState
from reports import (
    EVIL,
    hard_report,
    small_forests,
    small_report,
    write_hard_page,
)

from gansampler import GANOverSampler
from gansampler.evaluation.plotting.marginals import MAX_CATEGORY_NAME
from gansampler.evaluation.plotting.style import shorten
from gansampler.evaluation.report import QualityReport
from gansampler.evaluation.report.about import describe_origin
from gansampler.evaluation.report.page import write_page
from gansampler.gan.history import History

pytestmark = pytest.mark.usefixtures("few_trees")


class Reader(HTMLParser):
    """Read a page: its tags with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def page_of(report):
    return write_page(report)


@pytest.fixture(scope="module")
def page():
    return write_hard_page()


@pytest.fixture(scope="module")
def small_page():
    return page_of(small_report())


def normal(n, seed):
    return np.random.default_rng(seed).normal(size=(n, 2))


def test__page__text_of_users__shown_as_it_is_and_never_run(page):
    read = Reader(page)
    assert f"Class {EVIL}" in read.text
    assert "script" not in {tag for tag, _ in read.tags}
    assert "<script" not in page


def test__page__categories_in_pictures__shown_as_they_are():
    names = ["</svg><p>", "日本", "a & b", "a category that is long"]
    table = pd.DataFrame({"kind": np.repeat(names, 10)})
    page = page_of(QualityReport.from_rows(table, table, random_state=0))
    read = Reader(page)
    assert all(shorten(name, MAX_CATEGORY_NAME) in read.text for name in names)
    assert "<script" not in page
    tags = [tag for tag, _ in read.tags]
    assert len(re.findall("</svg>", page)) == tags.count("svg")


def test__fragment__text_of_users__shown_as_it_is_and_never_run():
    fragment = hard_report()._repr_html_()
    read = Reader(fragment)
    assert "<script" not in fragment
    assert EVIL in read.text
    assert {"table", "style", "section"} <= {tag for tag, _ in read.tags}


def test__page__one_file__refers_to_nothing_outside(page):
    read = Reader(page)
    links = [
        value
        for _, attributes in read.tags
        for name, value in attributes.items()
        if name in {"href", "src", "xlink:href", "srcset", "data", "action"}
    ]
    assert links
    assert all(link.startswith("#") for link in links)
    outside = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test__page__ids__unique_and_what_is_referred_to_is_there(page):
    ids = [a["id"] for _, a in Reader(page).tags if "id" in a]
    assert len(ids) == len(set(ids))
    references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)
    assert references
    assert {first or second for first, second in references} <= set(ids)


def test__page__pictures__have_texts_that_stand_for_them(page):
    pictures = [a for tag, a in Reader(page).tags if tag == "svg"]
    shown = [a for a in pictures if a.get("aria-hidden") != "true"]
    assert len(shown) > 20
    assert all(a["role"] == "img" and a["aria-label"] for a in shown)
    assert "img" not in {tag for tag, _ in Reader(page).tags}


def test__page__tables__have_headers(page):
    read = Reader(page)
    headers = [a for tag, a in read.tags if tag == "th"]
    assert {a["scope"] for a in headers} == {"col", "row"}
    assert {tag for tag, _ in read.tags} >= {"caption", "thead", "main", "h1", "h2"}
    html_tag = next(a for tag, a in read.tags if tag == "html")
    assert html_tag["lang"] == "en"


def test__page__many_columns__the_rest_unfolds(page):
    assert "2 more columns" in Reader(page).text


def test__page__colours__follow_the_scheme(page):
    pictures = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert "var(--real)" in pictures
    assert "currentColor" in pictures
    assert not re.search("#0072b2|#d55e00|#222222|#000000", pictures)


def test__page__same_report__same_bytes(small_page):
    assert page_of(small_report()) == small_page


def test__page__another_day__differs_by_the_date_alone(small_page):
    report = small_report()
    later = replace(report, about=replace(report.about, date="2099-12-31"))
    changed = page_of(later)
    assert changed != small_page
    assert changed.replace("2099-12-31", report.about.date) == small_page


def test__page__several_classes__overall_grade_and_verdicts_before_any_detail(page):
    text = " ".join(Reader(page).text.split())
    found = [
        text.index(part)
        for part in (
            "Overall grade: ✕ poor 2 classes: 1 poor, 1 not judged.",
            "The grades describe all rows that the generators make.",
            "3 warnings",
            "Verdict by class ✕ poor Class",
            "? not judged Class few Fewer than 20 real or",
            "The generator was trained on 40 real rows",
        )
    ]
    assert found == sorted(found)


def test__page__about__date_versions_and_parameters(page):
    about = hard_report().about
    text = " ".join(Reader(page).text.split())
    assert {"gansampler", "Python", "torch", "scikit-learn", "imbalanced-learn"} == set(
        about.versions
    )
    assert (
        f"Made on {about.date} with gansampler {about.versions['gansampler']}" in text
    )
    assert f"Parameters that differ from their defaults: {about.changed}" in text
    assert "gan__max_iter=5" in about.changed
    assert "n_candidates" not in about.changed
    assert "n_candidates6" in text.replace(" ", "")


def test__about__objects_and_control_characters__no_address_and_on_one_line():
    sampler = GANOverSampler(
        rejection_estimator=Untold(),
        constraints="a\x1b[31m",
        random_state=RandomState(),
    )
    shown = {one.name: one.value for one in describe_origin(sampler).settings}
    assert "0x" not in shown["rejection_estimator"] + shown["random_state"]
    assert r"\x1b" in shown["constraints"]
    assert all(value.isprintable() for value in shown.values())


class Untold:
    """An estimator without a repr of its own."""


def test__page__written__pyplot_knows_of_no_figure(page):
    assert plt.get_fignums() == []


def test__page__good_rows__no_warnings():
    report = QualityReport.from_rows(
        normal(80, 0), normal(80, 1), normal(40, 2), random_state=0
    )
    text = " ".join(Reader(page_of(report)).text.split())
    assert "No warnings" in text
    assert "Overall grade: ✓ good Good on all 8 measures." in text
    assert "compares them with 40 held-out rows, which the generator has not" in text
    assert "Training ran" not in text


def test__page__too_few_rows__says_that_nothing_was_judged():
    report = QualityReport.from_rows(normal(9, 0), normal(80, 1), label=3)
    text = " ".join(Reader(page_of(report)).text.split())
    assert "Nothing could be judged" in text
    assert "Overall grade: ? not judged" in text
    assert "Fewer than 20 real or synthetic rows: too few to judge." in text
    assert "trained on 9 real rows" in text
    assert "No warnings" not in text
    assert "nan" not in text.lower()


def test__page__training__told_in_words(page):
    text = " ".join(Reader(page).text.split())
    assert "Training ran for 5 iterations. The sampler kept the generator of" in text


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (History(), "No losses: the class uses a smoothed bootstrap"),
        (History(epsilon=1.0), "Private training records no losses"),
        (
            History([50], [1.0], [1.0], [0.1], 50, n_iter=60, diverged=True),
            "iteration 50, the closest to the real rows. Training diverged later",
        ),
        (
            History([50], [1.0], [1.0], [90.0], 0, n_iter=50, diverged=True),
            "Training failed, so the rows come from a smoothed bootstrap.",
        ),
        (
            History([99], [1.0], [1.0], [0.7], 99, n_iter=300, diversity=[0.1]),
            "the real rows. At the end, the generated rows were nearly all the same.",
        ),
    ],
)
def test__fragment__unusual_trainings__told_in_words(history, expected):
    (small,) = [one for one in hard_report().classes if one.label == "few"]
    fragment = QualityReport([replace(small, history=history)])._repr_html_()
    assert expected in " ".join(Reader(fragment).text.split())


def test__page__nothing_trained__no_picture_of_it(small_page):
    (one,) = small_report().classes
    bootstrapped = page_of(QualityReport([replace(one, history=History())]))
    assert "Losses and distance" in small_page
    assert "Losses and distance" not in bootstrapped


def test__to_html__path__written_as_utf8(tmp_path, without_real_rows):
    report, page = without_real_rows[1], without_real_rows[3]
    path = tmp_path / "report.html"
    report.to_html(path)
    assert path.read_text(encoding="utf-8") == page
    assert not page.isascii()


@pytest.mark.parametrize("module", ["matplotlib.pyplot", "jinja2"])
def test__to_html__package_missing__says_how_to_install(module, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    report = QualityReport.from_rows(normal(30, 0), normal(30, 1), random_state=0)
    package = module.split(".")[0]
    with pytest.raises(
        ImportError,
        match=rf"QualityReport.to_html needs {package}.*gansampler\[report\]",
    ):
        report.to_html(tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test__notebook__without_matplotlib__verdicts_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    assert "<table" in hard_report()._repr_html_()


def test__notebook__without_jinja2__left_to_the_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert hard_report()._repr_html_() is None
    assert "Single columns: poor." in repr(hard_report())


def drawn_numbers(page):
    """Return all numbers with decimals of the curves and points of a page."""
    outside = re.sub(r"<defs>.*?</defs>", "", page, flags=re.DOTALL)
    places = re.findall(r' d="[^"]*"|<use [^>]*>', outside)
    return {float(n) for place in places for n in re.findall(r"-?\d+\.\d+", place)}


def test__page__real_rows__to_the_precision_of_a_pixel(page):
    numbers = drawn_numbers(page)
    assert numbers
    assert all((number / 0.75).is_integer() for number in numbers)
    assert "These pictures show real rows" in page


@pytest.fixture(scope="module")
def without_real_rows():
    """Return a table of names, a report on it, and its pages without and with rows."""
    rng = np.random.default_rng(0)
    real = pd.DataFrame(
        {"x": rng.normal(size=60), "name": [f"n{k}" for k in range(60)]}
    )
    synthetic = pd.DataFrame({"x": rng.normal(size=60), "name": ["n1"] * 60})
    with small_forests():
        report = QualityReport.from_rows(real, synthetic, random_state=0)
    return real, report, write_page(report, False), write_page(report)


def test__page__without_real_rows__none_of_their_values(without_real_rows):
    real, _, page, whole = without_real_rows
    assert "No value of a real row is shown." in page
    assert not any(f">{name}<" in page for name in real["name"])
    assert any(f">{name}<" in whole for name in real["name"])
    assert page.count("<figure>") == 3 < whole.count("<figure>")


def test__to_html__without_real_rows__written_so(tmp_path, without_real_rows):
    _, report, page, _ = without_real_rows
    report.to_html(tmp_path / "page.html", show_real_rows=False)
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page


def test__page__rare_categories_in_bars__the_note_says_so(without_real_rows):
    real, _, page, whole = without_real_rows  # in which each name is that of one row
    whole = " ".join(whole.split())
    shown = [name for name in real["name"] if f">{name}<" in whole]
    assert len(shown) == 8
    note = "Bars name up to 8 categories of a column as the table has them, even a"
    assert note in whole
    assert note not in " ".join(page.split())


CONTROL = "a\x1b[31m\x9b2J\u202eb"
WRITTEN = r"a\x1b[31m\x9b2J\u202eb"


@pytest.mark.parametrize("write", ["page", "fragment"])
def test__page__control_characters__written_out_everywhere(write, tmp_path):
    rng = np.random.default_rng(0)
    real = pd.DataFrame(
        {CONTROL: rng.normal(size=60), "kind": np.repeat(["\x1bc", "d"], 30)}
    )
    synthetic = real.iloc[:1].loc[[0] * 60]  # which gives warnings that name the class
    report = QualityReport.from_rows(real, synthetic, label=CONTROL + "\ud800")
    page = report._repr_html_()
    if write == "page":
        report.to_html(tmp_path / "page.html")
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert r"\x1bc" in page
    assert all(c.isprintable() or c.isspace() for c in page)
    assert rf"in class {WRITTEN}\ud800" in page
    assert rf"Class {WRITTEN}\ud800" in page
