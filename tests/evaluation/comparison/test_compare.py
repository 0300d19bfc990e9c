"""Samplers against no resampling, cross-validated alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.base import BaseSampler
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris, make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score, get_scorer, make_scorer
from sklearn.model_selection import (
    ShuffleSplit,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from tables import assert_same, global_states, mixed_frame, polars_frame, quick
from threadpoolctl import threadpool_info, threadpool_limits

from gansampler.evaluation.comparison import compare_samplers

TREE = DecisionTreeClassifier(max_depth=3)
THREE = StratifiedKFold(3)


class Spy(BaseSampler):
    """Repeats rows, and notes which it was given and which it gave."""

    _sampling_type = "over-sampling"
    seen: list[np.ndarray] = []  # noqa: RUF012

    def _fit_resample(self, X, y):
        self.seen.append(X[:, 0])
        return RandomOverSampler(random_state=0).fit_resample(X, y)


class Interrupted(BaseSampler):
    """Is stopped by Ctrl-C when it is asked once too often."""

    _sampling_type = "over-sampling"
    n_calls = 0

    def __init__(self, n_max=1000):
        super().__init__()
        self.n_max = n_max

    def _fit_resample(self, X, y):
        Interrupted.n_calls += 1
        if Interrupted.n_calls > self.n_max:
            raise KeyboardInterrupt
        return RandomOverSampler(random_state=0).fit_resample(X, y)


class Refusing(BaseSampler):
    """Refuses tables with more than some number of rows."""

    _sampling_type = "over-sampling"

    def __init__(self, n_max=0):
        super().__init__()
        self.n_max = n_max

    def _fit_resample(self, X, y):
        if len(X) > self.n_max:
            raise RuntimeError(f"{len(X)} rows are too many")
        return X, y


def two_classes(n=240, **params):
    defaults = {"weights": [0.8], "class_sep": 0.8, "random_state": 0}
    return make_classification(n, **(defaults | params))


def scores_of(comparison, sampler, metric=None):
    results = comparison.results
    metric = metric or comparison.metrics[0]
    rows = results[(results["sampler"] == sampler) & (results["metric"] == metric)]
    return rows["score"].to_numpy(dtype=float)


def row_of(comparison, sampler):
    summary = comparison.of_metric(comparison.metrics[0])
    return summary[summary["sampler"] == sampler].iloc[0]


def untimed(results):
    return results.drop(columns="fit_time")


def test__compare__two_samplers__a_row_for_each_fit_and_score():
    X, y = two_classes()
    comparison = compare_samplers(
        X,
        y,
        {"smote": SMOTE(), "random": RandomOverSampler()},
        [TREE, GaussianNB()],
        cv=2,
        scoring=["f1", "roc_auc"],
        random_state=0,
    )
    results = comparison.results
    assert results.columns.tolist() == [
        *("metric", "estimator", "sampler", "split"),
        *("score", "threshold", "fit_time", "error"),
    ]
    keys = results[["metric", "estimator", "sampler", "split"]]
    assert len(keys.drop_duplicates()) == len(results) == 2 * 2 * 3 * 2
    assert set(results["sampler"]) == {"none", "smote", "random"}
    assert set(results["estimator"]) == {"DecisionTreeClassifier", "GaussianNB"}
    assert results["score"].between(0, 1).all()
    assert (results["fit_time"] > 0).all()
    assert (results["error"] == "").all()
    assert results["threshold"].notna().equals(results["metric"] == "f1")
    assert comparison.metrics == ["f1", "roc_auc"]
    assert comparison.tuned == comparison.tunable == ["f1"]


def test__compare__nothing_tuned__scores_of_scikit_learn():
    X, y = two_classes()
    comparison = compare_samplers(
        X,
        y,
        SMOTE(random_state=1),
        DecisionTreeClassifier(random_state=2),
        cv=THREE,
        scoring="f1",
        tune_threshold=False,
    )
    for sampler, step in ((SMOTE(random_state=1), "SMOTE"), ("passthrough", "none")):
        pipeline = make_pipeline(sampler, DecisionTreeClassifier(random_state=2))
        expected = cross_val_score(pipeline, X, y, cv=THREE, scoring="f1")
        assert_allclose(scores_of(comparison, step), expected)
    assert comparison.tuned == []
    assert comparison.results["threshold"].isna().all()


def test__compare__summary__means_differences_and_the_corrected_test():
    X, y = two_classes()
    comparison = compare_samplers(
        X, y, SMOTE(), TREE, cv=5, scoring="roc_auc", random_state=0
    )
    own, none = scores_of(comparison, "SMOTE"), scores_of(comparison, "none")
    row = row_of(comparison, "SMOTE")
    difference = own - none
    assert_allclose(row["mean_score"], own.mean())
    assert_allclose(row["difference"], difference.mean())
    error = np.sqrt((1 / 5 + 1 / 4) * difference.var(ddof=1))
    assert_allclose(row["high"] - row["low"], 2 * 2.776445 * error, rtol=1e-6)
    assert row["p_holm"] == row["p"]  # one sampler, one estimator
    assert (row["n_splits"], row["n_errors"]) == (5, 0)
    assert row_of(comparison, "none")[["difference", "p", "p_holm"]].isna().all()


def test__compare__several_pairs__holm_over_all_of_a_metric():
    X, y = two_classes()
    comparison = compare_samplers(
        X,
        y,
        [SMOTE(), RandomUnderSampler()],
        [TREE, GaussianNB()],
        scoring=["roc_auc", "average_precision"],
        random_state=0,
    )
    for metric in comparison.metrics:
        rivals = comparison.of_metric(metric).dropna(subset="p").sort_values("p")
        assert len(rivals) == 4
        assert_allclose(rivals["p_holm"].iloc[0], min(1, 4 * rivals["p"].iloc[0]))
        assert (rivals["p_holm"] >= rivals["p"]).all()


def test__compare__samplers__never_see_a_row_of_the_test_part():
    X, y = two_classes()
    X[:, 0] = np.arange(len(X))
    Spy.seen.clear()
    splits = list(THREE.split(X, y))
    compare_samplers(X, y, Spy(), [TREE, GaussianNB()], cv=splits, scoring="f1")
    # Each split: once on the training part, three times on two thirds of it.
    assert len(Spy.seen) == 3 * 4
    for number, (train, _) in enumerate(splits):
        whole, *folds = Spy.seen[4 * number : 4 * number + 4]
        assert_same(np.sort(whole), train.astype(float))
        assert all(set(fold) < set(train) for fold in folds)


def test__compare__labels_by_lot__repeating_rows_gains_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 5)), (rng.random(300) < 0.2).astype(int)
    nearest = KNeighborsClassifier(1)
    X_res, y_res = RandomOverSampler(random_state=0).fit_resample(X, y)
    leaking = cross_val_score(nearest, X_res, y_res, scoring="f1").mean()
    comparison = compare_samplers(
        X,
        y,
        RandomOverSampler(),
        nearest,
        scoring="f1",
        tune_threshold=False,
        random_state=0,
    )
    none = row_of(comparison, "none")["mean_score"]
    assert leaking > none + 0.5
    assert row_of(comparison, "RandomOverSampler")["difference"] < 0.05
    assert comparison.verdict.startswith("Not resampling")


def test__compare__sampler_that_shifts_the_threshold__wins_only_while_none_is_tuned():
    rng = np.random.default_rng(0)
    y = (rng.random(600) < 0.15).astype(int)
    X = rng.normal(size=(600, 2)) + y[:, np.newaxis]
    # So much regularised that no row is likelier than not of the rare class.
    params = {"estimators": LogisticRegression(C=1e-3), "scoring": "f1", "cv": 5}
    params["random_state"] = 0
    untuned = compare_samplers(
        X, y, RandomOverSampler(random_state=0), tune_threshold=False, **params
    )
    tuned = compare_samplers(X, y, RandomOverSampler(random_state=0), **params)
    assert untuned.verdict.startswith("RandomOverSampler improves LogisticRegression")
    assert "No threshold was tuned" in untuned.verdict
    assert row_of(tuned, "RandomOverSampler")["p_holm"] > 0.05
    assert "Tuning the threshold is enough." in tuned.verdict


def test__compare__sampler_that_throws_away_nearly_all__loses():
    X, y = two_classes(400, weights=[0.9], n_informative=6, class_sep=1.5, flip_y=0)
    spoiled = compare_samplers(
        X,
        y,
        {"tiny": RandomUnderSampler(sampling_strategy={0: 4, 1: 4}), "same": SMOTE()},
        LogisticRegression(),
        scoring="roc_auc",
        random_state=0,
    )
    assert row_of(spoiled, "tiny")["p_holm"] < 0.05
    assert spoiled.verdict.startswith("Not resampling")
    assert "Keep the table as it is." in spoiled.verdict


@pytest.mark.slow
@pytest.mark.processes
def test__compare__jobs_and_the_global_state__no_part_in_the_scores():
    class Plain(BaseSampler):
        """Has no `_parameter_constraints`, as imbalanced-learn's own samplers do."""

        _sampling_type = "over-sampling"

        def _fit_resample(self, X, y):
            return X, y

    X, y = two_classes()
    samplers, estimators = [SMOTE(), Plain()], RandomForestClassifier(5)
    params = {"scoring": ["roc_auc", "f1"], "cv": 2, "random_state": 3}
    before = global_states()
    one = compare_samplers(X, y, samplers, estimators, **params)
    assert (one.results["error"] == "").all()
    assert global_states() == before
    np.random.seed(5)  # noqa: NPY002
    two = compare_samplers(X, y, samplers, estimators, n_jobs=2, **params)
    pd.testing.assert_frame_equal(untimed(one.results), untimed(two.results))
    other = compare_samplers(
        X, y, samplers, estimators, **(params | {"random_state": 4})
    )
    assert not untimed(one.results).equals(untimed(other.results))


