"""The conditions of several classes that are trained together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gansampler.gan.conditioning import CategoryCondition, Condition
from gansampler.gan.joint_rows import join


class JointCondition:
    """Draw rows of several classes, which lie one below the other, with conditions.

    Parameters
    ----------
    conditions : sequence of Condition
        The condition of each class.

    n_rows : sequence of int
        The rows of each.

    device : torch.device or str, default="cpu"
        Where the rows are.
    """

    def __init__(
        self,
        conditions: Sequence[Condition],
        n_rows: Sequence[int],
        device: torch.device | str = "cpu",
    ) -> None:
        self.conditions = conditions
        self.first_row = _starts(n_rows).to(device)  # (n_classes,)

    def draw_pairs(self, n: int, *rngs: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return positions of rows and their conditions.

        Parameters
        ----------
        n : int
            How many of each class.

        *rngs : torch.Generator
            The source of each class.

        Returns
        -------
        row : Tensor of shape (n_classes, n)
            Positions among the rows of all classes.

        condition : Tensor of shape (n_classes, n, largest width)
            The conditions, padded with zeros behind.
        """
        drawn = [
            condition.draw_pairs(n, rng)
            for condition, rng in zip(self.conditions, rngs, strict=True)
        ]
        rows = torch.stack([row for row, _ in drawn])
        return rows + self.first_row[:, None], join([told for _, told in drawn])


class JointCategoryCondition(JointCondition):
    """The same where all are conditioned on categories: all are looked up at once."""

    conditions: Sequence[CategoryCondition]

    def __init__(
        self,
        conditions: Sequence[CategoryCondition],
        n_rows: Sequence[int],
        device: torch.device | str = "cpu",
    ) -> None:
        super().__init__(conditions, n_rows, device)
        widths = [own.width for own in conditions]
        self.width = max(widths)
        self.first_category = _starts(widths).to(device)
        self.run_length = torch.cat([own.run_length for own in conditions])
        rows = [own.rows_by_category for own in conditions]
        self.run_start = _concatenate(
            [own.run_start for own in conditions], _starts(list(map(len, rows)))
        )
        self.rows_by_category = _concatenate(rows, self.first_row)

    def draw_pairs(self, n: int, *rngs: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return positions of rows and their conditions; see the base class."""
        drawn = [
            condition.draw_categories(n, rng)
            for condition, rng in zip(self.conditions, rngs, strict=True)
        ]
        category = torch.stack([own for own, _ in drawn])  # (n_classes, n)
        within = torch.stack([own for _, own in drawn])
        told = within.new_zeros((*category.shape, self.width))
        told.scatter_(2, category[..., None], 1.0)
        category += self.first_category[:, None]
        within = (within * self.run_length[category]).long()
        return self.rows_by_category[self.run_start[category] + within], told


def join_conditions(
    conditions: Sequence[Condition],
    n_rows: Sequence[int],
    device: torch.device | str = "cpu",
) -> JointCondition:
    """Return what draws for several classes.

    Parameters
    ----------
    conditions : sequence of Condition
        The condition of each class.

    n_rows : sequence of int
        The rows of each.

    device : torch.device or str, default="cpu"
        Where the rows are.

    Returns
    -------
    condition : JointCondition
        The joint condition.
    """
    categorical = [own for own in conditions if isinstance(own, CategoryCondition)]
    if len(categorical) == len(conditions):
        return JointCategoryCondition(categorical, n_rows, device)
    return JointCondition(conditions, n_rows, device)


def _starts(sizes: Sequence[int]) -> Tensor:
    """Return where each part begins if parts of these sizes are put together."""
    return torch.tensor([0, *sizes[:-1]]).cumsum(0)


def _concatenate(positions: Sequence[Tensor], starts: Tensor) -> Tensor:
    """Put positions of each class together, counted from the start of its part."""
    shifted = [own + int(start) for own, start in zip(positions, starts, strict=True)]
    return torch.cat(shifted)
