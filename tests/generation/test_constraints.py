import pickle
import re
from contextlib import suppress
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import frames
from tables import assert_same, deep, global_states, mixed_frame

from gansampler.generation.constraints import MAX_TRIES, ROUND_ROWS, check_constraints

NUMBERS = st.none() | st.integers(-5, 5).map(float)


def satisfied(constraints, rows):
    return check_constraints(constraints).satisfied(rows).tolist()


def positive(rows):
    return rows["a"] > 0


@pytest.mark.parametrize("nothing", [None, [], ()])
def test__check_constraints__nothing__every_row_satisfies(nothing):
    constraints = check_constraints(nothing)
    assert len(constraints) == 0
    rows = pd.DataFrame({"a": [1, -1]})
    assert constraints.satisfied(rows).tolist() == [True, True]
    constraints.check_real(rows, "x")


@pytest.mark.parametrize("alone", ["a > 0", positive])
def test__check_constraints__one_alone__as_a_list_of_one(alone):
    constraints = check_constraints(alone)
    assert len(constraints) == 1
    rows = pd.DataFrame({"a": [1, -1]})
    assert constraints.satisfied(rows).tolist() == [True, False]
    assert satisfied([alone], rows) == [True, False]


@pytest.mark.parametrize("value", [3, {"a": 1}, {"a > 0"}, np.array(["a > 0"])])
def test__check_constraints__no_list__what_it_is_and_what_is_allowed(value):
    with pytest.raises(TypeError, match=r"None, a string, a callable or a list .* got"):
        check_constraints(value)


@pytest.mark.parametrize("entry", [3, None, ["a > 0"], b"a > 0"])
def test__check_constraints__entry_of_another_type__named(entry):
    message = rf"constraints\[1\] must be a string .*callable.*{re.escape(repr(entry))}"
    with pytest.raises(TypeError, match=message):
        check_constraints(["a > 0", entry])


@pytest.mark.parametrize(
    "text",
    ["", "  ", "a <", "a = b + 1", "a += 1", "`a b` = 1", "import os", "a > 1; b > 1"]
    + ["a > 1\nb > 1", "`a b > 0", "a == 'x", "a `b`"],
)
def test__check_constraints__not_an_expression__named_with_its_cause(text):
    message = re.escape(f"The constraint {text!r} can't be parsed")
    with pytest.raises(ValueError, match=message) as raised:
        check_constraints(["a > 0", text])
    assert isinstance(raised.value.__cause__, SyntaxError)


@pytest.mark.parametrize("text", ["a > @b", "@a > 0", "a @ b > 0"])
def test__check_constraints__local_variable__refused(text):
    with pytest.raises(ValueError, match=r"a variable with '@'.* pass a callable"):
        check_constraints(text)


@pytest.mark.parametrize("text", ["1 > 0", "True", "abs(-1) > 0", "'a' == 'b'"])
def test__check_constraints__no_column__refused(text):
    with pytest.raises(ValueError, match=re.escape(f"{text!r} names no column")):
        check_constraints(text)


def test__check_constraints__expressions_and_functions__pickle():
    constraints = pickle.loads(pickle.dumps(check_constraints(["a < 3", positive])))
    rows = pd.DataFrame({"a": [1, -1, 3]})
    assert constraints.satisfied(rows).tolist() == [True, False, False]


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30),
    st.integers(-5, 5),
    st.integers(-5, 5),
)
def test__satisfied__thresholds__as_numpy_tells(pairs, low, high):
    rows = pd.DataFrame(pairs, columns=["a", "b"], dtype="float64")
    a, b = rows["a"].to_numpy(), rows["b"].to_numpy()
    no_a, no_b = np.isnan(a), np.isnan(b)
    between = no_a | ((low <= a) & (a <= high))
    ordered = no_a | no_b | (a <= b)
    either = no_a | no_b | (a < low) | (b > high)
    chained, joined = f"{low} <= a <= {high}", f"a >= {low} & a <= {high}"
    assert satisfied(chained, rows) == satisfied(joined, rows) == between.tolist()
    assert satisfied("a <= b", rows) == ordered.tolist()
    assert satisfied("a + 1 <= b + 1", rows) == ordered.tolist()
    assert satisfied(f"a < {low} or b > {high}", rows) == either.tolist()
    assert satisfied(["a <= b", chained], rows) == (ordered & between).tolist()


