"""Cross-validate samplers and no resampling on the same splits."""

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
"""Columns of the results: what was scored, and the outcome."""


def _validated(constraints: dict[str, list[Any]]) -> Callable[[_Function], _Function]:
    """Validate parameters as scikit-learn does, and keep the function's type."""
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
    """Find out whether resampling helps on a table, and which sampler helps most.

    All samplers are cross-validated with all classifiers on the same splits. The
    baseline *no resampling* always takes part, under the name `"none"`. Samplers see
    only the training set of each split.

    For scores such as F1, the threshold of every candidate is tuned inside the training
    set, including the baseline. Without tuning, a sampler may win merely by shifting
    the threshold, which you can do without a sampler.

    Differences from the baseline are tested with the corrected resampled t test [1]_.
    Holm's method corrects for the number of samplers and estimators [2]_.

    Read more in the :ref:`User Guide <compare>`.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
        The table. It is never modified.

    y : array-like of shape (n_samples,)
        The labels, with two or more classes.

    samplers : sampler, list or dict
        Samplers with imbalanced-learn's API: a single sampler, a list, or a dict of
        names and samplers. In a list, the class gives the name. ``None`` and
        ``"passthrough"`` are ignored, because the baseline always takes part.

    estimators : classifier, list or dict, default=None
        The classifiers, given like `samplers`. Use pipelines if the table must be
        encoded. With None, logistic regression and histogram gradient boosting. Both
        get imputed, standardised and one-hot encoded columns, so they take any table.

    preprocessor : transformer, default=None
        A transformer that is fitted on the training set and applied before the
        sampler, and for the baseline too. For example, a scaler for samplers that
        compute distances.

    cv : int, cross-validation generator or iterable, default=None
        The splits, as in :func:`sklearn.model_selection.cross_validate`. With None,
        stratified 5-fold cross-validation, repeated twice and shuffled by
        `random_state`. A single 5-fold cross-validation can hardly ever show a
        significant difference. For grouped rows, pass
        ``list(StratifiedGroupKFold().split(X, y, groups))``.

    scoring : str, callable, list, tuple or dict, default=None
        The scores, as in :func:`sklearn.model_selection.cross_validate`. The first one
        decides the verdict. With None, F1 and the average precision of the positive
        class, or their macro averages with more than two classes. The positive class is
        1 if that is a label, as in scikit-learn, and otherwise the rarer label.

    tune_threshold : bool, default=True
        Whether to tune thresholds for scores of the predicted class. This uses
        :class:`~sklearn.model_selection.TunedThresholdClassifierCV` on three folds of
        the training set. It takes four fits instead of one, and trains each sampler
        four times, no matter how many scores there are. With more than two classes
        there is no single threshold, and none is tuned.

    n_jobs : int or None, default=None
        Number of pairs of split and sampler that run in parallel, through joblib. It
        does not change the scores. With 1 and at most 50,000 rows, classifiers are
        fitted on one thread, which is much faster if other programs are running.
        ``None`` means 1 unless in a :obj:`joblib.parallel_config` context.

    random_state : int, RandomState instance or None, default=None
        Controls the default splits, the folds for tuning, and the seed of every sampler
        and estimator whose `random_state` is None. All of them get the same seed in
        each split, so only the sampler differs.

    verbose : int, default=0
        With 1, shows a progress bar. It estimates the time left once every sampler has
        finished a split.

    Returns
    -------
    comparison : SamplerComparison
        All scores, a summary with tests, and a verdict in words.

    Raises
    ------
    ValueError
        Before any fit: if a class has too few rows for the splits, if a parameter of a
        sampler is out of range, or if names are not unique. Before any resampling: if
        an estimator fails without it.

    TypeError
        Before any fit: if a sampler cannot resample, or if an estimator is not a
        classifier.

    KeyboardInterrupt
        If you interrupt it before every sampler has finished two splits.

    Warns
    -----
    UserWarning
        If you interrupt it later, with Ctrl-C or a notebook's stop button. The result
        then covers the splits that every sampler has finished.

    See Also
    --------
    SamplerComparisonDisplay : A picture of the differences with their intervals.

    Notes
    -----
    If a sampler raises an error, the comparison continues. The error is recorded in
    `results`, and the verdict counts it.

    On the same rows, a sampler is trained once for all classifiers and scores.

    The tests concern the mean over splits of *this* table. An interval that includes
    zero does not prove that there is no difference: none was found.

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
    >>> print(comparison.verdict.split(":")[0])
    Not resampling does at least as well here
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
