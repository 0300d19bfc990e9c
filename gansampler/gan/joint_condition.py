"""The conditions of several classes that are trained together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gansampler.gan.conditioning import CategoryCondition, Condition
from gansampler.gan.joint_rows import join


class JointCondition:
    """Draw rows of several classes, which are concatenated, with their conditions.

    Parameters
    ----------
    conditions : sequence of Condition
        The condition of each class.

    n_rows : sequence of int
        The number of rows of each class.

    device : torch.device or str, default="cpu"
        The device of the rows.
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
            How many to draw for each class.

        *rngs : torch.Generator
            The source of randomness of each class.

        Returns
        -------
        row : Tensor of shape (n_classes, n)
            Positions among the rows of all classes.

        condition : Tensor of shape (n_classes, n, largest width)
            The conditions, padded with trailing zeros.
        """
        drawn = [
            condition.draw_pairs(n, rng)
            for condition, rng in zip(self.conditions, rngs, strict=True)
        ]
        rows = torch.stack([row for row, _ in drawn])
        return rows + self.first_row[:, None], join([told for _, told in drawn])


class JointCategoryCondition(JointCondition):
    """The same if all conditions are categories, with one lookup for all classes."""

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
    """Create the joint condition of several classes.

    Parameters
    ----------
    conditions : sequence of Condition
        The condition of each class.

    n_rows : sequence of int
        The number of rows of each class.

    device : torch.device or str, default="cpu"
        The device of the rows.

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
    """Return the start of each part after concatenating parts of these sizes."""
    return torch.tensor([0, *sizes[:-1]]).cumsum(0)


def _concatenate(positions: Sequence[Tensor], starts: Tensor) -> Tensor:
    """Concatenate the positions of all classes, offset by the start of each part."""
    shifted = [own + int(start) for own, start in zip(positions, starts, strict=True)]
    return torch.cat(shifted)