@given(st.integers(0, 8).flatmap(frames))
def test__satisfied__any_frame__unchanged_and_missing_counts_for_the_row(frame):
    before = deep(frame)
    missing = frame["x0"].isna().tolist()
    assert satisfied("x0 == x0", frame) == [True] * len(frame)
    assert satisfied("x0 != x0", frame) == missing
    assert satisfied(lambda rows: rows["x0"].isna(), frame) == missing
    assert_same(frame, before)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("float > 0", lambda v: v > 0),
        ("float32 <= 0.5", lambda v: v <= np.float32(0.5)),
        ("with_nan >= -0.5", lambda v: v >= -0.5),
        ("-1000 < int8 < 0", lambda v: v < 0),
        ("uint64 > 13835058055282163712", lambda v: int(v) > 13835058055282163712),
        ("few in [1, 7]", lambda v: v in {1, 7}),
        ("Int64 > 20", lambda v: v > 20),
        ("abs(Float64) < 1", lambda v: abs(v) < 1),
        ("boolean", lambda v: v),
        ("not boolean", lambda v: not v),
        ("string == 'p'", lambda v: v == "p"),
        ("string.eq('p')", lambda v: v == "p"),
        ("object > 'p'", lambda v: v > "p"),
        ("str in ['u', 'w']", lambda v: v == "u"),
        ("category != 'p'", lambda v: v != "p"),
        ("ordered >= 2", lambda v: v <= 2),  # its order is 3, 2, 1, 0
        ("~bool", lambda v: not v),
        ("date >= '2020-06-01'", lambda v: v >= pd.Timestamp("2020-06-01")),
        ("some_date.dt.month < 6", lambda v: v.month < 6),
        (
            "zoned < '2020-01-02 00:00+01:00'",
            lambda v: v < pd.Timestamp("2020-01-02", tz="Europe/Berlin"),
        ),
        ("duration > '1 days'", lambda v: v > pd.Timedelta(days=1)),
    ],
)
def test__satisfied__column_of_any_kind__as_its_values_tell(text, rule):
    frame, _ = mixed_frame()
    (name,) = (name for name in frame if re.search(rf"\b{name}\b", text))
    expected = [bool(pd.isna(v) or rule(v)) for v in frame[name]]
    assert len(set(expected)) == 2
    assert satisfied(text, frame) == expected


@pytest.mark.parametrize(
    ("values", "dtype", "text"),
    [
        ([1, None, 3], "object", "x > 2"),
        ([False, None, True], "object", "~~x"),
        ([False, None, True], "bool[pyarrow]", "x"),
        ([1, None, 3], "int64[pyarrow]", "x > 2"),
        (["p", None, "q"], "string[pyarrow]", "x > 'p'"),
        ([pd.Timestamp(0), None, pd.Timestamp(9)], "object", "x > '1970-01-01'"),
        ([pd.Timestamp(0), None, pd.Timestamp(9)], "timestamp[ns][pyarrow]", "x > y"),
    ],
)
def test__satisfied__objects_and_arrow_with_none__told_by_the_rest(values, dtype, text):
    y = pd.Series([pd.Timestamp(0)] * 3, dtype="timestamp[ns][pyarrow]")
    rows = pd.DataFrame({"x": pd.Series(values, dtype=dtype), "y": y})
    assert satisfied(text, rows) == [False, True, True]


def test__satisfied__sparse_columns__told():
    sparse = {
        "a": pd.arrays.SparseArray([0, 0, 2]),
        "b": pd.arrays.SparseArray([1.0, np.nan, 0.0]),
    }
    assert satisfied("a <= b", pd.DataFrame(sparse)) == [True, True, False]


def test__satisfied__two_dates__compared():
    start = pd.to_datetime(["2020-01-01", "2020-03-01", None, "2020-01-01"])
    end = pd.to_datetime(["2020-01-02", "2020-02-01", "2020-01-01", None])
    rows = pd.DataFrame({"start": start, "end": end})
    assert satisfied("start <= end", rows) == [True, False, True, True]
    assert satisfied("end - start >= '2 days'", rows) == [False, False, True, True]


