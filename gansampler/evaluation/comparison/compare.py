"""Does resampling help here? Samplers and no resampling, cross-validated alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from inspect import signature
from numbers import Integral
from time import perf_counter
from typing import Any, TypeVar

import joblib
import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, make_scorer
from sklearn.model_selection import (
    RepeatedStratifiedKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    check_cv,
)
from sklearn.pipeline import make_pipeline
from sklearn.utils import (
    _safe_indexing,
    check_consistent_length,
    check_random_state,
    column_or_1d,
)
from sklearn.utils._param_validation import validate_params
from sklearn.utils.multiclass import check_classification_targets
from tqdm.auto import tqdm

from gansampler.evaluation.comparison.display import SamplerComparisonDisplay
from gansampler.evaluation.comparison.result import NONE, SamplerComparison, summarise
from gansampler.tabular.classifier_features import TableFeatures
from gansampler.tabular.containers import polars_to_pandas
from gansampler.tabular.validation import check_table, check_target_complete
from gansampler.utils.formatting import as_written
from gansampler.utils.random import MAX_SEED, seeded

__all__ = ["SamplerComparison", "SamplerComparisonDisplay", "compare_samplers"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

N_TUNING_SPLITS = 3
"""Folds of the training part on which a threshold is tuned. scikit-learn has five; each
fold trains a GAN anew."""

COLUMNS = [
    "metric",
    "estimator",
    "sampler",
    "split",
    "score",
    "threshold",
    "fit_time",
    "error",
]


def _validated(constraints: dict[str, list[Any]]) -> Callable[[_Function], _Function]:
    """Check parameters as scikit-learn does, without losing the function's type."""
    return validate_params(constraints, prefer_skip_nested_validation=True)


@_validated(
    {
        "tune_threshold": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    },
)
def compare_samplers(
    X: Any,
    y: Any,
    samplers: Any,
    estimators: Any = None,
    *,
    preprocessor: Any = None,
    cv: Any = None,
    scoring: Any = None,
    tune_threshold: bool = True,
    n_jobs: int | None = None,
    random_state: Any = None,
    verbose: int = 0,
) -> SamplerComparison:
    """Tell whether resampling helps on a table, and which sampler.

    Each sampler is cross-validated with each classifier on the same splits, and so is
    *no resampling*, under the name `"none"`. Samplers see the training part of a split
    only. For a score such as F1, the threshold of every candidate, `"none"` included,
    is tuned inside the training part: else a sampler may win by no more than moving the
    threshold, which is to be had without it.

    Differences to `"none"` are tested by the corrected resampled t test [1]_ with
    Holm's correction for the number of samplers and estimators [2]_.

    Read more in the :ref:`User Guide <compare>`.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table, as the samplers take it. It is never changed.

    y : array-like of shape (n_samples,)
        The labels, of two classes or more.

    samplers : sampler, list or dict
        Samplers of imbalanced-learn's API: one, a list, or a dict of names and
        samplers. A list names them by their class. ``None`` and ``"passthrough"`` are
        left out, because `"none"` always takes part.

    estimators : classifier, list or dict, default=None
        The classifiers, in the same ways; pipelines where the table needs an encoding.
        With None, logistic regression and histogram gradient boosting on imputed,
        standardised and one-hot encoded columns, which take any table.

    preprocessor : transformer, default=None
        What is fitted on the training part and applied before the sampler, also for
        `"none"`: a scaler for samplers that go by distances, say.

    cv : int, cross-validation generator or iterable, default=None
        The splits, as in :func:`sklearn.model_selection.cross_validate`. With None,
        stratified 5-fold cross-validation, twice, shuffled by `random_state`: of a
        single 5-fold one hardly any difference is more than chance. For rows that
        belong together, pass ``list(StratifiedGroupKFold().split(X, y, groups))``.

    scoring : str, callable, list, tuple or dict, default=None
        The scores, as in :func:`sklearn.model_selection.cross_validate`; the first
        decides the verdict. With None, F1 and the average precision of the positive
        class, or their macro averages with more than two classes. Where 1 is a label
        it is the positive one, as in scikit-learn; else the rarer label is.

    tune_threshold : bool, default=True
        Whether thresholds are tuned, by
        :class:`~sklearn.model_selection.TunedThresholdClassifierCV` on three folds of
        the training part, for scores of the predicted class. It takes four fits in
        place of one. With more than two classes there is no single threshold, and none
        is tuned.

    n_jobs : int or None, default=None
        Pairs of split and sampler at a time, through joblib. It does not change the
        scores. ``None`` means 1 unless in a :obj:`joblib.parallel_config` context.

    random_state : int, RandomState instance or None, default=None
        Decides the default splits, the folds for tuning, and the seed of every sampler
        and estimator whose `random_state` is None. In each split they all have the same
        seed, so that what differs is the sampler.

    verbose : int, default=0
        With 1, a progress bar.

    Returns
    -------
    comparison : SamplerComparison
        All scores, their summary with tests, and a verdict in words.

    Raises
    ------
    ValueError
        Before any fit: if a class has too few rows for the splits, a parameter of a
        sampler is out of range, or names are not unique. Before any resampling: if an
        estimator fails without it.

    TypeError
        Before any fit: if a sampler does not resample, or an estimator does not
        classify.

    See Also
    --------
    SamplerComparisonDisplay : The differences with their intervals as a picture.

    Notes
    -----
    A sampler that raises does not end the comparison: its error is in the `results`,
    and the verdict counts it.

    The tests are about the mean over splits of *this* table. Intervals that include
    zero do not show that there is no difference, only that it was not found.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine
       Learning 52, 2003.

    .. [2] S. Holm, "A simple sequentially rejective multiple test procedure",
       Scandinavian Journal of Statistics 6, 1979.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from gansampler.evaluation.comparison.compare import compare_samplers
    >>> X, y = make_classification(
    ...     n_samples=300, weights=[0.9], flip_y=0.2, random_state=0
    ... )
    >>> comparison = compare_samplers(
    ...     X, y, SMOTE(), LogisticRegression(), cv=3, scoring="f1", random_state=0
    ... )
    >>> comparison.summary[["sampler", "mean_score", "p_holm"]].round(2)
      sampler  mean_score  p_holm
    0    none        0.36     NaN
    1   SMOTE        0.35    0.89
    >>> print(comparison.verdict.split(";")[0])
    none is as good here
    """
    X, y = _check_table_and_target(X, y)
    named_samplers = _check_samplers(samplers)
    named_estimators = _check_estimators(estimators)
    random_state = check_random_state(random_state)
    scorers = _check_scoring(scoring, y)
    tunable = _find_tunable(scorers, y)
    tuned = tunable if tune_threshold else []
    splits = _check_splits(cv, X, y, bool(tuned), random_state)
    seeds = random_state.randint(MAX_SEED, size=len(splits)).tolist()

    trial = Trial(X, y, preprocessor, named_estimators, scorers, tuned)
    results = _run(trial, named_samplers, splits, seeds, n_jobs, bool(verbose))
    test_ratio = float(np.mean([len(test) / len(train) for train, test in splits]))
    return SamplerComparison(
        results=results,
        summary=summarise(results, test_ratio),
        n_splits=len(splits),
        metrics=list(scorers),
        tuned=tuned,
        tunable=tunable,
    )


