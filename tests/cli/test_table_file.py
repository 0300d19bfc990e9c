import pytest

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table, write_rows


def test__read_table__date_column_that_there_is_not__told(read):
    with pytest.raises(
        ValueError, match=r"no column 'c'\. Its columns are 'a', 'b'\.$"
    ):
        read("a,b\n1,2\n", dates={"c": None})
    with pytest.raises(ValueError, match=r"Its columns are 'a:b'.*set it with --sep"):
        read("a:b\n1:2\n", dates={"c": None})


def test__place__cell__by_line_or_by_row(read, path, tmp_path):
    table = read('a,b\n"x\ny",1\nz,2\n')
    assert table.place(1, "a") == f"{path}, line 4, column 'a'"
    parquet = tmp_path / "table.parquet"
    write_rows(parquet, table.frame, table.csv_format)
    table = read_table(parquet, ReadOptions())
    assert table.place(1, "a") == f"{parquet}, row 1, column 'a'"


def test__read_table__many_columns_but_not_that_one__some_are_named(read):
    names = [f"c{k}" for k in range(600)]
    with pytest.raises(ValueError, match=r"'c0', .*, 'c19' and 580 more\.$"):
        read(f"{','.join(names)}\n{','.join('1' * 600)}\n").check_column("z")
