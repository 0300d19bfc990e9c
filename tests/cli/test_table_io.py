import string

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table, write_table

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
