"""No training row leaves with a fitted sampler: planted rows are searched for.

Single values may be there, as `save` says; a row is found where two of its values or
more stand in one place: in one row or column of an array, in one list, or in one text.
"""

import io
import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from safetensors import safe_open
from tables import quick

from gansampler.persistence.sampler_file import save_sampler

pytestmark = pytest.mark.usefixtures("few_trees")

N_ROWS = {"common": 60, "rare": 30, "odd": 30}
N_CANARIES = 3


@pytest.fixture(scope="module")
def table():
    """Return a table with canaries in each class, and which rows these are."""
    rng = np.random.default_rng(0)
    y = np.repeat(list(N_ROWS), list(N_ROWS.values()))
    n = len(y)
    planted = np.flatnonzero(pd.Series(y).groupby(y).cumcount() < N_CANARIES)
    number = np.arange(len(planted))
    letters = rng.choice(["a", "b", "c"], (2, n)).astype(object)
    for column, letter in enumerate(letters):
        letter[planted] = [f"canary {column} {k * 37 % 10}" for k in number]
    few = rng.integers(0, 6, n)
    few[planted] = 70 + 3 * number % 10
    # Within what the others are, so that they are neither smallest nor largest.
    inner = rng.normal(size=(n, 3))
    inner[planted] = 0.123456789 + 0.0717 * rng.permutation(number)[:, np.newaxis]
    inner[planted] += rng.normal(scale=0.01, size=(len(planted), 3))
    date = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        rng.integers(0, 10**9, n), unit="s"
    )
    X = pd.DataFrame(
        {
            "float": inner[:, 0],
            "float32": inner[:, 1].astype("float32"),
            "hole": np.where(rng.random(n) < 0.2, np.nan, inner[:, 2]),
            "int": rng.integers(-(10**9), 10**9, n),
            "few": few,
            "date": date,
            "string": letters[0],
            "category": pd.Categorical(letters[1]),
            "bool": rng.random(n) < 0.5,
        }
    )
    X.loc[planted, "hole"] = inner[planted, 2]
    # Their places in the table tell nothing.
    order = rng.permutation(n)
    X, y = X.iloc[order].reset_index(drop=True), y[order]
    return X, y, np.flatnonzero(np.isin(order, planted))


SAMPLERS = {
    "default": {"rejection_estimator": "auto"},
    "category": {"condition": "category", "rejection_estimator": "auto"},
    "augmented": {"augmentation": ["mix", "slice"], "rejection_estimator": None},
    "constrained": {"constraints": "few >= 0", "rejection_estimator": None},
    "auxiliary": {"auxiliary_classifier": 0.1, "rejection_estimator": None},
}


@pytest.fixture(scope="module", params=SAMPLERS)
def planted_sampler(request, table):
    """Return a fitted sampler, its table and the planted rows; not to be changed."""
    X, y, planted = table
    sampler = quick(**SAMPLERS[request.param])
    sampler.fit_resample(X, y)
    return sampler, X, planted


def test__save__planted_rows__not_in_the_file(planted_sampler, tmp_path):
    sampler, X, planted = planted_sampler
    sampler.save(tmp_path / "sampler")
    assert found_in(read(tmp_path / "sampler"), canaries(sampler, X, planted)) == []


def test__pickle__planted_rows__not_in_it(planted_sampler):
    sampler, X, planted = planted_sampler
    assert found_in(pickled(sampler), canaries(sampler, X, planted)) == []


@pytest.mark.filterwarnings("ignore:Column .* contains text that differs")
@pytest.mark.parametrize("container", ["pandas", "polars"])
def test__save__columns_of_names__in_orders_that_do_not_tell_the_rows(
    container, table, tmp_path
):
    X, y, _ = table
    # Each row has a value of its own in each column, as names and ids have.
    rng = np.random.default_rng(0)
    names = [[f"{column}{k}" for k in rng.permutation(len(X))] for column in "abc"]
    X = pd.DataFrame(dict(zip("abc", names, strict=True)))
    X["few"] = rng.integers(0, 4, len(X)).astype(float)
    X["category"] = pd.Categorical(X.pop("c"))
    whole = X
    if container == "polars":
        whole = pl.from_pandas(X).with_columns(pl.col("b").cast(pl.Categorical))
    sampler = quick(rejection_estimator="auto")
    sampler.fit_resample(whole, y)
    sampler.save(tmp_path / "sampler")
    lists = [place for place in read(tmp_path / "sampler") if isinstance(place, list)]
    for label, rows in X.groupby(y):
        orders = [
            [value for value in place if value in set(rows[name])]
            for name in ("a", "b", "category")
            for place in lists
        ]
        kept = [order for order in orders if len(order) > 10]
        assert kept or label == "common"
        assert all(order == sorted(order) for order in kept)


def test__save__first_row_of_a_class__not_first_in_each_column(tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 4, (90, 12)).astype(str)).astype(object)
    y = np.repeat([0, 1], [60, 30])
    sampler = quick(rejection_estimator="auto")
    sampler.fit_resample(X, y)
    sampler.save(tmp_path / "sampler", keep_data=True)
    lists = [place for place in read(tmp_path / "sampler") if isinstance(place, list)]
    four = [place for place in lists if set(place) == {"0", "1", "2", "3"}]
    assert len(four) >= 24  # of the class's columns, and of the forest's
    assert all(place == ["0", "1", "2", "3"] for place in four)