def test__compare__default_splits__five_folds_twice():
    X, y = two_classes()
    comparison = compare_samplers(X, y, SMOTE(), TREE, scoring="roc_auc")
    assert comparison.n_splits == 10
    assert (comparison.results["split"].nunique()) == 10


def test__compare__mixed_table__default_estimators_take_it_and_smote_does_not():
    frame, y = mixed_frame((60, 30))
    labels = np.where(y == 1, "rare", "common")
    before = frame.copy(deep=True)
    comparison = compare_samplers(
        frame,
        labels,
        [quick(), SMOTE()],
        cv=2,
        tune_threshold=False,
        random_state=0,
    )
    assert_same(frame, before)
    assert comparison.metrics == ["f1", "average_precision"]
    assert set(comparison.results["estimator"]) == {
        "LogisticRegression",
        "HistGradientBoostingClassifier",
    }
    assert np.isfinite(scores_of(comparison, "GANOverSampler")).all()
    assert np.isnan(scores_of(comparison, "SMOTE")).all()
    assert "SMOTE failed in 4 of 4 fits" in comparison.verdict
    errors = comparison.results.loc[comparison.results["sampler"] == "SMOTE", "error"]
    assert errors.str.match(r"\w+: .+").all()


def test__compare__polars__as_pandas():
    frame = polars_frame()
    y = np.repeat(["a", "b"], [60, 30])
    comparison = compare_samplers(
        frame, y, RandomOverSampler(), cv=THREE, scoring="roc_auc", random_state=0
    )
    assert np.isfinite(scores_of(comparison, "RandomOverSampler")).all()


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        ((0, 1), 1),
        (("yes", "no"), "no"),
        ((2, 7), 7),
        ((1, 0), 1),
        ((False, True), True),
    ],
)
def test__compare__scoring_by_name__positive_is_one_or_the_rarer(labels, positive):
    X, y = two_classes()
    y = np.where(y == 1, labels[1], labels[0])
    comparison = compare_samplers(
        X,
        y,
        RandomOverSampler(random_state=0),
        GaussianNB(),
        cv=THREE,
        scoring="f1",
        tune_threshold=False,
    )
    train, test = next(THREE.split(X, y))
    predicted = GaussianNB().fit(X[train], y[train]).predict(X[test])
    expected = f1_score(y[test], predicted, pos_label=positive)
    assert_allclose(scores_of(comparison, "none")[0], expected)


