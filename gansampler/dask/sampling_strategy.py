"""How many rows each class needs, from the class counts alone."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

from gansampler.utils.formatting import as_written
from gansampler.utils.row_counts import whole_counts


def rows_to_generate(strategy: Any, counts: Mapping[Any, int]) -> dict[Any, int]:
    """Resolve a `sampling_strategy` as imbalanced-learn does.

    imbalanced-learn's own ``check_sampling_strategy`` needs all labels in memory.

    Parameters
    ----------
    strategy : float, str or mapping
        The strategy, in any form that :class:`gansampler.GANOverSampler` accepts.

    counts : mapping of object to int
        The number of rows of each class.

    Returns
    -------
    wanted : dict of object to int
        How many rows to generate for each class, ordered by label.

    Raises
    ------
    ValueError
        If the strategy is impossible for these counts.

    Examples
    --------
    >>> from gansampler.dask.sampling_strategy import rows_to_generate
    >>> rows_to_generate("auto", {"no": 90, "yes": 10})
    {'yes': 80}
    """
    if len(counts) < 2:
        raise ValueError(
            "The target 'y' needs to have more than 1 class. Got "
            f"{len(counts)} class instead."
        )
    labels = sorted(counts)
    minority = min(labels, key=lambda label: counts[label])
    majority = max(labels, key=lambda label: counts[label])
    if isinstance(strategy, Mapping):
        return _from_targets(strategy, counts)
    if isinstance(strategy, Real):
        return _from_ratio(float(strategy), counts, majority)
    if strategy == "majority":
        raise ValueError(
            "sampling_strategy='majority' is not possible for an over-sampler. Choose "
            "'auto', 'minority', 'not minority' or 'all'."
        )
    if strategy == "minority":
        labels = [minority]
    elif strategy != "all":
        labels.remove(minority if strategy == "not minority" else majority)
    return {label: counts[majority] - counts[label] for label in labels}


def _from_targets(
    targets: Mapping[Any, Any], counts: Mapping[Any, int]
) -> dict[Any, int]:
    wanted, targets = {}, whole_counts(targets)
    for label in sorted(targets):
        if label not in counts:
            raise ValueError(
                f"sampling_strategy names the class {as_written(label)!r}, which is "
                "not in y. The classes are "
                f"{[*map(as_written, sorted(counts))]}."
            )
        wanted[label] = targets[label] - counts[label]
        if wanted[label] < 0:
            raise ValueError(
                f"sampling_strategy asks for {targets[label]} rows of class "
                f"{as_written(label)!r}, which already has {counts[label]}. Ask for "
                "at least that many."
            )
    return wanted


def _from_ratio(
    ratio: float, counts: Mapping[Any, int], majority: Any
) -> dict[Any, int]:
    if len(counts) > 2:
        raise ValueError(
            "sampling_strategy can be a number only with two classes, got "
            f"{len(counts)}. Use a dict."
        )
    (minority,) = counts.keys() - {majority}
    wanted = int(counts[majority] * ratio - counts[minority])
    if wanted <= 0:
        raise ValueError(
            f"sampling_strategy={ratio:g} adds no rows to class "
            f"{as_written(minority)!r}, which has {counts[minority]} rows to the "
            f"{counts[majority]} of the other class. Increase the ratio."
        )
    return {minority: wanted}
