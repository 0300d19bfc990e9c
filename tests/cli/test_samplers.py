import numpy as np
import pandas as pd
import pytest
from small_tables import FAST, QUICK, numbers, read


@pytest.mark.parametrize(
    ("table", "left_out"),
    [
        ({"a": ["u", "v", "w"] * 20, "b": [1.5, 2.5] * 30}, None),
        ({"a": ["u", "v", "w"] * 20, "b": ["true", "false"] * 30}, None),
        ({"a": ["u", "v", ""] * 20, "b": [1.5, 2.5] * 30}, "missing values"),
        ({"a": ["2020-01-01", "2021-01-01"] * 30, "b": [1.5, 2.5] * 30}, "dates"),
    ],
    ids=["mixed", "categories", "missing", "dates"],
)
def test__compare__table_of_some_kind__rivals_that_suit_it(run, table, left_out):
    pd.DataFrame(table | {"y": [0] * 40 + [1] * 20}).to_csv("in.csv", index=False)
    done = run("compare", "in.csv", "-t", "y", "-o", "scores.csv", *QUICK)
    assert done.exit_code == 0, done.output
    scores = read("scores.csv").frame
    assert scores["error"].isna().all()
    smote = {"SMOTENC", "SMOTEN"} & set(scores["sampler"])
    assert len(smote) == (left_out is None)
    assert (
        f"SMOTE is left out, because it does not support {left_out}." in done.stdout
    ) == bool(left_out)


def test__compare__unknown_sampler__names_those_that_there_are(run):
    done = run("compare", numbers(), "-t", "y", "--samplers", "CTGAN")
    assert done.exit_code == 2
    assert "'CTGAN' is not one of ADASYN" in done.stderr


def test__compare__every_fit_fails__reason_and_exit_code(run):
    frame = pd.DataFrame({"x": np.arange(60.0), "y": [0] * 56 + [1] * 4})
    frame.to_csv("in.csv", index=False)
    options = ["--samplers", "SMOTE", "--splits", "2", "--no-tune"]
    done = run("compare", "in.csv", "-t", "y", *options, *FAST)
    assert done.exit_code == 1
    assert "SMOTE failed in 4 of 4 fits, first with ValueError" in done.stderr
    assert "n_neighbors" in done.stderr


def test__resample__codes_named_as_categories__no_number_in_between(run, tmp_path):
    rng = np.random.default_rng(0)
    codes = rng.choice(np.arange(0, 9000, 37), 120)
    frame = pd.DataFrame({"code": codes, "word": "a", "y": np.repeat([0, 1], [80, 40])})
    frame.to_csv("in.csv", index=False)
    run(
        "resample", "in.csv", "-t", "y", "-o", "out.csv", "--categorical", "code", *FAST
    )
    new = read("out.csv").frame.iloc[120:]
    assert set(new["code"]) <= set(codes[80:])
    assert (new["y"] == 1).all()
    assert len(new) == 40


def test__resample__constraint__holds_in_new_rows(run, tmp_path):
    rng = np.random.default_rng(0)
    start = rng.normal(size=90)
    frame = pd.DataFrame({"start": start, "end": start + rng.random(90)})
    frame.assign(y=np.repeat(["a", "b"], [60, 30])).to_csv("in.csv", index=False)
    rule = "start <= end"
    run("resample", "in.csv", "-t", "y", "-o", "out.csv", "--constraint", rule, *FAST)
    assert read("out.csv").frame.eval(rule).all()
