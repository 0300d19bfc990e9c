"""`GANOverSampler` with each GAN of the family, augmentation and constraints."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.pipeline import Pipeline
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from strategies import mixed_tables
from tables import (
    assert_inputs_first,
    assert_legal,
    assert_same,
    described,
    global_states,
    mixed_frame,
    quick,
    quick_gan,
)

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.penalties import PENALTIES
from gansampler.generation.augmentation import AUGMENTATIONS


def own_network(n_in, n_out, random_state):
    """Make a network whose layers draw from torch's global random state."""
    return torch.nn.Sequential(
        torch.nn.Linear(n_in, 12),
        torch.nn.Dropout(0.1),
        torch.nn.LeakyReLU(),
        torch.nn.Linear(12, n_out),
    )


def keep_rows(rows, random_state):
    return rows


OPTIONS = [
    {"spectral_norm": True},
    {"objective": "wasserstein", "penalty": "none", "spectral_norm": True},
    {"feature_matching": 1.0},
    {"pac": 4, "condition": "anchor"},
    {"auxiliary_classifier": 1.0},
    {"auxiliary_classifier": 0.1, "condition": "category"},
    {"generator": own_network},
    {"critic": own_network, "auxiliary_classifier": 1.0},
    {"augmentation": "mix"},
    {"augmentation": "slice", "augmentation_fraction": 1.0},
    {"augmentation": ["flip", keep_rows]},
    # Not on any table:
    {"constraints": ["int8 < 127", "`one_decimal` > -4"]},
    {"constraints": lambda rows: rows["uint64"] > 0, "augmentation": "mix"},
]


@pytest.fixture(scope="module")
def some_kinds(mixed):
    """Return the columns that options might treat in different ways."""
    names = ["float", "one_decimal", "with_nan", "int8", "uint64", "Int64", "object"]
    X, y = mixed
    return X[[*names, "category", "bool", "date"]], y


@pytest.mark.parametrize("options", OPTIONS, ids=described)
def test__fit_resample__any_option__legal_rows_that_the_seed_decides(
    some_kinds, options
):
    X, y = some_kinds
    states = global_states()
    sampler = quick(**options)
    X_res, y_res = sampler.fit_resample(X, y)
    assert global_states() == states
    assert_inputs_first(X, y, X_res, y_res)
    assert np.bincount(y_res).tolist() == [60, 60]
    assert_legal(X_res.iloc[len(X) :], X[y == 1])
    assert_same(quick(**options).fit_resample(X, y)[0], X_res)


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test__fit_resample__objective_and_penalty__legal_rows(
    some_kinds, objective, penalty
):
    X, y = some_kinds
    X = X[["float", "Int64", "category"]]
    sampler = quick(objective=objective, penalty=penalty, spectral_norm=False)
    if (objective, penalty) == ("wasserstein", "none"):
        with pytest.raises(ValueError, match="needs a penalty"):
            sampler.fit_resample(X, y)
        return
    X_res, _ = sampler.fit_resample(X, y)
    assert_legal(X_res.iloc[len(X) :], X[y == 1])
    assert np.isfinite(sampler.history_[1].critic_loss).all()


def test__docstring__names_each_choice():
    for name in [*OBJECTIVES, *PENALTIES]:
        assert f'"{name}"' in TabularGAN.__doc__
    for name in AUGMENTATIONS:
        assert f'"{name}"' in GANOverSampler.__doc__


