import csv
import io
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import mixed_frame

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table, write_rows, write_table


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def read(path, text, written="utf-8", **options):
    path.write_bytes(text.encode(written))
    return read_table(path, ReadOptions(**options))


def column(path, *cells, **options):
    """Read a column of cells, and give its values and their format."""
    text = io.StringIO()
    csv.writer(text).writerows([["x", "other"], *((cell, "o") for cell in cells)])
    table = read(path, text.getvalue(), **options)
    return table.frame["x"], table.csv_format.columns["x"], table.remarks


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
        (["true", "True"], "text", ["true", "True"], "string"),
        (["yes", "no", "NA", ""], "text", ["yes", "no", "NA", pd.NA], "string"),
        (["", ""], "text", [pd.NA, pd.NA], "string"),
        (["inf", "1"], "text", ["inf", "1"], "string"),
        (["ü\nö", 'a "b", c'], "text", ["ü\nö", 'a "b", c'], "string"),
    ],
    ids=lambda value: str(value)[:30],
)
def test__read_table__cells__recognised(path, cells, kind, values, dtype):
    series, cell_format, _ = column(path, *cells)
    assert cell_format.kind == kind
    pd.testing.assert_series_equal(
        series, pd.Series(values, dtype=dtype), check_names=False, check_exact=True
    )


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["2020-02-29", ""], "%Y-%m-%d"),
        (["29.02.2020", "01.03.2020"], "%d.%m.%Y"),
        (["2020-02-29 13:00:01", "NULL"], "%Y-%m-%d %H:%M:%S"),
        (["2020-02-29T13:00:01Z"], "%Y-%m-%dT%H:%M:%SZ"),
    ],
)
def test__read_table__dates__recognised_and_written_alike(path, cells, form):
    series, cell_format, _ = column(path, *cells)
    assert (cell_format.kind, cell_format.form) == ("date", form)
    assert series[0].strftime("%d.%m.%Y") == "29.02.2020"
    assert cell_format.write(series) == cells


def test__read_table__dates_that_were_told__read(path):
    series, *_ = column(path, "05/31/2020", "01/02/2020", dates={"x": None})
    assert series[1] == pd.Timestamp("2020-01-02")
    series, *_ = column(path, "1 Feb 21", dates={"x": "%d %b %y"})
    assert series[0] == pd.Timestamp("2021-02-01")
    series, *_ = column(path, "20200131", dates={"x": None})
    assert series[0] == pd.Timestamp("2020-01-31")
    series, *_ = column(path, "", "", dates={"x": None})
    assert series.isna().all()
    assert series.dtype.kind == "M"


@pytest.mark.parametrize(
    ("cells", "form", "message"),
    [
        (
            ["1/2/2020"],
            None,
            r"column 'x': .* read as %d/%m/%Y or as %m/%d/%Y.*--date 'x=%d/%m/%Y'",
        ),
        (["Feb 20", "Mar 20"], None, r"csv, line 2, column 'x': 'Feb 20' has none"),
        (
            ["01.02.2020", "31.02.2020"],
            "%d.%m.%Y",
            r"csv, line 3, column 'x': '31.02.2020' is no date of the form %d.%m.%Y",
        ),
    ],
)
def test__read_table__dates_that_are_none__told(path, cells, form, message):
    with pytest.raises(ValueError, match=message):
        column(path, *cells, dates={"x": form})


def test__read_table__slashed_dates__option_told(path):
    _, cell_format, remarks = column(path, "1/2/2020", "13/2/2020")
    assert cell_format.kind == "text"
    assert any("add --date 'x'" in remark for remark in remarks)


def test__read_table__odd_cell_among_numbers__told_with_its_line(path):
    cells = [*map(str, range(20)), "12 ?"]
    _, cell_format, remarks = column(path, *cells)
    assert cell_format.kind == "text"
    assert len(remarks) == 1
    assert "line 22, column 'x': '12 ?' is no number" in remarks[0]
    series, _, remarks = column(path, *cells, missing=("12 ?",))
    assert series.dtype == "Int64"
    assert series.isna().sum() == 1
    assert remarks == ()


