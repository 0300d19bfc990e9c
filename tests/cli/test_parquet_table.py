import numpy as np
import pandas as pd
import pytest
from tables import mixed_frame

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table, write_table


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