@pytest.mark.parametrize("name", ["average_precision", "f1_macro", "neg_brier_score"])
def test__compare__labels_that_are_words__names_of_scorers_work(name):
    X, y = two_classes()
    words = np.where(y == 1, "ill", "well")
    params = {"estimators": GaussianNB(), "cv": THREE, "scoring": name}
    params["tune_threshold"] = False
    as_words = compare_samplers(X, words, RandomOverSampler(random_state=0), **params)
    as_numbers = compare_samplers(X, y, RandomOverSampler(random_state=0), **params)
    assert_allclose(scores_of(as_words, "none"), scores_of(as_numbers, "none"))


def test__compare__scorers_of_the_users_own__taken_as_they_are():
    X, y = two_classes()

    def n_found(estimator, X, y):
        return float(estimator.predict(X).sum())

    params = {"estimators": GaussianNB(), "cv": THREE}
    one = compare_samplers(X, y, RandomOverSampler(), scoring=n_found, **params)
    assert one.metrics == ["score"]
    assert one.tunable == []
    several = compare_samplers(
        X,
        y,
        RandomOverSampler(random_state=0),
        scoring={"found": n_found, "mcc": get_scorer("matthews_corrcoef")},
        **params,
    )
    assert several.metrics == ["found", "mcc"]
    assert several.tuned == ["mcc"]
    assert_allclose(scores_of(several, "none", "found"), scores_of(one, "none"))