def test__read_table__word_for_missing_among_texts__missing(path):
    series, cell_format, _ = column(path, "a", "?", missing=("?",))
    assert series.isna().tolist() == [False, True]
    assert cell_format.write(series) == ["a", "?"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("explicit", [False, True])
def test__read_table__any_separator__found(path, separator, explicit):
    rows = [["a", "b", "c"], ["1", "x y", "3"], ["4", "z", "6"]]
    text = "\r\n".join(map(separator.join, rows))
    table = read(path, text, separator=separator if explicit else None)
    assert table.frame.columns.tolist() == ["a", "b", "c"]
    assert table.frame["c"].tolist() == [3, 6]
    assert table.csv_format.separator == separator


def test__read_table__separator_in_quotes__not_taken_for_one(path):
    table = read(path, 'a;b\n"x,y,z";1\n"u,v,w";2\n')
    assert table.frame["a"].tolist() == ["x,y,z", "u,v,w"]


@pytest.mark.parametrize(
    ("text", "values", "is_told"),
    [
        ("a;b\n1,5;1\n2;2\n", [1.5, 2.0], True),
        ("a;b\n1.5;1\n2;2\n", [1.5, 2.0], False),
        ("a;b\n1.5;1,5\n2;2\n", [1.5, 2.0], False),
        ("a;b\n1,5;x\nu,v;y\n", ["1,5", "u,v"], False),
    ],
)
def test__read_table__semicolons__decimal_comma_looked_for(path, text, values, is_told):
    table = read(path, text)
    assert table.frame["a"].tolist() == values
    assert any("decimal comma" in remark for remark in table.remarks) == is_told


def test__read_table__decimal_that_was_told__taken(path):
    table = read(path, "a;b\n1,5;1\n", decimal=",")
    assert table.frame["a"].tolist() == [1.5]
    assert table.remarks == ()
    assert read(path, "a;b\n1,5;1\n", decimal=".").frame["a"].tolist() == ["1,5"]


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
    ],
)
def test__read_table__any_encoding__found_and_kept(path, tmp_path, encoding, known_as):
    table = read(path, "straße,x\nKöln,1\n", encoding)
    assert table.frame["straße"].tolist() == ["Köln"]
    assert table.csv_format.encoding == known_as
    assert bool(table.remarks) == (known_as == "cp1252")
    write_table(tmp_path / "out.csv", table, table.frame.iloc[:0])
    assert (tmp_path / "out.csv").read_bytes() == path.read_bytes()


def test__read_table__no_utf8__line_told(path):
    table = read(path, "a,b\nx,1\nü,2\n", "latin-1")
    assert "line 3: no UTF-8" in table.remarks[0]


def test__read_table__byte_that_cp1252_lacks__latin1(path):
    path.write_bytes(b"a,b\n\x81,\xfc\n")
    table = read_table(path, ReadOptions())
    assert table.frame["b"].tolist() == ["ü"]
    assert table.csv_format.encoding == "latin-1"


def test__read_table__encoding_that_was_told__taken(path):
    table = read(path, "a,b\nж,1\n", "koi8-r", encoding="koi8-r")
    assert table.frame["a"].tolist() == ["ж"]
    table = read(path, "a,b\nж,1\n", "utf-8-sig", encoding="UTF-8")
    assert table.frame.columns[0] == "a"
    for encoding in ("ascii", "nonsense"):
        with pytest.raises(ValueError, match=rf"with --encoding {encoding}"):
            read_table(path, ReadOptions(encoding=encoding))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n\n1,2,3\n",
            r"table\.csv, line 4: 3 cells, but the first line has 2",
        ),
        ("a,b\n1,2\n1\n", r"table\.csv, line 3: 1 cells"),
        ("a,b,a\n1,2,3\n", r"table\.csv, line 1: .* 'a' stand more than once"),
        ('a,b\n1,"2"x\n', r"table\.csv, line 2: "),
        ('a,b\n1,"2\n', r"table\.csv, line 2: unexpected end of data"),
        ("", r"table\.csv is empty"),
        ("a,b\n", r"table\.csv holds no rows"),
        ("a\x00b", r"table\.csv is no text"),
        ("a,b\n" + "x" * 200_000 + ",1\n", r"table\.csv, line 2: field larger"),
    ],
    ids=range(9),
)
def test__read_table__faulty_file__told_with_its_line(path, text, message):
    with pytest.raises(ValueError, match=message):
        read(path, text)


