"""Does resampling help here? Samplers and no resampling, cross-validated alike."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import validate_params

from gansampler.evaluation.comparison import checks
from gansampler.evaluation.comparison.result import SamplerComparison, summarise_scores
from gansampler.evaluation.comparison.run import run_trials
from gansampler.evaluation.comparison.trial import Trial

_Function = TypeVar("_Function", bound=Callable[..., Any])

COLUMNS = ["metric", "estimator", "sampler", "split"]
COLUMNS += ["score", "threshold", "fit_time", "error"]
"""Of the results: what was scored, and what came of it."""


def _validated(constraints: dict[str, list[Any]]) -> Callable[[_Function], _Function]:
    """Check parameters as scikit-learn does, without losing the function's type."""
    return validate_params(constraints, prefer_skip_nested_validation=True)


@_validated(
    {
        "tune_threshold": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }
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
        the training part, for scores of the predicted class. It takes four fits, and
        four trainings of a sampler, in place of one, however many scores there are.
        With more than two classes there is no single threshold, and none is tuned.

    n_jobs : int or None, default=None
        Pairs of split and sampler at a time, through joblib. It does not change the
        scores. With 1 and a table of at most 50,000 rows, classifiers are fitted on one
        thread, which is much sooner done where other programs are running. ``None``
        means 1 unless in a :obj:`joblib.parallel_config` context.

    random_state : int, RandomState instance or None, default=None
        Decides the default splits, the folds for tuning, and the seed of every sampler
        and estimator whose `random_state` is None. In each split they all have the same
        seed, so that what differs is the sampler.

    verbose : int, default=0
        With 1, a progress bar, which says how long the rest will take as soon as every
        sampler has been through a split.

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

    KeyboardInterrupt
        If it is interrupted before every sampler has been through two splits.

    Warns
    -----
    UserWarning
        If it is interrupted later, by Ctrl-C or a notebook's stop button: the
        comparison is then that of the splits which every sampler has been through.

    See Also
    --------
    SamplerComparisonDisplay : The differences with their intervals as a picture.

    Notes
    -----
    A sampler that raises does not end the comparison: its error is in the `results`,
    and the verdict counts it.

    Samplers are trained once for all classifiers and scores on the same rows.

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
    >>> from gansampler.evaluation.comparison import compare_samplers
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
    X, y = checks.check_table_and_target(X, y)
    named_samplers = checks.check_samplers(samplers)
    named_estimators = checks.check_estimators(estimators)
    random_state = check_random_state(random_state)
    scorers = checks.check_scoring(scoring, y)
    tunable = checks.find_tunable(scorers, y)
    tuned = tunable if tune_threshold else []
    splits = checks.check_splits(cv, X, y, bool(tuned), random_state)

    trial = Trial(X, y, preprocessor, named_estimators, scorers, tuned)
    records = run_trials(trial, named_samplers, splits, n_jobs, bool(verbose))
    numbers = sorted({record["split"] for record in records})
    finished = [splits[number] for number in numbers]
    test_ratio = float(np.mean([len(one.test) / len(one.train) for one in finished]))
    results = pd.DataFrame(records, columns=COLUMNS)
    return SamplerComparison(
        results=results,
        summary=summarise_scores(results, test_ratio),
        n_splits=len(finished),
        metrics=list(scorers),
        tuned=tuned,
        tunable=tunable,
    )
