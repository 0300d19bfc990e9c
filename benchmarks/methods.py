"""The over-samplers that are compared.

A method is a function of the training part and the seed that gives an object with
`fit_resample`, and a line in `METHODS`.
"""

from __future__ import annotations

import ast
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from imblearn import FunctionSampler
from imblearn.over_sampling import (
    SMOTE,
    SMOTEN,
    SMOTENC,
    BorderlineSMOTE,
    RandomOverSampler,
)
from sklearn.preprocessing import OrdinalEncoder
from tables import kind_of

Method = Callable[[pd.DataFrame, pd.Series, int], Any]


class BorderlineSMOTEOnCodes:
    """BorderlineSMOTE on ordinal codes, which it needs where columns are categorical.

    Parameters
    ----------
    sampler : BorderlineSMOTE
        The sampler to run on the coded table.
    """

    def __init__(self, sampler: BorderlineSMOTE) -> None:
        self.sampler = sampler

    def fit_resample(
        self, X: pd.DataFrame, y: pd.Series
    ) -> tuple[pd.DataFrame, pd.Series]:
        """Code, resample, round the codes to legal ones and decode.

        Parameters
        ----------
        X : DataFrame
            Features of the training part.
        y : Series
            Classes of the training part.

        Returns
        -------
        X_resampled : DataFrame
            Features, with the dtypes of `X`.
        y_resampled : Series
            Classes.
        """
        nominal = list(X.select_dtypes("category"))
        if not nominal:
            return self.sampler.fit_resample(X, y)
        encoder = OrdinalEncoder()
        coded = X.astype(dict.fromkeys(nominal, object))
        coded[nominal] = encoder.fit_transform(coded[nominal])
        coded, y_resampled = self.sampler.fit_resample(coded.astype(float), y)
        # Interpolation stays within the codes, so that rounding makes them legal.
        coded = coded.astype(dict.fromkeys(nominal, object))
        coded[nominal] = encoder.inverse_transform(
            np.rint(coded[nominal].to_numpy(float))
        )
        return coded.astype(X.dtypes), y_resampled


def no_resampling(X: pd.DataFrame, y: pd.Series, seed: int) -> FunctionSampler:
    """Leave the training part as it is."""
    return FunctionSampler(validate=False)


def random_over_sampler(X: pd.DataFrame, y: pd.Series, seed: int) -> RandomOverSampler:
    """Repeat minority rows."""
    return RandomOverSampler(random_state=seed)


def smote(X: pd.DataFrame, y: pd.Series, seed: int) -> SMOTE | SMOTEN | SMOTENC:
    """Choose the SMOTE for the kind of table."""
    common = {"k_neighbors": n_neighbors(y), "random_state": seed}
    kind = kind_of(X)
    if kind == "numeric":
        return SMOTE(**common)
    if kind == "categorical":
        return SMOTEN(**common)
    return SMOTENC(categorical_features="auto", **common)


def borderline_smote(
    X: pd.DataFrame, y: pd.Series, seed: int
) -> BorderlineSMOTEOnCodes:
    """Interpolate between minority rows near the border only."""
    sampler = BorderlineSMOTE(k_neighbors=n_neighbors(y), random_state=seed)
    return BorderlineSMOTEOnCodes(sampler)


def gan_over_sampler(X: pd.DataFrame, y: pd.Series, seed: int, **parameters: Any):
    """Train a GAN on the minority class."""
    # Imported here so that the other methods run where torch is not installed.
    from gansampler import GANOverSampler

    return GANOverSampler(**{"random_state": seed, **parameters})


METHODS: dict[str, Method] = {
    "none": no_resampling,
    "RandomOverSampler": random_over_sampler,
    "SMOTE": smote,
    "BorderlineSMOTE": borderline_smote,
    "GANOverSampler": gan_over_sampler,
}


def n_neighbors(y: pd.Series) -> int:
    """Give SMOTE's five neighbours, or as many as the minority has."""
    return min(5, int(y.sum()) - 1)


def parse_variant(text: str) -> tuple[str, Method]:
    """Read a `GANOverSampler` with other parameters from the command line.

    Parameters
    ----------
    text : str
        `NAME:parameter=value,...`; a value that is no Python literal is a string.

    Returns
    -------
    name : str
        Name of the variant.
    method : callable
        The method.
    """
    name, _, listed = text.partition(":")
    parameters = {}
    # A comma separates only before the next `parameter=`: values may be tuples.
    for pair in re.split(r",\s*(?=[A-Za-z_]\w*=)", listed):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ArgumentTypeError(f"{text!r} is not NAME:parameter=value,...")
        parameters[key.strip()] = parse_value(value.strip())
    if not name or name in METHODS:
        raise ArgumentTypeError(f"{text!r} needs a name of its own")
    return name, partial(gan_over_sampler, **parameters)


def parse_value(text: str) -> Any:
    """Read a Python literal, or else a string."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def parameters_of(method: Method) -> str:
    """Write the parameters of a variant, empty for a method without any."""
    parameters = method.keywords if isinstance(method, partial) else {}
    return ", ".join(f"{key}={value!r}" for key, value in parameters.items())
