"""The membership-inference benchmark: what leaks is found, what does not is not."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def membership(bench):
    return bench.membership


@pytest.fixture
def parts(rng):
    """Return members, rows that were none, a reference, and new rows, all alike."""

    def draw(n):
        numbers = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
        return numbers.assign(letter=pd.Categorical(rng.choice(["x", "y"], n)))

    return draw(200), draw(100), draw(100), draw(400)


def test__attack__repeated_members__all_found(membership, parts):
    members, others, reference, _ = parts
    scores = membership.attack(
        members.sample(400, replace=True, random_state=0).reset_index(drop=True),
        members,
        others,
        reference,
    )
    assert scores["distance AUC"] > 0.9  # some members were not drawn
    assert scores["distance TPR"] > 0.8
    assert scores["DOMIAS AUC"] > 0.55


def test__attack__new_rows__mere_guessing(membership, parts):
    members, others, reference, new = parts
    scores = membership.attack(new, members, others, reference)
    assert set(scores) == set(membership.SCORES)
    for name in ("distance AUC", "DOMIAS AUC"):
        assert abs(scores[name] - 0.5) < 0.08
    for name in ("distance TPR", "DOMIAS TPR"):
        assert scores[name] < 0.25


def test__density_ratio__more_synthetic_rows_than_there_should_be__told(membership):
    rng = np.random.default_rng(0)
    known = rng.normal(size=(100, 2))
    released = np.concatenate(
        [rng.normal(size=(100, 2)), 0.1 * rng.normal(size=(100, 2))]
    )
    places = np.array([[0.0, 0.0], [2.0, 2.0]])
    ratio = membership.density_ratio(places, released, known)
    # Common rows are not suspicious by themselves, only those that are too common.
    assert ratio[0] > 0.2 > ratio[1]


def test__membership__as_one_runs_it__scores_and_refusals(
    membership, run_main, bench_data, tmp_path, monkeypatch
):
    monkeypatch.setattr(membership, "MIN_MINORITY", 40)
    output = tmp_path / "membership.csv"
    methods = "RandomOverSampler,SMOTE,GANOverSampler privacy,none"
    options = ["--data", bench_data, "--output", output, "--methods", methods]
    text = run_main(membership, *options, "--seeds", 2)
    records = pd.read_csv(output).set_index("method")
    assert len(records) == 4 * 2
    errors = records["error"].dropna()
    assert errors["GANOverSampler privacy"].str.contains("fewer than 300 rows").all()
    assert errors["none"].str.contains("added no row").all()
    scored = records.loc[["RandomOverSampler", "SMOTE"], membership.SCORES]
    assert scored.map(lambda score: 0 <= score <= 1).all(axis=None)
    auc = records["distance AUC"].groupby("method").mean()
    assert auc["RandomOverSampler"] > 0.9
    assert "RandomOverSampler" in text
    assert "8 tasks are there, 0 to run" in run_main(membership, *options, "--seeds", 2)


def test__membership__few_rows_of_the_minority__left_out(
    membership, run_main, bench_data, tmp_path
):
    options = ["--data", bench_data, "--output", tmp_path / "none.csv"]
    assert run_main(membership, *options) == ""
    assert not (tmp_path / "none.csv").exists()


@pytest.mark.slow
def test__private__large_class__guesses_little(membership, rng):
    y = pd.Series(np.repeat([0, 1], [400, 300]))
    X = pd.DataFrame(
        {
            "number": rng.normal(size=700),
            "constant": 1.0,
            "letter": pd.Categorical(rng.choice(["x", "y"], 700)),
        }
    )
    sampler = membership.private(X, y, seed=0).set_params(gan__max_iter=5)
    X_resampled, _ = sampler.fit_resample(X, y)
    assert len(X_resampled) == 800
    assert sampler.history_[1].epsilon <= membership.EPSILON


def test__leakage_means__tables_count_alike_and_failures_do_not(membership):
    columns = ["method", "table", "seed", "distance AUC", "error"]
    rows = [
        ("a", "t", 0, 0.9, ""),
        ("a", "t", 1, 0.7, ""),
        ("a", "u", 0, 0.6, ""),
        ("b", "t", 0, 0.5, ""),
        ("b", "u", 0, np.nan, "refused"),
    ]
    others = {"distance TPR": 0.1, "DOMIAS AUC": 0.5, "DOMIAS TPR": 0.1}
    records = pd.DataFrame(rows, columns=columns).assign(**others)
    means = membership.leakage_means(records)
    assert means.index.tolist() == ["b", "a"]
    assert means.loc["a", "distance AUC"] == pytest.approx(0.7)
    assert means.loc["a", "worst distance AUC"] == pytest.approx(0.8)
    assert means["tables"].tolist() == [1, 2]


def test__publish__with_and_without_private_generators(bench, tmp_path, monkeypatch):
    methods = ["SMOTE", "GANOverSampler", bench.membership.PRIVATE]
    records = pd.DataFrame(
        [
            {"method": method, "table": table, "seed": 0, "distance AUC": 0.1 * k}
            for k, method in enumerate(methods, start=5)
            for table in ("large", "small")
        ]
    ).assign(**{"distance TPR": 0.1, "DOMIAS AUC": 0.5, "DOMIAS TPR": 0.1, "error": ""})
    is_refused = (records["method"] == methods[2]) & (records["table"] == "small")
    records.loc[is_refused, "error"] = "refused"
    monkeypatch.setattr(bench.publish, "FOLDER", tmp_path)
    bench.publish.PUBLISHERS["membership"]("membership", records)
    means = pd.read_csv(tmp_path / "membership_means.csv", index_col="method")
    assert means["tables"].to_dict() == {"SMOTE": 2, "GANOverSampler": 2}
    large = pd.read_csv(tmp_path / "membership_large.csv", index_col="method")
    assert large["tables"].to_dict() == dict.fromkeys(methods, 1)
