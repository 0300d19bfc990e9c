"""The sampler among the tools of scikit-learn and imbalanced-learn."""

import pickle

import joblib
import numpy as np
import pytest
from imblearn.pipeline import Pipeline, make_pipeline
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import make_classification
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    StratifiedKFold,
    cross_validate,
)
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from tables import assert_same, mixed_frame, quick

from gansampler import GANOverSampler

X, y = make_classification(
    n_samples=160, n_features=5, weights=[0.75], class_sep=2, random_state=0
)


def make_steps(memory=None):
    return Pipeline(
        [
            ("scale", StandardScaler()),
            ("sample", quick()),
            ("classify", LogisticRegression()),
        ],
        memory=memory,
    )


def test__pipeline__fit_and_predict__samples_in_training_only():
    pipeline = make_steps().fit(X, y)
    X_res, y_res = quick().fit_resample(StandardScaler().fit_transform(X), y)
    by_hand = LogisticRegression().fit(X_res, y_res)
    np.testing.assert_allclose(pipeline["classify"].coef_, by_hand.coef_)
    assert pipeline.predict(X).shape == y.shape
    assert np.ptp(np.bincount(y_res)) == 0


def test__pipeline__memory__same_model_without_second_training(tmp_path, monkeypatch):
    first = make_steps(memory=str(tmp_path)).fit(X, y)

    def refuse(self, *args, **kwargs):
        pytest.fail("trained again")

    monkeypatch.setattr(GANOverSampler, "_fit_resample", refuse)
    second = make_steps(memory=str(tmp_path)).fit(X, y)
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))


def test__pipeline__memory_on_mixed_table__same_model(tmp_path):
    frame, labels = mixed_frame()
    frame = frame[["float", "with_nan", "str", "category"]]
    encoder = make_column_transformer(
        (SimpleImputer(), make_column_selector(dtype_include="number")),
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_exclude="number"),
        ),
    )
    first, second = (
        make_pipeline(
            quick(),
            clone(encoder),
            DecisionTreeClassifier(random_state=0),
            memory=memory,
        ).fit(frame, labels)
        for memory in (None, str(tmp_path))
    )
    np.testing.assert_array_equal(first.predict(frame), second.predict(frame))


GRID = {
    "sample__n_candidates": [1, 2],
    "sample__gan__generator_layers": [(8,), (8, 8)],
    "classify__C": [0.1, 1.0],
}


@pytest.mark.processes
@pytest.mark.parametrize(
    ("search", "params"),
    [
        (GridSearchCV, {}),
        (HalvingGridSearchCV, {"min_resources": 80, "random_state": 0}),
    ],
)
def test__search__sampler_and_classifier_params__best_is_refitted(search, params):
    found = search(
        make_steps(),
        GRID,
        cv=StratifiedKFold(2),
        scoring="average_precision",
        n_jobs=2,
        error_score="raise",
        **params,
    ).fit(X, y)
    assert len(found.cv_results_["params"]) >= 8
    assert found.best_score_ > 0.5
    sampler = found.best_estimator_["sample"]
    for name in ("n_candidates", "gan__generator_layers"):
        assert sampler.get_params()[name] == found.best_params_[f"sample__{name}"]
    assert sampler.history_[1].n_iter == 5


def test__cross_validate__fitted_samplers__differ_by_fold():
    result = cross_validate(
        make_steps(), X, y, cv=3, return_estimator=True, error_score="raise"
    )
    assert np.isfinite(result["test_score"]).all()
    rows = [
        pipeline["sample"].generators_[1].sample(2, random_state=0)
        for pipeline in result["estimator"]
    ]
    assert not np.array_equal(rows[0], rows[1])


def test__clone__fitted_sampler__params_only(fitted):
    again = clone(fitted)
    mine, theirs = again.get_params(deep=False), fitted.get_params(deep=False)
    for name in ("gan", "rejection_estimator"):
        estimator, original = (params.pop(name) for params in (mine, theirs))
        assert estimator is not original
        assert estimator.get_params() == original.get_params()
    assert mine == theirs
    assert not [name for name in vars(again) if name.endswith("_")]


def test__set_params__nested__reaches_the_estimator():
    sampler = quick().set_params(gan__max_iter=3, rejection_estimator__max_depth=2)
    sampler.fit_resample(X, y)
    assert sampler.history_[1].n_iter == 3
    tree = sampler.generators_[1].rejection.class_probability_.model_[-1]
    assert tree.get_depth() <= 2


@pytest.mark.parametrize("copy", [pickle, joblib], ids=["pickle", "joblib"])
def test__pipeline__round_trip__same_predictions(copy, tmp_path):
    pipeline = make_steps().fit(X, y)
    path = tmp_path / "pipeline"
    if copy is pickle:
        path.write_bytes(pickle.dumps(pipeline))
        again = pickle.loads(path.read_bytes())
    else:
        joblib.dump(pipeline, path)
        again = joblib.load(path)
    np.testing.assert_array_equal(again.predict_proba(X), pipeline.predict_proba(X))
    assert_same(
        again["sample"].generators_[1].sample(3, random_state=0),
        pipeline["sample"].generators_[1].sample(3, random_state=0),
    )
