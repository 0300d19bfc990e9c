import pandas as pd
import pytest


@pytest.mark.parametrize(
    ("cells", "kind", "values", "dtype"),
    [
        (["1", "-2", "+3"], "integer", [1, -2, 3], "int64"),
        (["1", "", "3"], "integer", [1, pd.NA, 3], "Int64"),
        (["1", "NA"], "integer", [1, pd.NA], "Int64"),
        ([str(2**64 - 1), "0"], "integer", [2**64 - 1, 0], "uint64"),
        ([str(2**64), "0"], "text", [str(2**64), "0"], "string"),
        (
            ["1.50", "2", ".5", "1e-3", "NaN"],
            "number",
            [1.5, 2, 0.5, 1e-3, None],
            float,
        ),
        (["007", "10"], "text", ["007", "10"], "string"),
        (["true", "false"], "flag", [True, False], "bool"),
        (["TRUE", "FALSE", ""], "flag", [True, False, pd.NA], "boolean"),
        (["True", "False"], "flag", [True, False], "bool"),
        (["true", "True"], "text", ["true", "True"], "string"),
        (["tRue", "false"], "text", ["tRue", "false"], "string"),
        (["yes", "no", "NA", ""], "text", ["yes", "no", "NA", pd.NA], "string"),
        (["", ""], "text", [pd.NA, pd.NA], "string"),
        (["inf", "1"], "text", ["inf", "1"], "string"),
        (["ü\nö", 'a "b", c'], "text", ["ü\nö", 'a "b", c'], "string"),
    ],
    ids=lambda value: str(value)[:30],
)
def test__read_table__cells__recognised(column, cells, kind, values, dtype):
    series, cell_format, _ = column(*cells)
    assert cell_format.kind == kind
    pd.testing.assert_series_equal(
        series, pd.Series(values, dtype=dtype), check_names=False, check_exact=True
    )


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["2020-02-29", ""], "YYYY-MM-DD"),
        (["29.02.2020", "01.03.2020"], "DD.MM.YYYY"),
        (["2020-02-29 13:00:01", "NULL"], "YYYY-MM-DD hh:mm:ss"),
        (["2020-02-29T13:00:01Z"], "YYYY-MM-DDThh:mm:ssZ"),
    ],
)
def test__read_table__dates__recognised_and_written_alike(column, cells, form):
    series, cell_format, _ = column(*cells)
    assert cell_format.kind == "date"
    assert cell_format.form.describe() == form
    assert series[0].strftime("%d.%m.%Y") == "29.02.2020"
    assert cell_format.write(series) == cells


def test__read_table__dates_that_were_told__read(column):
    series, *_ = column("05/31/2020", "01/02/2020", dates={"x": None})
    assert series[1] == pd.Timestamp("2020-01-02")
    series, *_ = column("1 Feb 21", dates={"x": "%d %b %y"})
    assert series[0] == pd.Timestamp("2021-02-01")
    series, *_ = column("20200131", dates={"x": None})
    assert series[0] == pd.Timestamp("2020-01-31")
    series, *_ = column("", "", dates={"x": None})
    assert series.isna().all()
    assert series.dtype.kind == "M"


@pytest.mark.parametrize(
    ("cells", "form", "message"),
    [
        (["Feb 20", "Mar 20"], None, r"csv, line 2, column 'x': 'Feb 20' has no known"),
        (
            ["01.02.2020", "31.02.2020"],
            "%d.%m.%Y",
            r"line 3, column 'x': '31.02.2020' is not a date of the format %d.%m.%Y",
        ),
    ],
)
def test__read_table__dates_that_are_none__told(column, cells, form, message):
    with pytest.raises(ValueError, match=message):
        column(*cells, dates={"x": form})


@pytest.mark.parametrize(
    ("separator", "first", "other"),
    [(",", "%m/%d/%Y", "%d/%m/%Y"), (";", "%d/%m/%Y", "%m/%d/%Y")],
)
def test__read_table__dates_of_two_readings__likelier_taken_and_said(
    read, separator, first, other
):
    table = read(f"x{separator}o\n01/02/2020{separator}1\n03/04/2020{separator}2\n")
    assert table.frame["x"].tolist() == list(
        pd.to_datetime(["01/02/2020", "03/04/2020"], format=first)
    )
    (remark,) = table.remarks
    assert (
        f"is read as {first}. For the other reading, use --date 'x={other}'." in remark
    )
    swapped = read(
        f"x{separator}o\n01/02/2020{separator}1\n03/04/2020{separator}2\n",
        dates={"x": other},
    )
    assert swapped.frame["x"][0] != table.frame["x"][0]
    assert swapped.remarks == ()