# What pandas reads from version 3 on only.
ODD_NAMES = [] if int(pd.__version__.split(".")[0]) < 3 else ["it's", "a`b", "#1"]


@pytest.mark.parametrize("name", ["two words", "class", "ü x", "a", *ODD_NAMES])
def test__satisfied__name_in_backticks__its_column(name):
    rows = pd.DataFrame({name: [1.0, -1.0, np.nan], "b": "@`c`"})
    quoted = name.replace("`", "``")
    assert satisfied(f"`{quoted}` > 0 and b == '@`c`'", rows) == [True, False, True]


def test__satisfied__missing_in_a_column_not_named__excuses_nothing():
    # `str` is an attribute, `abs` a function and 'b' text, but all three are columns.
    rows = pd.DataFrame({"a": ["x", "xy"], "str": None, "abs": np.nan, "b": None})
    assert satisfied("abs(a.str.len()) > 1 and a != 'b'", rows) == [False, True]


def test__satisfied__space_around_an_expression__ignored():
    assert satisfied("  a > 0 ", pd.DataFrame({"a": [1, -1]})) == [True, False]


def test__satisfied__column_of_a_functions_name__compared():
    assert satisfied("sin > 0", pd.DataFrame({"sin": [1, -1]})) == [True, False]


@pytest.mark.parametrize("text", ["c > 0", "a > c", "`c` > 0", "index > 0", "c(a) > c"])
def test__satisfied__unknown_column__named_with_those_there_are(text):
    rows = pd.DataFrame({"a": [1], "b": [2]})
    name = "index" if "index" in text else "c"
    message = (
        re.escape(f"{text!r} names ['{name}'], ") + r".*columns of X are \['a', 'b'\]"
    )
    with pytest.raises(ValueError, match=message):
        satisfied(text, rows)
    with pytest.raises(ValueError, match=message):
        satisfied(text, rows.iloc[:0])


def test__satisfied__unknown_among_many_columns__short_message():
    rows = pd.DataFrame(np.ones((1, 5000))).add_prefix("x")
    with pytest.raises(ValueError, match="'x0', 'x1'") as raised:
        satisfied("y > 0", rows)
    assert len(str(raised.value)) < 500


