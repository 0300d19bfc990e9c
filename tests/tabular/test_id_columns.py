import uuid
import warnings

import numpy as np
import pandas as pd
import pytest
from tables import quick

from gansampler.tabular.id_columns import IdColumnWarning, identify

N = 60


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ([f"u{k}@example.org" for k in range(N)], "e-mail addresses"),
        ([f"u{k // 2}@example.org" for k in range(N)], "e-mail addresses"),
        ([str(uuid.UUID(int=k)) for k in range(N)], "uuids"),
        ([f"+49 151 {k:07}" for k in range(N)], "phone numbers"),
        ([f"(030) 555-{k:04}" for k in range(N)], "phone numbers"),
        ([f"name {k}" for k in range(N)], "text that differs in every row"),
        (list(range(7, 7 + N)), "running numbers"),
        (list(range(7 + N, 7, -1)), "running numbers"),
        ([f"{k // 28 + 10}.{k % 28 + 10}.2021" for k in range(N)], "text"),
        ([f"name {k // 2}" for k in range(N)], None),
        ([f"u{k % 5}@example.org" for k in range(N)], None),
        (list(range(0, 2 * N, 2)), None),
        (list(range(N - 1)) + [5], None),
        ([float(k) for k in range(N)], None),
        (["a", "b", "c"] * 3, None),
        (["a", "b"], None),
        ([True, False] * 30, None),
    ],
    ids=str,
)
def test__identify__column__what_it_names_rows_by(values, what):
    found = identify(pd.Series(values))
    assert found == what or (what == "text" and found.startswith("text"))


@pytest.mark.parametrize("dtype", ["object", "string", "category", "string[pyarrow]"])
def test__identify__texts_of_any_dtype__same(dtype):
    pytest.importorskip("pyarrow")
    texts = pd.Series([f"u{k}@example.org" for k in range(N)]).astype(dtype)
    assert identify(texts) == "e-mail addresses"
    assert identify(texts.mask(texts.index % 7 == 0)) == "e-mail addresses"


def table(**columns):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=N), "kind": rng.choice(list("ab"), N)})
    return frame.assign(**columns), np.repeat([0, 1], [40, 20])


def test__fit_resample__addresses__warned_with_the_way_out():
    X, y = table(mail=[f"u{k}@example.org" for k in range(N)])
    message = r"'mail' contains e-mail addresses.*X\.drop\(columns='mail'\)"
    with pytest.warns(IdColumnWarning, match=message):
        quick().fit_resample(X, y)


def test__fit_resample__ordinary_table__no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error", IdColumnWarning)
        quick().fit_resample(*table(city=np.resize(list("abcdefghijkl"), N)))