def test__save__anchors__all_rows_of_their_classes_found(table, tmp_path):
    # That the search finds something: these rows are there, in the open.
    X, y, planted = table
    sampler = quick(condition="anchor", rejection_estimator=None)
    sampler.fit_resample(X, y)
    sampler.save(tmp_path / "sampler", keep_data=True)
    own = [k for k in planted if y[k] != "common"]
    rows = canaries(sampler, X, planted)
    assert found_in(read(tmp_path / "sampler"), rows) == own
    assert found_in(pickled(sampler), rows) == own


def test__save__row_in_a_note__found(table, tmp_path):
    X, y, planted = table
    sampler = quick(rejection_estimator=None)
    sampler.fit_resample(X, y)
    row = X.iloc[planted[4]]
    save_sampler(sampler, tmp_path / "a", notes={"row": row[["float", "few"]].tolist()})
    save_sampler(sampler, tmp_path / "b", notes={"row": " ".join(map(str, row))})
    rows = canaries(sampler, X, planted)
    assert found_in(read(tmp_path / "a"), rows) == [planted[4]]
    assert found_in(read(tmp_path / "b"), rows) == [planted[4]]


def test__fit_resample__category_condition__does_not_keep_which_row_has_which(table):
    X, y, _ = table
    sampler = quick(condition="category")
    sampler.fit_resample(X, y)
    condition = sampler.generators_["rare"].gan.trained_.condition
    assert set(vars(condition)) == {"width", "frequencies"}


def canaries(sampler, X, planted):
    """Return each planted row in the forms in which it could stand somewhere.

    Returns
    -------
    rows : dict of int to list of list
        For each planted row its forms, and of each form what each column holds.
    """
    encoders = [one.gan.encoder_ for one in sampler.generators_.values()]
    rows = {}
    for k in planted:
        row = X.iloc[[k]]
        cells = [row.iloc[0, j] for j in range(X.shape[1] - 1)]  # but for the boolean
        forms = [[as_plain(cell) for cell in cells]]
        for encoder in encoders:
            scalars = encoder.transform(row)[0, : encoder.layout_.n_scalars]
            forms.append([float(scalar) for scalar in scalars if scalar != 0])
        rows[int(k)] = forms
    return rows


def as_plain(cell):
    if isinstance(cell, pd.Timestamp):
        return cell.value // 1000  # in microseconds, as the column is
    if isinstance(cell, np.generic):
        return cell.item()
    return cell if isinstance(cell, (str, int, float)) else None


def found_in(places, rows):
    """Return the planted rows of which a place holds two values or more."""
    cells = {value for forms in rows.values() for form in forms for value in form}
    numbers = np.array([v for v in cells if not isinstance(v, str)], dtype=np.float32)

    def is_suspect(place):
        if isinstance(place, np.ndarray):
            return np.isin(place.astype(np.float32), numbers).any()
        return (
            len(place) > 10 if isinstance(place, str) else not cells.isdisjoint(place)
        )

    places = [place for place in places if is_suspect(place)]
    return [
        k
        for k, forms in rows.items()
        if any(holds_row(place, form) for place in places for form in forms)
    ]


def holds_row(place, form):
    if isinstance(place, str):
        return sum(str(value) in place for value in form if len(str(value)) > 5) > 1
    if isinstance(place, list):
        return sum(value in place for value in form) > 1
    numbers = np.array([v for v in form if not isinstance(v, str)], dtype=float)
    values = place.astype(np.float32)[..., np.newaxis]
    is_there = values == numbers.astype(np.float32)
    lines = [is_there.any(axis=axis) for axis in range(max(place.ndim, 1))]
    return any((line.sum(axis=-1) > 1).any() for line in lines)


def read(path):
    """Return the places of a file: its arrays, and the lists and texts of its JSON."""
    with safe_open(path, framework="numpy") as file:
        arrays = [file.get_tensor(name) for name in file.keys()]  # noqa: SIM118
        content = json.loads(file.metadata()["gansampler"])
    return [*filter(has_numbers, arrays), *places_of(content)]


def places_of(content):
    """Return the lists and the texts of JSON, and as lists the values of objects."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, (dict, list)):
        values = list(content.values() if isinstance(content, dict) else content)
        yield [untagged(value) for value in values]
        for value in values:
            yield from places_of(value)


def untagged(value):
    """Return the number or text that JSON says with its type: {"scalar": ...}."""
    while isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
        value = value[-1] if isinstance(value, list) and len(value) == 2 else value
    return None if isinstance(value, (dict, list)) else value


def has_numbers(array):
    return array.dtype.kind in "iuf" and array.size > 1


def pickled(sampler):
    """Return the places of all that a pickle of a sampler holds."""
    places = []

    class Collector(pickle.Pickler):
        def persistent_id(self, value):
            places.extend(places_in(value))

    Collector(io.BytesIO()).dump(sampler)
    return places


def places_in(value):
    """Return the places of one object, but for what is in other objects within."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (pd.Series, pd.Index, tuple, list)):
        return [[as_plain(one) for one in value if not isinstance(one, np.ndarray)]]
    if isinstance(value, dict):
        return [*places_in(list(value)), *places_in(list(value.values()))]
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if not isinstance(value, np.ndarray):
        return []
    if value.dtype.names:  # the nodes of a tree
        return [field for name in value.dtype.names for field in places_in(value[name])]
    if value.dtype.kind in "OUM":
        return [[as_plain(one) for one in value.ravel().tolist()]]
    return [value] if has_numbers(value) else []