def _check_table_and_target(X: Any, y: Any) -> tuple[Any, np.ndarray]:
    X, y = polars_to_pandas(X), polars_to_pandas(y)
    check_target_complete(y)
    X, y = check_table(X), column_or_1d(y)
    check_consistent_length(X, y)
    check_classification_targets(y)
    if len(np.unique(y)) < 2:
        raise ValueError(
            f"y has one class, {as_written(y[0])!r}; a comparison needs two or more."
        )
    return X, y


def _check_samplers(samplers: Any) -> dict[str, Any]:
    """Name the samplers, with no resampling in front."""
    named = {
        name: sampler
        for name, sampler in _name("samplers", samplers, "fit_resample").items()
        if sampler is not None and sampler != "passthrough"
    }
    if NONE in named:
        raise ValueError(
            f"{NONE!r} is the name of no resampling, which always takes part; give the "
            "sampler another name."
        )
    for name, sampler in named.items():
        steps = [step for _, step in getattr(sampler, "steps", [(name, sampler)])]
        for step in steps:
            if not hasattr(step, "fit_resample"):
                raise TypeError(
                    f"The sampler {name!r} has {step!r}, which does not resample: what "
                    "predicts would never see rows like those it was fitted on. Give "
                    "transformers as `preprocessor` or in the estimators, and samplers "
                    "of imbalanced-learn here."
                )
            if hasattr(step, "_parameter_constraints"):
                step._validate_params()
    return {NONE: None, **named}


def _check_estimators(estimators: Any) -> dict[str, Any]:
    if estimators is None:
        estimators = [
            make_pipeline(TableFeatures(), LogisticRegression(max_iter=1000)),
            make_pipeline(TableFeatures(), HistGradientBoostingClassifier()),
        ]
    named = _name("estimators", estimators, "predict")
    for name, estimator in named.items():
        if not (hasattr(estimator, "fit") and is_classifier(estimator)):
            raise TypeError(f"The estimator {name!r} is no classifier: {estimator!r}.")
    if not named:
        raise ValueError("There are no estimators; give one, or None for two defaults.")
    return named


