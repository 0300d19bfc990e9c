import numpy as np
import pandas as pd

from gansampler.tabular.inference import infer_schema
from gansampler.tabular.relations import Sum
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema


def test__table_schema__repr__a_line_for_each_column_and_relation():
    frame = pd.DataFrame(
        {
            "age": [30, 40, 50] * 10,
            "paid": np.arange(30) / 4,
            "job": pd.Categorical(["cook", "smith", "cook"] * 10),
        }
    )
    schema = infer_schema(frame)
    assert repr(schema).splitlines() == [
        "TableSchema of 3 columns:",
        "  ColumnSchema('age', integer, int64, few values, step=10)",
        "  ColumnSchema('paid', continuous, float64, decimals=2, step=25)",
        "  ColumnSchema('job', categorical, category)",
    ]
    with_sum = TableSchema(schema.columns, (Sum("paid", ("age", "fee")),))
    assert repr(with_sum).endswith("\n  paid = age + fee")


def test__table_schema__repr__of_many_columns_is_short():
    columns = (ColumnSchema("x", Kind.INTEGER, np.dtype("int64")),) * 2_000
    lines = repr(TableSchema(columns)).splitlines()
    assert len(lines) == 52
    assert lines[-1] == "  ... and 1,950 more columns"