def test__compare__several_classes__macro_averages_and_no_threshold():
    X, y = load_iris(return_X_y=True)
    X, y = X[:120], y[:120]
    comparison = compare_samplers(X, y, SMOTE(), GaussianNB(), cv=THREE, random_state=0)
    assert comparison.metrics == ["f1_macro", "average_precision"]
    assert comparison.tuned == []
    assert comparison.results["threshold"].isna().all()
    assert "threshold" not in comparison.verdict


def test__compare__preprocessor__before_the_sampler_and_with_none():
    X, y = two_classes()
    X[:, 1] *= 1e6
    scaled = compare_samplers(
        X,
        y,
        SMOTE(random_state=0),
        KNeighborsClassifier(),
        preprocessor=StandardScaler(),
        cv=THREE,
        scoring="roc_auc",
    )
    for name, step in (("SMOTE", SMOTE(random_state=0)), ("none", "passthrough")):
        pipeline = make_pipeline(StandardScaler(), step, KNeighborsClassifier())
        expected = cross_val_score(pipeline, X, y, cv=THREE, scoring="roc_auc")
        assert_allclose(scores_of(scaled, name), expected)


def test__compare__pipeline_of_samplers__one_sampler():
    X, y = two_classes()
    both = make_pipeline(SMOTE(random_state=0), EditedNearestNeighbours())
    comparison = compare_samplers(
        X, y, {"both": both}, GaussianNB(), cv=THREE, scoring="roc_auc"
    )
    steps = (SMOTE(random_state=0), EditedNearestNeighbours(), GaussianNB())
    expected = cross_val_score(make_pipeline(*steps), X, y, cv=THREE, scoring="roc_auc")
    assert_allclose(scores_of(comparison, "both"), expected)


def test__compare__second_estimator__resampling_counted_though_it_is_shared():
    X, y = two_classes(100)
    slow = quick(max_iter=60)
    comparison = compare_samplers(
        X, y, slow, [GaussianNB(), TREE], cv=2, scoring="roc_auc", random_state=0
    )
    results = comparison.results
    own = results[results["sampler"] == "GANOverSampler"].pivot(
        index="split", columns="estimator", values="fit_time"
    )
    assert (own["DecisionTreeClassifier"] > own["GaussianNB"] / 3).all()


