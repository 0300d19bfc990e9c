"""What the displays that compare two tables share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from gansampler.evaluation.class_rows import collect_rows

if TYPE_CHECKING:
    from typing import Self


class TwoTablesDisplay:
    """A display of real rows beside synthetic ones, which `from_rows` draws."""

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
        """Draw rows from a generator and compare them with the real ones.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table that it was fitted on.

        y : array-like of shape (n_samples,)
            The labels.

        label : object, default=None
            The class; it may be left out where there is one generator.

        n_samples : int, default=None
            Synthetic rows to draw: by default as many as the class has, but 200 at
            least and 2,000 at most.

        random_state : int, RandomState instance or None, default=None
            Decides which rows are drawn.

        **kwargs : dict
            Keywords of :meth:`from_rows`: `max_columns`, `ax` and the others that
            decide what is drawn, where and how.

        Returns
        -------
        display : object of this class
            The display, drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several; if `X`
            and `y` do not suit the sampler.
        """
        rows = collect_rows(sampler, X, y, label, n_samples, random_state)
        return cls.from_rows(
            rows.real,
            rows.synthetic,
            categorical_features=rows.categorical_features,
            **kwargs,
        )