def _name(what: str, given: Any, method: str) -> dict[str, Any]:
    """Return one, a list or a dict of estimators as a dict with unique names."""
    if isinstance(given, Mapping):
        return {str(name): one for name, one in given.items()}
    if given is None or isinstance(given, str) or hasattr(given, method):
        given = [given]
    elif not isinstance(given, Iterable):
        raise TypeError(f"{given!r} in {what} has no method {method!r}.")
    pairs = [
        one if isinstance(one, tuple) and len(one) == 2 else (_class_name(one), one)
        for one in given
    ]
    counts = Counter(name for name, _ in pairs)
    doubles = [name for name, n in counts.items() if n > 1]
    if doubles:
        raise ValueError(
            f"Two of {what} have the name {doubles[0]!r}; give a dict of names and "
            f"{what}."
        )
    return {str(name): one for name, one in pairs}


def _class_name(estimator: Any) -> str:
    """Return the class's name, of a pipeline that of its last step."""
    steps = getattr(estimator, "steps", None)
    return type(steps[-1][1] if steps else estimator).__name__


def _check_scoring(scoring: Any, y: np.ndarray) -> dict[str, Any]:
    """Return a scorer for each name."""
    labels, counts = np.unique(y, return_counts=True)
    if scoring is None:
        f1 = "f1" if len(labels) == 2 else "f1_macro"
        scoring = [f1, "average_precision"]
    if isinstance(scoring, str):
        scoring = [scoring]
    elif callable(scoring):
        scoring = {"score": scoring}
    if not isinstance(scoring, Mapping):
        scoring = {name: name for name in scoring}
    positive = 1 if 1 in labels else labels[counts.argmin()]
    return {
        str(name): _make_scorer(one, positive) if isinstance(one, str) else one
        for name, one in scoring.items()
    }


def _make_scorer(name: str, positive: Any) -> Any:
    """Return scikit-learn's scorer, which takes 1 for the positive class, for another."""
    scorer = get_scorer(name)
    takes = signature(scorer._score_func).parameters
    averaged = scorer._kwargs.get("average", "binary") != "binary"
    if positive == 1 or averaged or "pos_label" not in takes:
        return scorer
    return make_scorer(
        scorer._score_func,
        response_method=scorer._response_method,
        greater_is_better=scorer._sign > 0,
        **{**scorer._kwargs, "pos_label": positive},
    )


def _find_tunable(scorers: dict[str, Any], y: np.ndarray) -> list[str]:
    """Find the scores of predicted classes, which a threshold decides.

    Of a function ``(estimator, X, y)`` nobody knows; it is taken as it is.
    """
    if len(np.unique(y)) > 2:
        return []
    return [
        name
        for name, scorer in scorers.items()
        if getattr(scorer, "_response_method", None) == "predict"
    ]


