import numpy as np
import pandas as pd
import pytest

from gansampler.utils.formatting import as_written, short_repr, type_name


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.int64(1), "1"),
        (np.float32(0.5), "0.5"),
        (np.str_("a"), "'a'"),
        (np.bool_(True), "True"),
        (None, "None"),
        ("it's", '"it\'s"'),
        (pd.Timestamp("2020-01-01"), "Timestamp('2020-01-01 00:00:00')"),
    ],
)
def test__as_written_and_short_repr__scalars__without_numpys_type(value, written):
    assert repr(as_written(value)) == written
    assert short_repr(value) == written


class Long:
    def __repr__(self):
        return f"<{'x' * 1000}>"


@pytest.mark.parametrize("value", ["x" * 1000, b"x" * 1000, Long()], ids=type)
def test__short_repr__long_value__its_ends(value):
    text = short_repr(value)
    start, end = text.split("...")
    assert len(text) == 80
    assert repr(value).startswith(start)
    assert repr(value).endswith(end)


def test__short_repr__list__twenty_of_it():
    assert short_repr(list("ab")) == "['a', 'b']"
    assert short_repr(list(range(21))) == f"{list(range(20))}"[:-1] + ", ...]"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (pd.DataFrame(), "pandas DataFrame"),
        (np.zeros(3), "numpy ndarray"),
        ([], "builtins list"),
    ],
)
def test__type_name__value__library_and_class(value, name):
    assert type_name(value) == name