def test__satisfied__array__callable_takes_it_and_an_expression_says_so():
    rows = pd.DataFrame(np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert satisfied(lambda rows: rows[0] <= rows[1], rows) == [True, False]
    with pytest.raises(ValueError, match=r"are \[0, 1\].*callable.*rows\[0\] > 0"):
        satisfied("x0 <= x1", rows)


@pytest.mark.parametrize(
    ("text", "cause"),
    [("a > 'x'", TypeError), ("foo(a) > 0", ValueError), ("a.foo > 0", AttributeError)],
)
def test__satisfied__expression_that_raises__named_with_its_cause(text, cause):
    message = re.escape(f"The constraint {text!r} can't be evaluated: {cause.__name__}")
    with pytest.raises(ValueError, match=message) as raised:
        satisfied(["a > 0", text], pd.DataFrame({"a": [1.0, 2.0]}))
    assert isinstance(raised.value.__cause__, cause)


def test__satisfied__callable_that_raises__named_with_its_cause():
    def first_late(rows):
        return rows["nope"] > 0

    message = "The constraint 'first_late' can't be evaluated: KeyError: 'nope'"
    with pytest.raises(ValueError, match=message) as raised:
        satisfied([first_late], pd.DataFrame({"a": [1.0]}))
    assert isinstance(raised.value.__cause__, KeyError)


@pytest.mark.parametrize("text", ["a + 1", "a.sum() > 0", "[a, a]", "a > 0, a > 0"])
def test__satisfied__expression_that_is_no_mask__refused(text):
    with pytest.raises(ValueError, match=re.escape(f"{text!r} must return a boolean")):
        satisfied(text, pd.DataFrame({"a": [1.0, 2.0]}))


@pytest.mark.parametrize(
    ("result", "described"),
    [
        (lambda rows: None, "a NoneType"),
        (lambda rows: True, "a bool"),
        (lambda rows: [True, False], "a list"),
        (lambda rows: rows["a"], "a Series dtype float64 shape (2,)"),
        (lambda rows: (rows["a"] > 0)[:1], "a Series dtype bool shape (1,)"),
        (lambda rows: (rows["a"] > 0)[::-1], "a Series dtype bool shape (2,)"),
        (lambda rows: rows[["a"]] > 0, "a DataFrame shape (2, 1)"),
        (lambda rows: rows[["a"]].to_numpy() > 0, "a ndarray dtype bool shape (2, 1)"),
        (lambda rows: np.array(True), "a ndarray dtype bool shape ()"),
        (lambda rows: pd.array([True, False, True]), "shape (3,)"),
        (lambda rows: np.array([1, 0]), "a ndarray dtype int64 shape (2,)"),
        (lambda rows: np.array(["True", ""], dtype=object), "dtype object shape (2,)"),
    ],
)
def test__satisfied__callable_that_gives_no_mask__described(result, described):
    message = re.escape(
        "'<lambda>' must return a boolean array or Series of shape (2,)"
    )
    with pytest.raises(ValueError, match=f"{message}.*{re.escape(described)}"):
        satisfied(result, pd.DataFrame({"a": [1.0, 2.0]}))


@pytest.mark.parametrize(
    "mask",
    [
        np.array([True, False, None]),
        np.array([True, False, np.nan], dtype=object),
        pd.array([True, False, None], dtype="boolean"),
        pd.Series([True, False, None], dtype="bool[pyarrow]"),
        pd.Series([True, False, pd.NA], dtype=object),
        pd.Series([None, False, True], dtype=object),
    ],
)
def test__satisfied__missing_in_a_mask__satisfied(mask):
    rows = pd.DataFrame({"a": [1, 2, 3]})
    assert satisfied(lambda rows: mask, rows) == [True, False, True]


@pytest.mark.parametrize("dtype", ["object", "boolean"])
def test__satisfied__mask_of_missing_only__satisfied(dtype):
    rows = pd.DataFrame({"a": [1, 2]})
    assert (
        satisfied(lambda rows: pd.Series([None] * 2, dtype=dtype), rows) == [True] * 2
    )


def test__satisfied__callable_that_changes_its_rows__changes_a_copy():
    def meddle(rows):
        rows["a"] = -1.0
        rows.loc[0, "b"] = "changed"
        del rows["c"]
        return np.ones(len(rows), dtype=bool)

    rows = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"], "c": [1, 2]})
    before = deep(rows)
    assert satisfied([meddle, "a > 0", lambda rows: rows["b"] == "x"], rows) == [
        True,
        False,
    ]
    assert_same(rows, before)


def test__satisfied__expression_that_would_fill__fills_nothing():
    rows = pd.DataFrame({"a": [1.0, 0.0]})
    with suppress(ValueError):  # before pandas 3 it gives None, which is no mask
        satisfied("a.replace(0, 5, inplace=True) > 0", rows)
    assert rows["a"].tolist() == [1.0, 0.0]


def test__satisfied__index_of_the_user__means_nothing():
    rows = pd.DataFrame({"a": [1.0, np.nan, -1.0]}, index=[7, 7, 0])
    rows.index.name = "t"
    assert satisfied("a > 0", rows) == [True, True, False]
    assert satisfied(lambda rows: rows.index == 0, rows) == [True, False, False]
    with pytest.raises(ValueError, match=r"names \['t'\]"):
        satisfied("t > 0", rows)


def test__satisfied__no_rows__empty_mask():
    rows = pd.DataFrame({"a": pd.Series([], dtype="float64")})
    found = check_constraints(["a > 0", positive, lambda rows: 1 / 0]).satisfied(rows)
    assert found.dtype == bool
    assert found.shape == (0,)


def test__check_real__all_satisfy__silent():
    check_constraints(["a > 0", positive]).check_real(pd.DataFrame({"a": [1, 2]}), "x")


def test__check_real__expression_broken__class_count_row_and_way_out():
    rows = pd.DataFrame(
        {"start": [1, 5, 9, 0], "end": [2, 3, 4, 0], "other": "secret"},
        index=[30, 20, 10, 0],
    )
    with pytest.raises(ValueError, match="2 of 4") as raised:
        check_constraints(["end >= 0", "start <= end"]).check_real(rows, "rare")
    assert str(raised.value) == (
        "2 of 4 real rows of class 'rare' violate the constraint 'start <= end'. The "
        "first has index 20 and contains {'start': 5, 'end': 3}. Correct the rows or "
        "the constraint."
    )


def test__check_real__callable_broken__name_and_a_few_columns():
    rows = pd.DataFrame(np.arange(24.0).reshape(2, 12))
    message = (
        r"1 of 2 .* class 1 .*'positive'.* index 0 and contains \{0: 0.0, 1: 1.0, "
    )
    positive = partial(lambda rows: rows[0] > 0)
    positive.__name__ = "positive"
    with pytest.raises(ValueError, match=message) as raised:
        check_constraints(positive).check_real(rows, np.int64(1))
    assert "4: 4.0}" in str(raised.value)


def test__check_real__callable_without_a_name__its_repr():
    class Never:
        def __call__(self, rows):
            return np.zeros(len(rows), dtype=bool)

        def __repr__(self):
            return "Never()"

    with pytest.raises(ValueError, match=r"violate the constraint Never\(\)\."):
        check_constraints(Never()).check_real(pd.DataFrame({"a": [1]}), 0)


def test__check_real__long_texts__short_message():
    name = "n" * 5000
    rows = pd.DataFrame({name: ["v" * 5000], "list": [list(range(5000))]})
    for constraint in (f"{name} == 'x'", lambda rows: np.array([False])):
        with pytest.raises(ValueError, match="1 of 1") as raised:
            check_constraints(constraint).check_real(rows, "c" * 5000)
        assert len(str(raised.value)) < 800


class Recorder:
    """Make rows of one standard normal column, and remember them."""

    def __init__(self):
        self.made, self.seeds = [], []

    def __call__(self, k, seed):
        self.seeds.append(seed)
        values = np.random.default_rng(seed).normal(size=k)
        self.made.append(pd.DataFrame({"a": values, "b": values.astype("float32")}))
        return self.made[-1]

    @property
    def rows(self):
        return pd.concat(self.made, ignore_index=True)


@given(
    st.integers(1, 50),
    st.floats(-2, 2).map(lambda x: round(x, 2)),
    st.integers(0, 2**31 - 2),
)
def test__draw__enough_pass__the_first_that_do(n, threshold, seed):
    constraints = check_constraints([f"a > {threshold}", lambda rows: rows["b"] < 2.5])
    make, states = Recorder(), global_states()
    rows = constraints.draw(make, n, n, "x", seed)
    assert_same(rows, constraints.draw(Recorder(), n, n, "x", seed))
    assert global_states() == states
    assert constraints.satisfied(rows).tolist() == [True] * n
    passed = make.rows[constraints.satisfied(make.rows)].reset_index(drop=True)
    assert_same(rows, passed[:n])
    assert len(make.rows) <= max(MAX_TRIES * n, ROUND_ROWS)
    assert len(set(make.seeds)) == len(make.seeds)


def test__draw__seeds__differ():
    constraints = check_constraints("a > 0")
    first, second = (constraints.draw(Recorder(), 5, 5, 0, seed) for seed in (0, 1))
    assert not first.equals(second)


def test__draw__all_pass__one_round_of_what_is_wanted():
    make = Recorder()
    check_constraints("a < 100").draw(make, 70, 70, 0, 0)
    assert [len(rows) for rows in make.made] == [70]


def test__draw__half_pass__about_twice_as_many_made():
    make = Recorder()
    assert len(check_constraints("a > 0").draw(make, 5000, 5000, 0, 0)) == 5000
    assert 9000 < len(make.rows) < 11_000
    assert len(make.made) < 10


def test__draw__more_than_a_round__little_at_a_time():
    make = Recorder()
    rows = check_constraints("a > 0").draw(make, 3 * ROUND_ROWS, 1, 0, 0)
    assert len(rows) == 3 * ROUND_ROWS
    assert max(len(rows) for rows in make.made) == ROUND_ROWS


def test__draw__one_row_of_thousands_passes__found():
    rows = check_constraints("a > 3").draw(Recorder(), 1, 1, 0, 0)  # 1 in 740
    assert len(rows) == 1


def test__draw__fewer_than_wanted_but_enough__what_there_is():
    make = Recorder()
    constraints = check_constraints("a > 3")
    rows = constraints.draw(make, 200, 5, 0, 0)
    assert len(make.rows) == MAX_TRIES * 200
    assert len(rows) == constraints.satisfied(make.rows).sum()
    assert 5 <= len(rows) < 200
    assert rows.index.equals(pd.RangeIndex(len(rows)))


def test__draw__too_few__counts_worst_constraint_and_way_out():
    make = Recorder()
    constraints = check_constraints(["a > -1", "a > 3", lambda rows: rows["a"] < 9])
    with pytest.raises(RuntimeError, match="Only") as raised:
        constraints.draw(make, 150, 60, np.str_("rare"), 0)
    made = make.rows["a"]
    n_passed = int((made > 3).sum())
    assert len(made) == MAX_TRIES * 150
    assert max(len(rows) for rows in make.made) <= ROUND_ROWS
    assert str(raised.value) == (
        f"Only {n_passed} of 15000 generated rows of class 'rare' satisfy the "
        "constraints, and 60 are needed. The constraint 'a > 3' fails most often, "
        f"in {15_000 - n_passed} rows. Relax it, train longer, or drop a column that "
        "it names and compute that column from the others after resampling."
    )


def test__draw__none_passes__error_rather_than_no_end():
    with pytest.raises(RuntimeError, match=f"Only 0 of {ROUND_ROWS} generated rows"):
        check_constraints("a > 100").draw(Recorder(), 1, 1, 0, 0)


WORDS = st.sampled_from(
    [
        *("a", "b", "`b`", "'x'", "1", "-1", "0.5", "99999999999", "2", "64", "65"),
        *(" + ", " - ", " * ", " / ", " // ", " % ", " ** ", " & ", " | ", "~", "-"),
        *(" < ", " <= ", " == ", " != ", " in ", " and ", " or ", "not ", "(", ")"),
        *("[", "]", ", ", ".", "@", ":", "lambda ", " if ", " else ", "f'", "\n"),
    ]
)


@settings(max_examples=400)
@given(st.lists(WORDS, min_size=1, max_size=14).map("".join))
@pytest.mark.filterwarnings("ignore")  # of numbers that overflow
def test__check_constraints__any_text__told_or_a_mask_of_the_rows(text):
    rows = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]})
    before = rows.copy(deep=True)
    with suppress(ValueError):
        satisfied = check_constraints(text).satisfied(rows)
        assert satisfied.shape == (3,)
        assert satisfied.dtype == bool
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a < 9**9**9", "power"),
        ("a < 2 ** a", "power"),
        ("a ** 65 > 0", "power"),
        ("a ** -65 > 0", "power"),
        ("b == 'x' * 3", "multiplies a string"),
        ("b * 3 == 'xxx'", "contains text"),
        ("`b` * 3 == 'xxx'", "contains text"),
        ("a in [1] * 3", "multiplies a string or a list"),
        ("a" + " + a" * 3000 + " > 0", "characters"),
        ("a" + " + a" * 2400 + " > 0", "levels|parts"),
        ("a" + " + a" * 70 + " > 0", "levels"),
        ("-" * 9000 + "a > 0", "levels"),
    ],
)
def test__check_constraints__what_could_outgrow_memory__told_with_a_way_out(
    text, message
):
    rows = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    with pytest.raises(ValueError, match=f"(?s){message}.*callable"):
        check_constraints(text).satisfied(rows)


@pytest.mark.parametrize(
    "text",
    [
        "a ** 2 + a ** 0.5 <= 64 * a",
        "a * 3 > 1 and b == 'x' or b != 'x'",
        "a % 2 == 0 or a % 2 == 1",
        " + ".join(["a"] * 40) + " > 0",
        " or ".join(["a == 1", "a == 2"] * 100),
    ],
)
def test__check_constraints__what_users_write__satisfied(text):
    rows = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert check_constraints(text).satisfied(rows).all()


def test__check_constraints__thousands__told():
    with pytest.raises(ValueError, match=r"1001 entries.*callable"):
        check_constraints(["a > 0"] * 1001)
