"""Whether a sampler has trained its generators, with a message that says what to do."""

from __future__ import annotations

from typing import Any

from sklearn.utils.validation import check_is_fitted

UNFITTED = (
    "This %(name)s has no trained generators. Call fit_resample first: fit only checks "
    "the table and trains nothing."
)


def check_resampled(sampler: Any, attribute: str = "generators_") -> None:
    """Raise a NotFittedError if `fit_resample` has not set the attribute of a sampler.

    scikit-learn's own message would say "call fit", which trains nothing here.
    """
    check_is_fitted(sampler, attribute, msg=UNFITTED)
