import numpy as np
import pytest

from gansampler.utils.near_copies import copy_shares

REAL = np.column_stack([np.arange(1.0, 101), np.full(100, 100.0)])
"""Ratios of 0.01, 0.02 and so on: those below 0.0595 belong to a twentieth."""


def test__copy_shares__real_rows__a_twentieth_nearly():
    assert copy_shares(REAL, REAL) == (0, 0.05)


@pytest.mark.parametrize(
    ("distances", "expected"),
    [
        ([[0.0, 2.0]], (1, 1)),
        ([[0.05, 1.0]], (0, 1)),
        ([[0.06, 1.0]], (0, 0)),
        ([[0.0, 1.0], [0.01, 1.0], [1.0, 1.0], [1.0, 2.0]], (0.25, 0.5)),
    ],
)
def test__copy_shares__close_to_one_real_row__counted(distances, expected):
    assert copy_shares(np.array(distances), REAL) == expected


def test__copy_shares__repeated_real_row__copied_but_not_closer_to_one():
    assert copy_shares(np.zeros((1, 2)), REAL) == (1, 0)


def test__copy_shares__one_real_row__nearly_a_copy():
    assert copy_shares(np.array([[1.0, np.inf]]), REAL) == (0, 1)