def test__compare__estimator_that_changes_its_rows__the_next_gets_them_fresh():
    X, y = two_classes()
    before = X.copy()
    params = {"cv": THREE, "scoring": "roc_auc", "random_state": 0}
    alone = compare_samplers(X, y, SMOTE(), GaussianNB(), **params)
    beside = compare_samplers(X, y, SMOTE(), [Careless(), GaussianNB()], **params)
    assert_same(X, before)
    of_last = beside.results[beside.results["estimator"] == "GaussianNB"]
    pd.testing.assert_series_equal(
        of_last["score"].reset_index(drop=True), alone.results["score"]
    )


@pytest.mark.parametrize("samplers", [None, "passthrough", [], {"x": None}])
def test__compare__no_sampler__none_alone(samplers):
    X, y = two_classes()
    comparison = compare_samplers(
        X, y, samplers, GaussianNB(), cv=THREE, scoring="roc_auc"
    )
    assert set(comparison.results["sampler"]) == {"none"}
    assert comparison.verdict.startswith("No sampler could be compared")


def test__compare__refused_on_some_rows__compared_on_the_others():
    X, y = two_classes()
    splits = [
        (np.arange(200), np.arange(200, 240)),
        (np.arange(100), np.arange(100, 240)),
        (np.arange(40, 140), np.arange(140, 240)),
    ]
    comparison = compare_samplers(
        X, y, Refusing(150), GaussianNB(), cv=splits, scoring="roc_auc"
    )
    row = row_of(comparison, "Refusing")
    assert (row["n_splits"], row["n_errors"]) == (2, 1)
    assert row["difference"] == 0  # it changes nothing where it does not refuse
    refused = comparison.results.set_index(["sampler", "split"]).loc[("Refusing", 0)]
    assert refused["error"] == "RuntimeError: 200 rows are too many"
    assert "Refusing failed in 1 of 3 fits" in comparison.verdict


def test__compare__estimator_that_fails_without_resampling__error():
    X, y = two_classes()
    X[0, 0] = np.nan
    with pytest.raises(
        ValueError, match="'GaussianNB' fails on this table even without"
    ):
        compare_samplers(X, y, RandomOverSampler(), GaussianNB(), cv=THREE)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"samplers": {"none": SMOTE()}}, ValueError, "name 'none' is reserved"),
        ({"samplers": [SMOTE(), SMOTE()]}, ValueError, "the name 'SMOTE'"),
        ({"samplers": StandardScaler()}, TypeError, "has no method 'fit_resample'"),
        (
            {"samplers": make_pipeline(StandardScaler(), SMOTE())},
            TypeError,
            r"StandardScaler\(\), which does not resample",
        ),
        ({"samplers": SMOTE(k_neighbors=-1)}, ValueError, "'k_neighbors' parameter"),
        ({"estimators": LinearRegression()}, TypeError, "is not a classifier"),
        ({"estimators": []}, ValueError, "estimators is empty"),
        ({"estimators": [TREE, TREE]}, ValueError, "Two estimators have the name"),
        ({"scoring": "f2"}, ValueError, "f2"),
        ({"cv": ShuffleSplit(1)}, ValueError, "only one split"),
        ({"cv": 200}, ValueError, "members in each class|n_splits=200"),
        ({"tune_threshold": "yes"}, ValueError, "tune_threshold"),
        ({"y": np.zeros(240)}, ValueError, "only one class, 0.0"),
        ({"y": [*[0] * 239, None]}, ValueError, "Drop these rows"),
        ({"y": np.linspace(0, 1, 240)}, ValueError, "[Cc]ontinuous"),
        ({"y": np.zeros(7)}, ValueError, "inconsistent numbers of samples"),
    ],
)
def test__compare__bad_input__told_before_any_fit(params, error, message):
    X, y = two_classes()
    arguments = {"X": X, "y": y, "samplers": SMOTE(), "estimators": Untouched()}
    with pytest.raises(error, match=message):
        compare_samplers(**(arguments | params))


class Fastidious(GaussianNB):
    """A classifier that does not like a five."""

    def fit(self, X, y, sample_weight=None):
        if (X == 5).any():
            raise ValueError("a five")
        return super().fit(X, y, sample_weight)


