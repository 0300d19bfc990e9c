"""Tests of whether score differences over splits exceed chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

DECIMALS = 10
"""Digits beyond these depend on the order of summation, and are ignored."""


@dataclass(frozen=True)
class PairedTest:
    """A mean difference with its confidence interval and p value.

    Parameters
    ----------
    difference : float
        The mean difference.

    low, high : float
        The ends of the confidence interval.

    p : float
        The two-sided p value of the null hypothesis of no difference. With fewer than
        two differences, `p`, `low` and `high` are NaN.
    """

    difference: float
    low: float
    high: float
    p: float


def corrected_resampled_ttest(
    differences: np.ndarray, test_ratio: float, *, confidence: float = 0.95
) -> PairedTest:
    r"""Test whether paired differences over splits of one table average to zero.

    The training sets of two splits share rows. The differences are therefore
    correlated, their variance is too small, and the plain t test finds differences that
    do not exist. With :math:`J` splits and the ratio :math:`n_2 / n_1` of test to
    training rows, Nadeau and Bengio [1]_ replace the variance of the mean,
    :math:`s^2 / J`, with

    .. math:: \left(\frac1J + \frac{n_2}{n_1}\right) s^2,

    with :math:`J - 1` degrees of freedom. For repeated cross-validation, J counts the
    folds of all repetitions [2]_.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,), dtype float64
        The difference of two scores on each split.

    test_ratio : float
        The number of test rows divided by the number of training rows. With 0, this is
        the plain t test.

    confidence : float, default=0.95
        The confidence level of the interval.

    Returns
    -------
    test : PairedTest
        The mean, its interval and the p value. If all differences are equal, the p
        value is 1 if they are zero, and 0 otherwise.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine
       Learning 52, 2003.

    .. [2] R. R. Bouckaert, E. Frank, "Evaluating the replicability of significance
       tests for comparing learning algorithms", 2004.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.comparison.significance import (
    ...     corrected_resampled_ttest,
    ... )
    >>> test = corrected_resampled_ttest(np.array([0.1, 0.2, 0.3]), test_ratio=0.5)
    >>> round(test.difference, 3), round(test.p, 3)
    (0.2, 0.16)
    """
    differences = np.round(differences, DECIMALS)
    n = len(differences)
    mean = float(np.mean(differences)) if n else np.nan
    if n < 2:
        return PairedTest(mean, np.nan, np.nan, np.nan)
    error = np.sqrt((1 / n + test_ratio) * np.var(differences, ddof=1))
    if error < 10.0**-DECIMALS:
        return PairedTest(mean, mean, mean, float(mean == 0))
    reach = student.ppf((1 + confidence) / 2, n - 1) * error
    p = 2 * student.sf(abs(mean) / error, n - 1)
    return PairedTest(mean, float(mean - reach), float(mean + reach), float(p))


def holm(p: np.ndarray) -> np.ndarray:
    """Correct p values for multiple comparisons with Holm's method [1]_.

    Parameters
    ----------
    p : ndarray of shape (n_tests,)
        The raw p values.

    Returns
    -------
    corrected : ndarray of shape (n_tests,)
        The corrected p values, in the same order. If you accept all differences with
        a corrected value below a level, the probability of any false positive is at
        most that level.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure",
       Scandinavian Journal of Statistics 6, 1979.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.comparison.significance import holm
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(stepped)
    corrected[order] = np.minimum(stepped, 1)
    return corrected