def test__read_table__dates_that_one_cell_decides__not_said(column):
    series, cell_format, remarks = column("1/2/2020", "13/2/2020")
    assert cell_format.kind == "date"
    assert series.dt.month.tolist() == [2, 2]
    assert remarks == ()


def test__read_table__odd_cell_among_numbers__told_with_its_line(column):
    cells = [*map(str, range(20)), "12 ?"]
    _, cell_format, remarks = column(*cells)
    assert cell_format.kind == "text"
    assert len(remarks) == 1
    assert "line 22, column 'x': '12 ?' is not a number" in remarks[0]
    series, _, remarks = column(*cells, missing=("12 ?",))
    assert series.dtype == "Int64"
    assert series.isna().sum() == 1
    assert remarks == ()


def test__read_table__word_for_missing_among_texts__missing(column):
    series, cell_format, _ = column("a", "?", missing=("?",))
    assert series.isna().tolist() == [False, True]
    assert cell_format.write(series) == ["a", "?"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a;b\n1,5;1\n2;2\n", [1.5, 2.0]),
        ("a;b\n1.5;1\n2;2\n", [1.5, 2.0]),
        ("a;b\n1.5;1,5\n2;2\n", [1.5, 2.0]),
        ("a;b\n1,5;x\nu,v;y\n", ["1,5", "u,v"]),
    ],
)
def test__read_table__semicolons__decimal_comma_looked_for(read, text, values):
    table = read(text)
    assert table.frame["a"].tolist() == values
    assert table.remarks == ()


def test__read_table__decimal_that_was_told__taken(read):
    table = read("a;b\n1,5;1\n", decimal=",")
    assert table.frame["a"].tolist() == [1.5]
    assert table.remarks == ()
    assert read("a;b\n1,5;1\n", decimal=".").frame["a"].tolist() == ["1,5"]


@pytest.mark.parametrize(
    "word",
    ["?", "-", ".", "\\N", "unknown", "n.a.", "#DIV/0!", "na", "NONE", "Nan", " ", "--"]
    + ["#N/A", "-nan", "missing", "n/a", "NULL"],
)
@pytest.mark.parametrize("share", [2, 5, 10])
def test__read_table__word_for_missing__at_any_share(column, word, share):
    cells = [word if k % 10 < share else f"{k}.5" for k in range(30)]
    if share == 10:
        cells[0] = "1.5"
    series, cell_format, remarks = column(*cells)
    assert cell_format.kind == "number"
    assert series.isna().sum() == cells.count(word)
    assert remarks == ()
    assert cell_format.write(series) == cells


def test__read_table__several_words_for_missing__commonest_written(column):
    series, cell_format, _ = column("1", "?", "NA", "?", "3")
    assert cell_format.write(series) == ["1", "?", "?", "?", "3"]


@pytest.mark.parametrize("share", [2, 5, 9])
def test__read_table__word_that_is_not_known__told_at_any_share(column, share):
    cells = ["closed" if k % 10 < share else f"{k}.5" for k in range(100)]
    _, cell_format, (remark,) = column(*cells)
    assert cell_format.kind == "text"
    assert "line 2, column 'x': 'closed' is not a number" in remark
    assert "--missing 'closed'" in remark


def test__read_table__odd_date__told_with_its_line(column):
    cells = [f"2021-01-{k:02}" for k in range(1, 25)] + ["2021-02-31"]
    _, cell_format, (remark,) = column(*cells)
    assert cell_format.kind == "text"
    assert "line 26, column 'x': '2021-02-31' is not a date" in remark


def test__read_table__units_that_differ__text_and_told(column):
    _, cell_format, (remark,) = column("$5", "€6")
    assert cell_format.kind == "text"
    assert "have different units or separators" in remark


def test__read_table__times_of_day__durations_written_alike(column):
    series, cell_format, _ = column("04:05", "", "23:59")
    assert cell_format.kind == "time"
    assert series[2] == pd.Timedelta(hours=23, minutes=59)
    assert cell_format.write(series) == ["04:05", "", "23:59"]


def test__read_table__decimal_commas_beside_points__each_by_itself(read):
    table = read("a;b\n1,5;1.25\n2,5;2.75\n")
    assert table.frame["a"].tolist() == [1.5, 2.5]
    assert table.frame["b"].tolist() == [1.25, 2.75]