def _check_splits(
    cv: Any, X: Any, y: np.ndarray, tune: bool, random_state: np.random.RandomState
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Make the splits, and say where a class has too few rows for them."""
    if cv is None:
        cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=random_state)
    splits = list(check_cv(cv, y, classifier=True).split(X, y))
    if len(splits) < 2:
        raise ValueError("There is one split only; differences need two or more.")
    needed = {"training": N_TUNING_SPLITS if tune else 1, "test": 1}
    for number, split in enumerate(splits):
        for (part, n_needed), rows in zip(needed.items(), split, strict=True):
            for label in np.unique(y):
                n = int(np.sum(y[rows] == label))
                if n < n_needed:
                    raise ValueError(
                        f"The {part} part of split {number} has {n} rows of class "
                        f"{as_written(label)!r}, and {n_needed} are needed; take fewer "
                        "or stratified splits, or tune_threshold=False."
                    )
    return splits


def _run(
    trial: Trial,
    samplers: dict[str, Any],
    splits: list[tuple[np.ndarray, np.ndarray]],
    seeds: list[int],
    n_jobs: int | None,
    verbose: bool,
) -> pd.DataFrame:
    """Score all samplers on all splits, and first of all no resampling."""
    baseline, *others = samplers
    records: list[dict[str, Any]] = []
    n_tasks = len(samplers) * len(splits)
    with tqdm(total=n_tasks, desc="compare", disable=not verbose) as bar:
        for names in ([baseline], others):
            tasks = [(name, split) for name in names for split in range(len(splits))]
            scored = Parallel(n_jobs=n_jobs, return_as="generator")(
                delayed(trial.score)(samplers[name], *splits[split], seeds[split])
                for name, split in tasks
            )
            for (name, split), found in zip(tasks, scored, strict=True):
                records += [{**one, "sampler": name, "split": split} for one in found]
                bar.update()
            if names == [baseline]:
                _check_baseline(records)
    return pd.DataFrame(records, columns=COLUMNS)


def _check_baseline(records: list[dict[str, Any]]) -> None:
    """Raise a ValueError if an estimator has no score without any resampling."""
    for name in dict.fromkeys(record["estimator"] for record in records):
        errors = [one["error"] for one in records if one["estimator"] == name]
        if all(errors):
            raise ValueError(
                f"The estimator {name!r} fails on this table without any resampling: "
                f"{errors[0]}"
            )


class SharedResampling(BaseEstimator):
    """A sampler that resamples each table once, for all estimators that want it.

    Its clones are itself, so that what is refitted on the same rows, for another
    estimator or another score, gets the same resampled rows at no cost.

    Parameters
    ----------
    sampler : sampler
        With a seed.
    """

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler
        self.resampled: dict[str, tuple[Any, Any, float]] = {}
        self.seconds_spared = 0.0

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Resample, or give what came out before, as a copy.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            Its labels.

        Returns
        -------
        X_resampled : {array-like, dataframe, sparse matrix}
            The resampled table.

        y_resampled : array-like
            Its labels.
        """
        key = joblib.hash((X, y))
        if key in self.resampled:
            self.seconds_spared += self.resampled[key][2]
        else:
            start = perf_counter()
            rows = clone(self.sampler).fit_resample(X, y)
            self.resampled[key] = (*rows, perf_counter() - start)
        return deepcopy(self.resampled[key][:2])

    def __sklearn_clone__(self) -> SharedResampling:
        return self


@dataclass(frozen=True)
class Trial:
    """What all samplers have to go through.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table.

    y : ndarray of shape (n_samples,)
        Its labels.

    preprocessor : transformer or None
        What comes before the sampler.

    estimators : dict of str to classifier
        What comes after it.

    scorers : dict of str to callable
        The scores.

    tuned : list of str
        The scores for which a threshold is tuned.
    """

    X: Any
    y: np.ndarray
    preprocessor: Any
    estimators: dict[str, Any]
    scorers: dict[str, Any]
    tuned: list[str]

    def score(
        self, sampler: Any, train: np.ndarray, test: np.ndarray, seed: int
    ) -> list[dict[str, Any]]:
        """Score a sampler, or none, with every estimator on one split.

        Parameters
        ----------
        sampler : sampler or None
            The sampler.

        train, test : ndarray of shape (n_rows,), dtype int
            Positions of the rows of the two parts.

        seed : int
            Of all that is random and has no seed.

        Returns
        -------
        records : list of dict
            One for each estimator and score.
        """
        shared = None if sampler is None else SharedResampling(seeded(sampler, seed))
        return [
            record
            for name in self.estimators
            for record in self._score_pair(name, shared, train, test, seed)
        ]

    def _score_pair(
        self,
        name: str,
        sampler: SharedResampling | None,
        train: np.ndarray,
        test: np.ndarray,
        seed: int,
    ) -> Iterator[dict[str, Any]]:
        """Score one estimator behind one sampler; for each threshold it is fitted."""
        X_test, y_test = _safe_indexing(self.X, test), self.y[test]
        fitted: dict[str | None, tuple[Any, float]] = {}
        for metric, scorer in self.scorers.items():
            record: dict[str, Any] = {"metric": metric, "estimator": name, "error": ""}
            aim = metric if metric in self.tuned else None
            try:
                if aim not in fitted:
                    model = self._make_model(name, sampler, aim, seed)
                    fitted[aim] = model, self._fit(model, sampler, train)
                model, record["fit_time"] = fitted[aim]
                record["threshold"] = getattr(model, "best_threshold_", np.nan)
                record["score"] = scorer(model, X_test, y_test)
            except Exception as error:
                record["error"] = f"{type(error).__name__}: {error}"
            yield record

    def _make_model(
        self, name: str, sampler: SharedResampling | None, aim: str | None, seed: int
    ) -> Any:
        """Make preprocessor, sampler and estimator one, with a threshold for `aim`."""
        steps = [
            ("preprocess", self.preprocessor and seeded(self.preprocessor, seed)),
            ("resample", sampler),
            ("classify", seeded(self.estimators[name], seed)),
        ]
        model = Pipeline([(key, step) for key, step in steps if step is not None])
        if aim is None:
            return model
        folds = StratifiedKFold(N_TUNING_SPLITS, shuffle=True, random_state=seed)
        return TunedThresholdClassifierCV(
            model,
            scoring=self.scorers[aim],
            cv=folds,
            n_jobs=1,  # processes of its own would not share the resampled rows
        )

    def _fit(
        self, model: Any, sampler: SharedResampling | None, train: np.ndarray
    ) -> float:
        """Fit, and give the seconds that it takes where nothing is shared."""
        spared = sampler.seconds_spared if sampler else 0.0
        start = perf_counter()
        model.fit(_safe_indexing(self.X, train), self.y[train])
        seconds = perf_counter() - start
        return seconds + (sampler.seconds_spared - spared if sampler else 0.0)