def test__grid_search__objective_penalty_condition__runs():
    X, y = load_wine(return_X_y=True)
    pipeline = Pipeline(
        [
            ("scale", StandardScaler()),
            ("sample", quick(max_iter=2)),
            ("classify", LogisticRegression()),
        ]
    )
    grid = {
        "sample__gan__objective": ["relativistic", "hinge"],
        "sample__gan__penalty": ["r1", "gradient"],
        "sample__gan__condition": ["none", "anchor"],
    }
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y == 2)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(search.cv_results_["params"]) == 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pac": 5}, "batch_size=32 .* pac=5"),
        ({"objective": "bigan"}, "objective"),
        ({"penalty": "r3"}, "penalty"),
        ({"generator": 3}, "generator"),
        ({"generator": lambda n_in, n_out, seed: 3}, "`generator` .* returned 3"),
        ({"augmentation": "rotate"}, "rotate"),
        ({"augmentation": []}, "augmentation"),
        ({"augmentation_fraction": 1.5}, "augmentation_fraction"),
        ({"constraints": "nothing > 3"}, "nothing"),
        ({"constraints": [3]}, "constraints.*3"),
        ({"constraints": "int8 < -500"}, r"30 of 30 real rows of class 1"),
    ],
    ids=described,
)
def test__fit_resample__wrong_option__error_that_names_it(mixed, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        quick(**options).fit_resample(*mixed)


def test__fit_resample__wrong_option__nothing_is_trained(mixed, no_training):
    for options in ({"constraints": "int8 < -500"}, {"pac": 5}, {"augmentation": "x"}):
        with pytest.raises(ValueError, match=r"."):
            quick(**options).fit_resample(*mixed)


def test__augmentation__callable__changes_its_share_of_the_rows():
    X = pd.DataFrame({"x": np.arange(90.0)})
    y = np.repeat([0, 1], [60, 30])

    def mark(rows, random_state):
        return rows.assign(x=-1.0)

    sampler = quick(
        augmentation=mark, augmentation_fraction=0.4, rejection_estimator=None
    )
    X_res, _ = sampler.fit_resample(X, y)
    assert (X_res["x"] == -1).sum() == 12
    assert (sampler.generators_[1].sample(100, random_state=0)["x"] == -1).sum() == 40


def test__constraints__holds_for_all_generated_rows__also_later_ones():
    rng = np.random.default_rng(0)
    start = rng.normal(size=90)
    X = pd.DataFrame({"start": start, "end": start + rng.exponential(0.05, size=90)})
    y = np.repeat([0, 1], [60, 30])
    X.loc[0, "start"] = 9.0  # else it is a relation, which holds without a constraint
    free = quick().fit_resample(X, y)[0].iloc[90:]
    assert (free["start"] > free["end"]).any()  # else the test shows nothing
    sampler = quick(constraints="start <= end")
    new = sampler.fit_resample(X, y)[0].iloc[90:]
    assert (new["start"] <= new["end"]).all()
    later = sampler.generators_[1].sample(500, random_state=1)
    assert (later["start"] <= later["end"]).all()


def test__constraints__nothing_passes__error_that_says_which():
    x = np.random.default_rng(0).normal(size=90)
    X = pd.DataFrame({"x": x, "z": x})
    X.loc[[0, 1], "z"] = 9.0, -9.0  # in another class; else they are related
    y = np.repeat([0, 1], [60, 30])
    with pytest.raises(RuntimeError, match=r"class 1 .*'x == z'"):
        quick(constraints=["x == z", "x >= -9"]).fit_resample(X, y)


def test__auxiliary_classifier__three_classes__each_gets_rows():
    X, y = load_wine(return_X_y=True)
    sampler = quick(auxiliary_classifier=1.0)
    _, y_res = sampler.fit_resample(X, y)
    assert np.bincount(y_res).tolist() == [71, 71, 71]


@settings(max_examples=15)
@given(mixed_tables(), st.sampled_from(OPTIONS[:-2]))
def test__fit_resample__any_table_and_option__legal_rows(table, options):
    X, y = table
    sampler = quick(max_iter=1, rejection_estimator=DecisionTreeClassifier(), **options)
    try:
        X_res, y_res = sampler.fit_resample(X, y)
    except UserWarning:  # of a class of two rows
        return
    assert_inputs_first(X, y, X_res, y_res)
    for label in np.unique(y):
        new = y_res[len(y) :] == label
        assert_legal(X_res.iloc[len(X) :][new], X[y == label])


def trained_by(gan_seed, seed, X, y):
    """Return rows of the generator of class 1, drawn alike whoever trained it."""
    sampler = GANOverSampler(quick_gan(random_state=gan_seed), random_state=seed)
    sampler.set_params(rejection_estimator=None).fit_resample(X, y)
    return sampler.generators_[1].sample(20, random_state=0)


def test__random_state__of_sampler_or_generator__decides_the_training(some_columns):
    by_sampler = [trained_by(None, seed, *some_columns) for seed in (0, 0, 1)]
    assert_same(by_sampler[0], by_sampler[1])
    assert not by_sampler[0].equals(by_sampler[2])
    by_generator = [trained_by(7, seed, *some_columns) for seed in (0, 1)]
    assert_same(*by_generator)
    assert not by_generator[0].equals(by_sampler[0])


def test__fit_resample__generator_of_the_user__left_as_it_was(some_columns):
    gan = quick_gan()
    before = dict(vars(gan))
    GANOverSampler(gan, random_state=0).fit_resample(*some_columns)
    assert vars(gan) == before


@pytest.mark.processes
def test__n_jobs__any_number__same_rows():
    X, y = mixed_frame(n_rows=(30, 20))
    y = np.where(np.arange(50) % 3 == 0, 2, y)

    def network(n_in, n_out, random_state):
        # Sent as it is: for a function of the module, processes would import it.
        return torch.nn.Sequential(torch.nn.Linear(n_in, n_out), torch.nn.Dropout(0.1))

    options = {"auxiliary_classifier": 1.0, "generator": network}
    alone = quick(**options).fit_resample(X, y)[0]
    assert_same(quick(n_jobs=2, **options).fit_resample(X, y)[0], alone)
