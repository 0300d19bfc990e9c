"""What lets samplers of any origin run on any table of the benchmark."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from sklearn.preprocessing import OrdinalEncoder

from gansampler.generation.rejection import Rejection
from gansampler.tabular.inference import infer_schema

Resampled = tuple[pd.DataFrame, pd.Series]
Strategy = str | dict[int, int]

CANDIDATES = 6
"""Candidates for each row that is kept, as many as `GANOverSampler` makes."""


def rows_wanted(y: pd.Series, strategy: Strategy = "auto") -> dict[int, int]:
    """Count the rows to add to each class, without the classes that need none.

    Parameters
    ----------
    y : Series
        Classes of the training part.
    strategy : "auto" or dict
        The counts wanted, as imbalanced-learn takes them; "auto" is the majority's.
    """
    counts = y.value_counts().sort_index()
    if strategy == "auto":
        strategy = dict.fromkeys(counts.index, counts.max())
    wanted = {label: strategy[label] - counts[label] for label in strategy}
    return {int(label): int(n) for label, n in wanted.items() if n > 0}


def append(X: pd.DataFrame, y: pd.Series, parts: dict[int, pd.DataFrame]) -> Resampled:
    """Put the new rows of each class below the real ones, with the dtypes of `X`."""
    parts = {label: part.astype(X.dtypes) for label, part in parts.items()}
    labels = [np.full(len(part), label) for label, part in parts.items()]
    X_resampled = pd.concat([X, *parts.values()], ignore_index=True)
    return X_resampled, pd.Series(np.concatenate([y, *labels]), name=y.name)


class OnCodes:
    """Run a sampler that needs numbers on the ordinal codes of categories."""

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> Resampled:
        """Code, resample, bring the codes to legal ones and decode."""
        nominal = list(X.select_dtypes("category"))
        if not nominal:
            return self.sampler.fit_resample(X, y)
        encoder = OrdinalEncoder()
        coded = X.astype(dict.fromkeys(nominal, object))
        coded[nominal] = encoder.fit_transform(coded[nominal])
        coded, y_resampled = self.sampler.fit_resample(coded.astype(float), y)
        last = [len(categories) - 1 for categories in encoder.categories_]
        # Samplers that extrapolate leave the codes.
        codes = np.clip(np.rint(coded[nominal].to_numpy(float)), 0, last)
        coded = coded.astype(dict.fromkeys(nominal, object))
        coded[nominal] = encoder.inverse_transform(codes)
        return coded.astype(X.dtypes), y_resampled


class ClassByClass:
    """Add rows with a function that makes rows of one class.

    Parameters
    ----------
    generate : callable
        Takes `X`, `y`, the class and the number of rows, and returns a frame of rows.
    strategy : "auto" or dict, default="auto"
        See `rows_wanted`.
    """

    def __init__(
        self,
        generate: Callable[[pd.DataFrame, pd.Series, int, int], pd.DataFrame],
        strategy: Strategy = "auto",
    ) -> None:
        self.generate = generate
        self.strategy = strategy

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> Resampled:
        """Add the rows of each class."""
        wanted = rows_wanted(y, self.strategy)
        parts = {label: self.generate(X, y, label, n) for label, n in wanted.items()}
        return append(X, y, parts)


class JitteredNumbers:
    """Repeat rows, and jitter what is numeric in them.

    imbalanced-learn jitters only tables that are numeric as a whole; `sampler` is its
    `RandomOverSampler` with `shrinkage`.
    """

    def __init__(self, sampler: RandomOverSampler) -> None:
        self.sampler = sampler

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> Resampled:
        """Jitter the numbers, and repeat the categories of the rows drawn."""
        numbers = X.select_dtypes("number")
        if numbers.empty:
            return self.sampler.set_params(shrinkage=None).fit_resample(X, y)
        numbers, y_resampled = self.sampler.fit_resample(numbers, y)
        drawn = X.iloc[self.sampler.sample_indices_].reset_index(drop=True)
        drawn[numbers.columns] = numbers
        return drawn, y_resampled


class WithRejection:
    """Keep some of a sampler's rows by the rejection step of `GANOverSampler`.

    Parameters
    ----------
    sampler : object
        A sampler that adds more rows than are wanted, below the real ones.
    wanted : dict of int to int
        The rows to keep of each class.
    seed : int
        Seed of the step.
    """

    def __init__(self, sampler: Any, wanted: dict[int, int], seed: int) -> None:
        self.sampler = sampler
        self.wanted = wanted
        self.seed = seed

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> Resampled:
        """Make candidates and choose among them."""
        with warnings.catch_warnings():
            # Candidates are meant to outnumber the majority.
            warnings.filterwarnings("ignore", "After over-sampling", UserWarning)
            X_more, y_more = self.sampler.fit_resample(X, y)
        X_new, y_new = X_more.iloc[len(y) :], y_more.iloc[len(y) :]
        rejection = Rejection("auto", infer_schema(X, "auto"))
        rejection.fit(X, y.to_numpy(), self.seed)
        rng = np.random.default_rng(self.seed)
        parts = {}
        for label, n in self.wanted.items():
            made = X_new[y_new == label]
            if made.empty:
                continue
            made = made.iloc[rng.permutation(len(made))][: CANDIDATES * n]
            parts[label] = made.iloc[rejection.choose(made, label, n, rng)]
        return append(X, y, parts)


def with_rejection(
    method: Callable[..., Any], X: pd.DataFrame, y: pd.Series, seed: int
) -> WithRejection:
    """Let a method make `CANDIDATES` times the rows wanted, and choose among them.

    The method has to take the `strategy` of the sampler.
    """
    wanted = rows_wanted(y)
    counts = y.value_counts()
    strategy = {label: counts[label] + CANDIDATES * n for label, n in wanted.items()}
    return WithRejection(method(X, y, seed, strategy), wanted, seed)
