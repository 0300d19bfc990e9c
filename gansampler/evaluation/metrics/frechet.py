"""The Fréchet distance between the encoded rows of two tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, sparse
from sklearn.utils import check_array

from gansampler.evaluation.aligned_tables import Features, encode_aligned


def frechet_distance(
    X_real: Any,
    X_synthetic: Any,
    *,
    categorical_features: Features = "auto",
    encoder: Any = "auto",
) -> float:
    r"""Compute the Fréchet distance between the encoded rows of two tables.

    It is the distance between normal distributions fitted to both tables,

    .. math:: \lVert \mu_r - \mu_s \rVert^2 + \operatorname{Tr}\bigl(\Sigma_r +
              \Sigma_s - 2 (\Sigma_r \Sigma_s)^{1/2}\bigr),

    which is a squared distance, as in the Fréchet inception distance [1]_.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_real, n_features)
        Real rows, preferably held-out rows that the generator has not seen.

    X_synthetic : {array-like, dataframe, sparse matrix} of shape (n_synth, n_features)
        Synthetic rows with the same columns. Fewer rows give a greater distance by
        chance, so compare only distances between equal numbers of rows.

    categorical_features : "auto" or array-like, default="auto"
        Which columns are categorical, as in :class:`~gansampler.GANOverSampler`.
        Ignored if you pass an `encoder`.

    encoder : "auto", transformer or callable, default="auto"
        Converts rows to numbers: a fitted transformer or a function that takes a table
        and returns an array of shape (n_rows, n_encoded). "auto" standardises numbers
        by the median and interquartile range of the real rows, one-hot encodes
        categories and adds an indicator column for missing numbers.

    Returns
    -------
    distance : float
        From 0 (equal means and covariances), without an upper bound.

    References
    ----------
    .. [1] M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter, "GANs
       trained by a two time-scale update rule converge to a local Nash equilibrium",
       2017.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.evaluation.metrics import frechet_distance
    >>> real = np.random.default_rng(0).normal(size=(100, 2))
    >>> round(frechet_distance(real, real + [3, 4], encoder=np.asarray), 6)
    25.0
    """
    if isinstance(encoder, str) and encoder == "auto":
        real, synthetic = encode_aligned(
            categorical_features, X_real=X_real, X_synthetic=X_synthetic
        )
    else:
        real, synthetic = (_apply(encoder, X) for X in (X_real, X_synthetic))
        if real.shape[1] != synthetic.shape[1]:
            raise ValueError(
                f"The encoder returns {real.shape[1]} columns for X_real, but "
                f"{synthetic.shape[1]} for X_synthetic. Both numbers must be equal."
            )
    return _frechet(real, synthetic)


def _apply(encoder: Any, X: Any) -> np.ndarray:
    """Encode a table with the user's encoder."""
    if hasattr(encoder, "transform") and not isinstance(encoder, type):
        encoded = encoder.transform(X)
    elif callable(encoder):
        encoded = encoder(X)
    else:
        raise TypeError(
            "encoder must be 'auto', a fitted transformer or a function, got "
            f"{encoder!r}."
        )
    encoded = encoded.toarray() if sparse.issparse(encoded) else encoded
    return check_array(encoded, dtype=np.float64, input_name="the encoder's output")


def _frechet(real: np.ndarray, synthetic: np.ndarray) -> float:
    shift = real.mean(axis=0) - synthetic.mean(axis=0)
    covariances = [_covariance(rows) for rows in (real, synthetic)]
    # The trace of the root of the product equals the sum of the singular values of the
    # product of the roots, which also exists for singular matrices.
    roots = [_root(covariance) for covariance in covariances]
    overlap = linalg.svdvals(roots[0] @ roots[1]).sum()
    spread = sum(np.trace(covariance) for covariance in covariances)
    return max(float(shift @ shift + spread - 2 * overlap), 0.0)


def _covariance(rows: np.ndarray) -> np.ndarray:
    deviations = rows - rows.mean(axis=0)
    return deviations.T @ deviations / max(len(rows) - 1, 1)


def _root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
