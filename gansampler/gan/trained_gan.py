"""A trained generator that draws encoded rows."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from gansampler.gan.conditioning import Condition
from gansampler.gan.networks import Generator
from gansampler.gan.torch_state import own_random_state, own_settings

CALIBRATION_STEPS = 20
"""Maximum number of steps to fit frequencies. Most need no more than five."""

PRECISION = 1e-3
"""Precision of a category's share. So few rows can't distinguish closer values."""

MAX_SHIFT = 10.0
"""Largest shift of a logit. A category that the generator has almost lost reappears,
without displacing the other categories."""

BATCH_ROWS = 1024
"""Number of rows to generate at a time. The outputs of a layer still fit in a core's
cache, which is several times faster than with ten times as many rows."""


class TrainedGAN:
    """A trained generator with its condition, on the CPU wherever it was trained.

    Parameters
    ----------
    generator : Generator
        The network.

    condition : Condition
        The condition of the rows.

    own_networks : bool, default=False
        Whether the network is the user's own.
    """

    def __init__(
        self, generator: Generator, condition: Condition, own_networks: bool = False
    ) -> None:
        self.generator = generator
        self.condition = condition
        self.own_networks = own_networks
        self.shift: np.ndarray | None = None  # of logits, (sum of block sizes,)

    def match_frequencies(self, frequencies: np.ndarray, n: int, seed: int) -> None:
        """Shift the logits so that each category is as frequent as in the class.

        Parameters
        ----------
        frequencies : ndarray of shape (sum of block sizes,)
            The share of the class's rows with each category.

        n : int
            Number of rows to draw for this.

        seed : int
            Seed of these rows.
        """
        activation = self.generator.activation
        if not activation.n_blocks:
            return
        rng = torch.Generator().manual_seed(seed)
        outer = own_random_state(seed) if self.own_networks else nullcontext()
        with outer, own_settings(), torch.inference_mode():
            logits = draw_logits(self.generator, self.condition, n, rng)
            logits = logits[:, activation.n_scalars :]
            # At least half a row, so that no logit becomes -inf.
            wanted = torch.from_numpy(frequencies).clamp_min(0.5 / n)
            shift = torch.zeros(len(wanted))
            for _ in range(CALIBRATION_STEPS):
                shares = activation.log_softmax(logits + shift).exp().mean(dim=0)
                if (shares - wanted).abs().max() < PRECISION:
                    break
                shift += (wanted / shares.clamp_min(1e-12)).log()
                shift.clamp_(-MAX_SHIFT, MAX_SHIFT)
        self.shift = shift.numpy().copy()

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Generate encoded rows.

        Parameters
        ----------
        n : int
            Number of rows.

        seed : int
            Seed of the rows.

        Returns
        -------
        rows : ndarray of shape (n, width), dtype float32
            Encoded rows. The largest entry in each block is the category.

        Raises
        ------
        ValueError
            If the generator, which may be the user's own, returns numbers that are not
            finite.
        """
        rng = torch.Generator().manual_seed(seed)
        sizes = [min(BATCH_ROWS, n - done) for done in range(0, n, BATCH_ROWS)]
        # A user's own network may draw from torch's global random state.
        outer = own_random_state(seed) if self.own_networks else nullcontext()
        with outer, own_settings(), torch.inference_mode():
            rows = torch.cat([self._generate(k, rng) for k in sizes])
        # -inf is fine in logits: it rules out a category, or is noise (1 in 2**24).
        scalars = rows[:, : self.generator.activation.n_scalars]
        if not scalars.isfinite().all() or rows.isnan().any():
            raise ValueError(
                "The generator returned numbers that are not finite, so no rows can "
                "be decoded. It did not do so in training; check what changes it."
            )
        return rows.numpy()

    def _generate(self, n: int, rng: torch.Generator) -> Tensor:
        logits = draw_logits(self.generator, self.condition, n, rng)
        activation = self.generator.activation
        if self.shift is not None:
            logits[:, activation.n_scalars :] += torch.from_numpy(self.shift)
        return activation.sample(logits, rng)


def generate_rows(
    generator: Generator, condition: Condition, n: int, rng: torch.Generator
) -> Tensor:
    """Return `n` encoded rows, (n, width), whose blocks contain noisy logits."""
    logits = draw_logits(generator, condition, n, rng)
    return generator.activation.sample(logits, rng)


def draw_logits(
    generator: Generator, condition: Condition, n: int, rng: torch.Generator
) -> Tensor:
    """Return the network's output for `n` rows, (n, width)."""
    conditions = condition.draw(n, rng)
    latent = torch.randn((n, generator.n_latent), generator=rng, device=rng.device)
    return generator(latent, conditions)