def test__read_table__date_column_that_there_is_not__told(path):
    with pytest.raises(ValueError, match=r"no column 'c'; its columns are 'a', 'b'\.$"):
        read(path, "a,b\n1,2\n", dates={"c": None})
    with pytest.raises(ValueError, match=r"its columns are 'a:b'.*say it with --sep"):
        read(path, "a:b\n1:2\n", dates={"c": None})


def test__place__cell__by_line_or_by_row(path, tmp_path):
    table = read(path, 'a,b\n"x\ny",1\nz,2\n')
    assert table.place(1, "a") == f"{path}, line 4, column 'a'"
    parquet = tmp_path / "table.parquet"
    write_rows(parquet, table.frame, table.csv_format)
    table = read_table(parquet, ReadOptions())
    assert table.place(1, "a") == f"{parquet}, row 1, column 'a'"


def test__parquet__frame_of_all_dtypes__same(tmp_path):
    path = tmp_path / "table.parquet"
    # Parquet knows no categories that are numbers.
    frame = mixed_frame()[0].reset_index(drop=True).drop(columns="ordered")
    frame.to_parquet(path)
    table = read_table(path, ReadOptions())
    pd.testing.assert_frame_equal(table.frame, frame)
    write_table(path, table, frame, mark="new")
    both = pd.concat([frame, frame], ignore_index=True)
    both["new"] = np.repeat([False, True], len(frame))
    pd.testing.assert_frame_equal(pd.read_parquet(path), both)


def test__parquet__named_index__a_column(tmp_path):
    path = tmp_path / "table.pq"
    pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="id")).to_parquet(path)
    table = read_table(path, ReadOptions())
    assert table.frame.columns.tolist() == ["id", "a"]
    assert table.drop(["id"]).frame.columns.tolist() == ["a"]


def test__parquet__odd_names_or_none_at_all__told(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({1: [1]}).to_parquet(path)
    with pytest.raises(ValueError, match=r"table\.parquet has columns whose names"):
        read_table(path, ReadOptions())
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"table\.parquet is no Parquet file"):
        read_table(path, ReadOptions())


CELLS = st.one_of(
    st.text(string.printable + "äß€\u2028", max_size=5),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.dates().map(str),
    st.sampled_from(["", "NA", "true", "False", "007", "1,5"]),
)


@st.composite
def tables_of_cells(draw):
    """Draw columns of cells, each of one kind or of several."""
    n_rows, n_columns = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    kinds = st.sampled_from([CELLS, *CELLS.original_strategies])
    columns = [
        draw(st.lists(draw(kinds), min_size=n_rows, max_size=n_rows))
        for _ in range(n_columns)
    ]
    return pd.DataFrame(dict(enumerate(columns))).rename(columns="x{}".format)


@given(tables_of_cells(), st.sampled_from(",;\t|"))
def test__csv__in_and_out__same_cells_then_rows_of_the_same_values(
    tmp_path_factory, cells, separator
):
    folder = tmp_path_factory.mktemp("csv")
    path, copy = folder / "in.csv", folder / "out.csv"
    cells.to_csv(
        path, index=False, sep=separator, lineterminator="\r\n"
    )  # so that a bare \r is quoted
    options = ReadOptions(separator=separator, encoding="utf-8", decimal=".")
    table = read_table(path, options)
    assert table.cells.to_numpy().tolist() == cells.to_numpy().tolist()
    write_table(copy, table, table.frame)
    twice = read_table(copy, options)
    first, second = twice.cells.iloc[: len(cells)], twice.frame.iloc[len(cells) :]
    assert first.to_numpy().tolist() == cells.to_numpy().tolist()
    pd.testing.assert_frame_equal(
        second.reset_index(drop=True), table.frame, check_exact=True
    )


@given(tables_of_cells())
def test__csv__in_and_parquet_out__same_values_and_types(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("csv")
    path, copy = folder / "in.csv", folder / "out.parquet"
    cells.to_csv(
        path, index=False, lineterminator="\r\n"
    )  # so that a bare \r is quoted
    table = read_table(path, ReadOptions(separator=","))
    write_table(copy, table, table.frame.iloc[:0])
    again = read_table(copy, ReadOptions()).frame
    pd.testing.assert_frame_equal(again, table.frame, check_exact=True)