class Counting(GaussianNB):
    """Notes the rows of each fit, and the threads that numerical libraries may use."""

    n_rows: list[int] = []  # noqa: RUF012
    n_threads: list[int] = []  # noqa: RUF012

    def fit(self, X, y, sample_weight=None):
        self.n_rows.append(len(X))
        self.n_threads += [pool["num_threads"] for pool in threadpool_info()]
        return super().fit(X, y, sample_weight)


class Careless(GaussianNB):
    """A classifier that leaves nothing of the rows it was fitted on."""

    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        X[:] = 0
        return self


class Untouched(GaussianNB):
    """A classifier that must not be fitted."""

    def fit(self, X, y, sample_weight=None):
        raise AssertionError


@pytest.mark.parametrize(("tune", "n"), [(True, 3), (False, 1)])
def test__compare__class_of_few_rows__named_with_its_split(tune, n):
    X, y = two_classes(100)
    y = np.zeros(100, dtype=int)
    y[: n + 1] = 1
    splits = [
        (np.r_[0 : n - 1, 50:100], np.r_[n - 1 : 50]),
        (np.r_[0:n, 50:100], np.r_[n:50]),
    ]
    with pytest.raises(ValueError, match=rf"split 0 has {n - 1} rows of class 1"):
        compare_samplers(
            X,
            y,
            RandomOverSampler(),
            GaussianNB(),
            cv=splits,
            tune_threshold=tune,
        )
    enough = [splits[1], splits[1]]
    compare_samplers(
        X,
        y,
        RandomOverSampler(),
        LogisticRegression(),
        cv=enough,
        scoring="balanced_accuracy",
        tune_threshold=tune,
    )


def test__compare__verbose__a_bar_and_else_silence(capsys):
    X, y = two_classes()
    params = {"samplers": RandomOverSampler(), "estimators": GaussianNB(), "cv": 2}
    params["scoring"] = "roc_auc"
    compare_samplers(X, y, **params)
    assert capsys.readouterr() == ("", "")
    compare_samplers(X, y, **params, verbose=1)
    assert "4/4" in capsys.readouterr().err


def test__compare__verbose__says_how_long_it_will_take(capsys):
    X, y = two_classes()
    params = {"estimators": GaussianNB(), "cv": 2, "scoring": "roc_auc"}
    compare_samplers(X, y, [RandomOverSampler(), SMOTE()], **params, verbose=1)
    assert "about 1 s left" in capsys.readouterr().err


def test__compare__several_scores__each_fit_once():
    X, y = two_classes()
    Counting.n_rows.clear()
    scoring = ["f1", "balanced_accuracy", "roc_auc"]
    compare_samplers(X, y, None, Counting(), cv=2, scoring=scoring)
    # Each split: once on the training part, three times on two thirds of it.
    assert Counting.n_rows == [120, 80, 80, 80] * 2


def by_position(y_true, y_pred):
    """Score a prediction by more than how many rows of each class are right."""
    return float(((y_true == y_pred) * np.arange(len(y_true))).sum())


@pytest.mark.parametrize("words", [False, True])
def test__compare__thresholds__those_of_scikit_learn(words):
    X, y = two_classes(60)
    splits = list(THREE.split(X, y))[:2]
    y = np.array(["no", "yes"])[y] if words else y
    pos_label = "yes" if words else 1
    scoring = {
        "f1": make_scorer(f1_score, pos_label=pos_label),
        "cost": make_scorer(by_position, greater_is_better=False),
        "balanced": get_scorer("balanced_accuracy"),
    }
    estimators = GaussianNB()
    if words:  # of which the others know nothing
        scoring = {name: scoring[name] for name in ("f1", "cost")}
        estimators = [TREE, GaussianNB()]
    sampler = SMOTE(k_neighbors=2, random_state=0)
    comparison = compare_samplers(
        X, y, sampler, estimators, cv=splits, scoring=scoring, random_state=0
    )
    results = comparison.results.query("split == 1 and estimator == 'GaussianNB'")
    train, test = splits[1]
    seeds = np.random.RandomState(0).randint(2**31 - 1, size=2)
    folds = StratifiedKFold(3, shuffle=True, random_state=int(seeds[1]))
    for name, step in (("SMOTE", sampler), ("none", "passthrough")):
        for metric, scorer in scoring.items():
            alone = TunedThresholdClassifierCV(
                make_pipeline(step, GaussianNB()), scoring=scorer, cv=folds
            ).fit(X[train], y[train])
            rows = (results["sampler"] == name) & (results["metric"] == metric)
            found = results[rows].iloc[0]
            assert found["threshold"] == alone.best_threshold_
            assert found["score"] == scorer(alone, X[test], y[test])


