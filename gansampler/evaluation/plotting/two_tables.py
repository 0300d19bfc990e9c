"""What the displays that compare two tables share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from gansampler.evaluation.class_rows import collect_rows

if TYPE_CHECKING:
    from typing import Self


class TwoTablesDisplay:
    """A display of real rows beside synthetic rows, drawn by `from_rows`."""

    from_rows: ClassVar[Callable[..., Any]]

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        label: Any = None,
        n_samples: int | None = None,
        random_state: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw synthetic rows from a generator and compare them with the real rows.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that the sampler was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        label : object, default=None
            The class to show. Optional if the sampler has one generator.

        n_samples : int, default=None
            Number of synthetic rows to draw. With None, as many as the class has, but
            at least 200 and at most 2,000.

        random_state : int, RandomState instance or None, default=None
            Controls which rows are drawn.

        **kwargs : dict
            Keywords of :meth:`from_rows`, such as `max_columns` and `ax`.

        Returns
        -------
        display : object of this class
            The display, already drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is missing when there are several
            generators; if `X` and `y` do not match the sampler.
        """
        rows = collect_rows(sampler, X, y, label, n_samples, random_state)
        return cls.from_rows(
            rows.real,
            rows.synthetic,
            categorical_features=rows.categorical_features,
            **kwargs,
        )
