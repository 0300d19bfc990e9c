import pytest
from hypothesis import given
from hypothesis import strategies as st

from gansampler.cli.number_inference import find_number_form

ALIKE = [
    ["1.50", "2.25"],
    ["$1,234.50", "$20.00"],
    ["($5.20)", "$1,000.00"],
    ["-$5.20", "$1,000.00"],
    ["$-5.20", "$1,000.00"],
    ["1.234,50", "2,10"],
    ["1'234.50", "12.00"],
    ["1\u00a0234.50", "7.00"],
    ["1\u202f234,5", "7,0"],
    ["12.5%", "3.0%"],
    ["5.00 EUR", "1.20 EUR"],
    ["EUR 5.00", "EUR 1.20"],
    ["5.00-", "7.00"],
    ["\u22125.00", "7.00"],
    ["(5)", "(7)", "3"],
    ["+5", "-3"],
    [".25", "-.75"],
    ["5.", "6.5"],
    ["07.50", "10.25"],
    ["12,34,567", "1,00,000"],
    ["1.23e-07", "4.50e-08"],
    ["1.23E+09", "4.56E+10"],
    ["1e+16", "12.0"],
    ["1e-05", "0.0001", "3.5"],
    ["0.1", "0.25", "5"],
    ["1234", "12 345"],
    ["5.960464477539063e-08"],
    ["R$ 1.234,50", "R$ 10,00"],
    ["18446744073709551615", "0"],
]


@pytest.mark.parametrize("cells", ALIKE, ids=" ".join)
def test__number_form__cells__written_as_they_were(cells):
    form, said = find_number_form(cells, None, ".")
    assert said == ""
    assert form.write(form.parse(cells)) == cells


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["$1,234.50", "($20.00)"], [1234.5, -20]),
        (["1.234,50 €", "20,00- €"], None),
        (["1.234.567", "12"], [1234567, 12]),
        (["12.5%", "3%"], [12.5, 3]),
        (["1'234", "5"], [1234, 5]),
    ],
)
def test__number_form__cells__numbers_that_they_mean(cells, values):
    found = find_number_form(cells, None, ".")
    assert (found and found[0].parse(cells).tolist()) == values


@pytest.mark.parametrize(
    "cells",
    [
        ["007", "10"],
        ["$5", "€6"],
        ["5%", "0.5"],
        ["12 kg", "3 kg"],
        ["18446744073709551616"],
        ["1.2.3", "4.5.6"],
        ["(5", "6"],
        ["--5"],
        ["inf"],
        ["12 MAR", "10 JAN"],
        ["0x1f"],
        ["+4930123456", "+4915112345678"],
    ],
    ids=" ".join,
)
def test__number_form__names_and_mixed_units__none(cells):
    assert find_number_form(cells, None, ".") is None


@pytest.mark.parametrize(
    ("cells", "usual", "values", "is_said"),
    [
        (["1,234", "567"], ".", [1234, 567], True),
        (["1,234", "5,678"], ",", [1.234, 5.678], True),
        (["1,234", "0,567"], ".", [1.234, 0.567], False),
        (["1,234", "5,67"], ".", [1.234, 5.67], False),
        (["1.234", "5.678"], ".", [1.234, 5.678], False),
        (["1.234", "567"], ",", [1234, 567], True),
        (["1.234", "56789"], ",", [1.234, 56789], False),
        (["1,234,567", "1,234"], ".", [1234567, 1234], False),
    ],
)
def test__number_form__sign_of_two_readings__likelier_and_said(
    cells, usual, values, is_said
):
    form, said = find_number_form(cells, None, usual)
    assert form.parse(cells).tolist() == values
    assert ("--decimal NAME=" in said) == is_said


def test__number_form__decimal_that_was_told__taken():
    form, said = find_number_form(["1,234", "567"], ",", ".")
    assert form.parse(["1,234"]).tolist() == [1.234]
    assert said == ""


@pytest.mark.parametrize(
    ("cells", "number", "cell"),
    [
        (["5", "5.25"], 2.5, "2.50"),
        (["5.0", "5.25"], 2.0, "2.0"),
        (["1.5"], -1.25, "-1.2"),
        (["+1.5", "+2.0"], -1.5, "-1.5"),
        (["-0.5", "0.5"], -0.01, "0.0"),
        (["$5", "($7)"], -12, "($12)"),
        (["1,000", "2,000,000"], 999, "999"),
        (["1e-07", "1.25e-07"], 1.1e-07, "1.10e-07"),
    ],
)
def test__number_form__new_number__shortest_form_that_is_shown(cells, number, cell):
    form, _ = find_number_form(cells, None, ".")
    values = form.parse(cells).iloc[:1]
    values.iloc[0] = number
    assert form.write(values) == [cell]


FRAMES = [("{}", "-{}"), ("${}", "(${})"), ("{} EUR", "-{} EUR"), ("{}%", "{}%-")]


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=20),
    st.integers(0, 4),
    st.sampled_from([(".", ""), (".", ","), (",", "."), (",", "\u00a0"), (".", "'")]),
    st.sampled_from(FRAMES),
)
def test__number_form__any_numbers_of_one_form__same_values_and_cells(
    units, places, signs, frames
):
    point, group = signs
    cells = []
    for unit in units:
        text = f"{abs(unit) / 10**places:,.{places}f}"
        text = text.translate({ord(","): group, ord("."): point})
        cells.append(frames[unit < 0].replace("{}", text))
    # By the option, where digits alone don't tell what a sign means.
    form, _ = find_number_form(list(dict.fromkeys(cells)), point, point)
    values = form.parse(cells)
    assert values.tolist() == pytest.approx([unit / 10**places for unit in units])
    assert form.write(values) == cells


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test__number_form__floats_as_python_writes_them__same_values(numbers):
    cells = list(dict.fromkeys(map(repr, numbers)))
    form, _ = find_number_form(cells, None, ".")
    again = form.parse(form.write(form.parse(cells)))
    assert again.tolist() == [float(cell) for cell in cells]