def test__compare__small_table__one_thread_within_and_as_before_after_it():
    X, y = two_classes()
    Counting.n_threads.clear()
    with threadpool_limits(2):
        before = threadpool_info()
        compare_samplers(X, y, SMOTE(), Counting(), cv=2)
        assert threadpool_info() == before
    assert set(Counting.n_threads) == {1}


def test__compare__interrupted__what_every_sampler_has_been_through_is_kept():
    X, y = two_classes()
    params = {"estimators": [GaussianNB(), TREE], "cv": 4, "scoring": "roc_auc"}
    params["random_state"] = 0
    whole = compare_samplers(
        X, y, [Interrupted(), SMOTE(), RandomUnderSampler()], **params
    )
    Interrupted.n_calls = 0
    with pytest.warns(UserWarning, match="first 2 of 4 splits"):
        part = compare_samplers(
            X, y, [SMOTE(), Interrupted(2), RandomUnderSampler()], **params
        )
    assert part.n_splits == 2
    assert set(part.results["sampler"]) == set(whole.results["sampler"])
    columns = ["estimator", "sampler", "split"]
    expected = whole.results[whole.results["split"] < 2].sort_values(columns)
    pd.testing.assert_frame_equal(
        untimed(part.results.sort_values(columns)).reset_index(drop=True),
        untimed(expected).reset_index(drop=True),
    )
    assert "failed" not in part.verdict


def test__compare__interrupted_before_the_second_split_is_done__interrupt_goes_on():
    X, y = two_classes()
    Interrupted.n_calls = 0
    with pytest.raises(KeyboardInterrupt):
        compare_samplers(
            X, y, [SMOTE(), Interrupted(1)], GaussianNB(), cv=4, scoring="roc_auc"
        )


def test__compare__constant_estimator__error_of_scikit_learn():
    X, y = two_classes()
    with pytest.raises(ValueError, match="constant predictions"):
        compare_samplers(X, y, SMOTE(), DummyClassifier(), cv=THREE, scoring="f1")


def test__compare__estimator_that_fails_here_and_there__compared_on_the_rest():
    X, y = two_classes()
    X[0, 0] = 5
    splits = [(small, large) for large, small in StratifiedKFold(4).split(X, y)]
    comparison = compare_samplers(
        X,
        y,
        RandomOverSampler(),
        Fastidious(),
        cv=splits,
        scoring="roc_auc",
    )
    assert row_of(comparison, "none")["n_errors"] == 1
    assert row_of(comparison, "RandomOverSampler")["n_splits"] == 3
    assert "none failed in 1 of 4 fits" in comparison.verdict


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), rarer=st.integers(9, 40), words=st.booleans())
def test__compare__any_small_table__sound_numbers(seed, rarer, words):
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], [40, rarer])
    X = rng.normal(size=(len(y), 2)).round(1)
    labels = np.array(["a", "b"])[y] if words else y
    comparison = compare_samplers(
        X,
        labels,
        RandomOverSampler(),
        GaussianNB(),
        cv=2,
        tune_threshold=False,
        random_state=seed,
    )
    row = row_of(comparison, "RandomOverSampler")
    assert row["low"] <= row["difference"] <= row["high"]
    assert 0 <= row["p"] <= row["p_holm"] <= 1
    assert comparison.verdict
